"""Probabilities that are as sure as they should be: one number divides the logits."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize_scalar
from scipy.special import log_softmax, softmax

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

# logarithms of the temperatures that are tried: answers that are all right have no best one
_BOUNDS: Final = (float(np.log(0.25)), float(np.log(16.0)))


def cooled(probabilities: Floats, temperature: float) -> Floats:
    """Return the probabilities that logits divided by the temperature would have given.

    Args:
        probabilities: shape (num_samples, num_classes); each row sums to 1.
        temperature: above 0; below 1 the answers become surer, above 1 less sure.
    """
    if temperature == 1:
        return probabilities
    cold: Floats = softmax(_logits(probabilities) / temperature, axis=1)
    return cold.astype(probabilities.dtype)


def best_temperature(probabilities: Floats, labels: Labels) -> float:
    """Return the temperature, 1/4 to 16, that makes probabilities tell how often they are right.

    Each label counts as (n + 1) / (n + 2) certain, so that n samples without a mistake do not
    claim that there will never be one.

    Args:
        probabilities: shape (num_samples, num_classes), of samples that were not learned from.
        labels: shape (num_samples,), class indices.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 4.2 (temperature scaling); Platt 1999,
        "Probabilistic outputs for support vector machines", section 2.2 (the targets).
    """
    num_samples, num_classes = probabilities.shape
    doubt = 1 / (num_samples + 2)
    targets = np.full(probabilities.shape, doubt / (num_classes - 1))
    targets[np.arange(num_samples), labels] = 1 - doubt

    def loss(log_probabilities: Floats) -> float:
        return float(-(targets * log_probabilities).sum(axis=1).mean())

    return float(np.exp(_coolest(probabilities, loss).x))


def calibrated_loss(probabilities: Floats, labels: Labels) -> float:
    """Return the mean cross-entropy in nats at the temperature, 1/4 to 16, that makes it least.

    Fine-tuned networks grow ever surer of themselves: their loss rises on samples whose classes
    they tell apart better than before. What is left of it says how well they do.

    Args:
        probabilities: shape (num_samples, num_classes); each row sums to 1.
        labels: shape (num_samples,), class indices.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 4.2 (temperature scaling).
    """
    rows = np.arange(len(labels))

    def loss(log_probabilities: Floats) -> float:
        return float(-log_probabilities[rows, labels].mean())

    return float(_coolest(probabilities, loss).fun)


def _coolest(probabilities: Floats, loss: Callable[[Floats], float]) -> OptimizeResult:
    """Return the logarithm of the temperature that makes a loss of log-probabilities least."""
    logits = _logits(probabilities)

    def at(log_temperature: float) -> float:
        return loss(log_softmax(logits / np.exp(log_temperature), axis=1))

    return minimize_scalar(at, bounds=_BOUNDS, method="bounded")


def _logits(probabilities: Floats) -> Floats:
    return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
