"""The linear head solved to its optimum on cached features, without Keras."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from tlgui.engine.models.linear_head import Head
from tlgui.engine.models.temperature import calibrated_loss
from tlgui.engine.training.blas import scipy_on_one_thread

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]
Features: TypeAlias = NDArray[np.floating] | csr_array

MAX_ITERATIONS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Mean cross-entropy in nats, and the fraction of right answers."""

    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation(Score):
    """The score on samples that were not learned from.

    Attributes:
        calibrated_loss: The loss without what too much or too little confidence adds to it.
    """

    calibrated_loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a solved phase leaves: tensors fit for a checkpoint, and how good they are."""

    tensors: Mapping[str, NDArray[Any]]
    train: Score
    validation: Validation


def scored(
    head: Head, train: tuple[Features, Labels], validation: tuple[Features, Labels]
) -> Solved:
    """Return a head with its scores on what it learned from and on what it did not."""
    known = score(head.probabilities(train[0]), train[1])
    unseen = validate(head.probabilities(validation[0]), validation[1])
    return Solved(tensors=head.tensors(), train=known, validation=unseen)


def validate(probabilities: Floats, labels: Labels) -> Validation:
    """Return the score on samples that were not learned from; see ``score``."""
    plain = score(probabilities, labels)
    return Validation(
        loss=plain.loss,
        accuracy=plain.accuracy,
        calibrated_loss=calibrated_loss(probabilities, labels),
    )


def score(probabilities: Floats, labels: Labels) -> Score:
    """Return loss and accuracy; a probability of 0 counts as the smallest float32.

    Args:
        probabilities: shape (num_samples, num_classes); each row sums to 1.
        labels: shape (num_samples,), class indices.
    """
    of_label = probabilities[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(of_label, np.finfo(np.float32).tiny)).mean()
    return Score(loss=float(loss), accuracy=float((probabilities.argmax(1) == labels).mean()))


@scipy_on_one_thread()
def solve_head(
    train: tuple[Features, Labels],
    validation: tuple[Features, Labels],
    l2_strengths: Sequence[float],
    on_solved: Callable[[int], None] = lambda count: None,
    weights: Floats | None = None,
) -> tuple[Head, float]:
    """Return the head with the lowest validation loss over the L2 strengths, and its strength.

    Multinomial logistic regression on standardized features; the standardization is folded
    into the head afterwards. Strong penalties come first, because each solution is a good
    start for the next weaker one.

    Args:
        train: features of shape (num_samples, feature_size) and labels, every class present.
            Sparse features are taken as they are.
        validation: likewise.
        l2_strengths: each is the weight of half the squared norm against the mean loss.
        on_solved: told how many strengths are done.
        weights: shape (num_samples,), what each training sample counts, 1 on average; None
            for all the same.

    Source:
        Kornblith et al. 2019, arXiv:1805.08974, appendix A.3 (L2 strength chosen on
        held-out data, warm-started L-BFGS).
    """
    features, labels = train
    standardized, mean, scale = standardize(features)
    solver = LogisticRegression(max_iter=MAX_ITERATIONS, warm_start=True)
    candidates: list[tuple[float, Head, float]] = []
    for count, strength in enumerate(sorted(l2_strengths, reverse=True), start=1):
        # of two classes only one of the two opposite, half as long columns is penalized
        penalized = 2 if len(np.unique(labels)) == 2 else 1
        solver.set_params(C=penalized / (strength * len(labels)))
        with warnings.catch_warnings():
            # a solution a little short of the optimum is still judged on validation
            warnings.simplefilter("ignore", ConvergenceWarning)
            solver.fit(standardized, labels, sample_weight=weights)
        head = _folded(solver, mean, scale)
        loss = score(head.probabilities(validation[0]), validation[1]).loss
        candidates.append((loss, head, strength))
        on_solved(count)
    _, head, strength = min(candidates, key=lambda candidate: candidate[0])
    return head, strength


def standardize(features: Features) -> tuple[Features, Floats, Floats]:
    """Return the features without mean and scale, and both, each of shape (feature_size,)."""
    if issparse(features):  # without their zeros they would fill the memory
        size = features.shape[1]
        return features, np.zeros(size), np.ones(size)
    mean, scale = features.mean(axis=0), _scale(features)
    return (features - mean) / scale, mean, scale


def _scale(features: Floats) -> Floats:
    """Return standard deviations, of rare features that of the median one.

    A feature that hardly ever moves would otherwise get a huge weight from a few samples.
    """
    deviations = features.std(axis=0)
    moving = deviations[deviations > 0]
    floor = float(np.median(moving)) if len(moving) else 1.0
    return np.asarray(np.maximum(deviations, floor))


def _folded(solver: LogisticRegression, mean: Floats, scale: Floats) -> Head:
    weights, bias = solver.coef_, solver.intercept_
    if len(weights) == 1:  # two classes: one logit z equals softmax(-z/2, z/2)
        weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
    kernel = (weights / scale).T
    return Head(kernel=kernel.astype(np.float32), bias=(bias - mean @ kernel).astype(np.float32))
