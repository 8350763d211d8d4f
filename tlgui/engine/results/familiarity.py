"""What a network was trained on, and from where on a sample is unlike all of it."""

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from sklearn.covariance import ledoit_wolf

from tlgui.core.evaluation import UNFAMILIAR, Familiarity
from tlgui.engine.models.strangeness import Strangeness, unit_rows
from tlgui.engine.results.metrics import accuracy_estimate
from tlgui.engine.training.blas import scipy_on_one_thread

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

MAX_TRAIN: Final = 2_000  # samples whose features are looked at
NUM_DIRECTIONS: Final = 64  # whose variances are told apart
FAMILIAR_SHARE: Final = 0.99  # of ordinary samples
MIN_VALIDATION: Final = 19  # fewer would flag more than one ordinary sample in 20
LEAST_LIMIT: Final = 1.0  # standard deviations, which are never strange
LEAST_VARIANCE: Final = 1e-4  # of features of length 1, in all directions together


def some_of_all(labels: Labels, count: int, seed: int) -> NDArray[np.int64]:
    """Return the rows of about as many samples of each class, picked by the seed, in order.

    Args:
        labels: shape (num_samples,), class indices.
        count: How many at most, of all classes together.
        seed: The same picks the same.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    turns = np.empty(len(labels), np.int64)
    for label in np.unique(labels):
        own = order[labels[order] == label]
        turns[own] = np.arange(len(own))
    return np.sort(order[np.argsort(turns[order], kind="stable")][:count])


def fit_strangeness(
    features: Floats, labels: Labels, validation: Floats
) -> tuple[Strangeness | None, float | None]:
    """Return what tells how strange a sample is, and the share of ordinary ones it will flag.

    The limit is a distance of a validation sample, with so many beyond it that of further
    ordinary samples at most one in a hundred is expected to be flagged; of fewer than 99
    validation samples it is the largest.

    Args:
        features: shape (num_samples, feature_size), of training samples.
        labels: shape (num_samples,), their class indices.
        validation: shape (num_validation, feature_size), of samples not learned from.

    Returns:
        None where there are too few samples to say.

    Source:
        Bates et al. 2023, "Testing for outliers with conformal p-values", arXiv:2104.08279
        (the limit); see ``Strangeness`` for the distance.
    """
    num_unseen = len(validation)
    is_enough = num_unseen >= MIN_VALIDATION and len(features) >= len(np.unique(labels)) + 2
    if not is_enough or not all(np.isfinite(x).all() for x in (features, validation)):
        return None, None
    distances = _class_distances(unit_rows(features), labels)
    rank = min(num_unseen, math.ceil(FAMILIAR_SHARE * (num_unseen + 1)))
    limit = float(np.sort(distances.of(validation))[rank - 1])
    return distances.in_units_of(max(limit, LEAST_LIMIT)), 1 - rank / (num_unseen + 1)


def judge_familiarity(blank: Familiarity, strangeness: Floats | None) -> Familiarity:
    """Return how many of the judged samples are unlike anything the network was trained on.

    Args:
        blank: What strangeness was measured by.
        strangeness: shape (num_samples,), of the judged samples; None where nobody knows.
    """
    if strangeness is None:
        return blank
    count = int((strangeness > UNFAMILIAR).sum())
    share = accuracy_estimate(count, len(strangeness))
    return replace(blank, num_unfamiliar=count, share=share)


def _class_distances(units: Floats, labels: Labels) -> Strangeness:
    """Return the distances themselves, not yet in units of a limit.

    Args:
        units: shape (num_samples, feature_size), rows of length 1.
        labels: shape (num_samples,).

    Source:
        Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance
        matrices" (so many directions from so few samples).
    """
    present, own = np.unique(labels, return_inverse=True)
    means = np.stack([units[own == number].mean(axis=0) for number in range(len(present))])
    covariance, _ = ledoit_wolf(units - means[own], assume_centered=True)
    size = len(covariance)
    count = min(NUM_DIRECTIONS, size - 1)
    with scipy_on_one_thread():  # two that wait for each other take ten times as long
        variances, directions = eigh(covariance, subset_by_index=(size - count, size - 1))
    # of directions that vary alike fewer may have been found
    others = size - len(variances)
    rest = max(np.trace(covariance) - variances.sum(), LEAST_VARIANCE) / others
    weights = 1 / rest - 1 / np.maximum(variances, rest)
    scaled = directions * np.sqrt(weights)
    standard = means.T / rest - scaled @ (scaled.T @ means.T)
    return Strangeness(
        constant=np.array([1 / rest], np.float32),
        directions=scaled.astype(np.float32),
        kernel=(-2 * standard).astype(np.float32),
        bias=(means * standard.T).sum(axis=1).astype(np.float32),
    )
