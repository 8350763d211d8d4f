"""How good probabilities are once they are as sure as they should be."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

# logarithms of the temperatures that are tried: answers that are all right have no best one
_BOUNDS: Final = (float(np.log(0.25)), float(np.log(16.0)))


def calibrated_loss(probabilities: NDArray[np.floating], labels: NDArray[np.integer]) -> float:
    """Return the mean cross-entropy in nats at the temperature, 1/4 to 16, that makes it least.

    Fine-tuned networks grow ever surer of themselves: their loss rises on samples whose classes
    they tell apart better than before. What is left of it says how well they do.

    Args:
        probabilities: shape (num_samples, num_classes); each row sums to 1.
        labels: shape (num_samples,), class indices.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 4.2 (temperature scaling).
    """
    logits = np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))
    rows = np.arange(len(labels))

    def loss(log_temperature: float) -> float:
        cooled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-cooled[rows, labels].mean())

    return float(minimize_scalar(loss, bounds=_BOUNDS, method="bounded").fun)
