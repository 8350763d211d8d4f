"""Labels that are probably wrong: nothing like a sample ever had them."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from tlgui.engine.training.head_solver import Features, solve_head

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

NUM_FOLDS: Final = 5


class Suspicion(NamedTuple):
    """What a look at every label found; each array has one entry per sample.

    Attributes:
        quality: From 0, surely wrong, to 1, surely right.
        suggested: Class indices of what samples look like.
        is_suspect: Whether the label is probably wrong.
    """

    quality: Floats
    suggested: Labels
    is_suspect: NDArray[np.bool_]


def find_suspects(
    features: Features,
    labels: Labels,
    units: Labels,
    l2_strengths: Sequence[float],
    on_fold: Callable[[int, int], None] = lambda done, total: None,
) -> Suspicion:
    """Return which labels the samples themselves speak against.

    Args:
        features: shape (num_samples, feature_size), of a network that never saw the labels.
        labels: shape (num_samples,), class indices.
        units: shape (num_samples,); samples that belong together share a number, so that none
            is judged by its own copies.
        l2_strengths: See ``solve_head``.
        on_fold: Told how much of the work is done, and how much there is.

    Source:
        Northcutt et al. 2021, "Confident learning: estimating uncertainty in dataset labels",
        arXiv:1911.00068, section 3, as cleanlab computes it.
    """
    quality, suggested = np.ones(len(labels)), labels.copy()
    is_suspect = np.zeros(len(labels), bool)
    rows = _judgeable(labels, units)
    present, own = np.unique(labels[rows], return_inverse=True)
    if len(present) < 2:
        return Suspicion(quality=quality, suggested=suggested, is_suspect=is_suspect)
    probabilities = out_of_fold(features[rows], own, units[rows], l2_strengths, on_fold)
    is_known = probabilities.sum(axis=1) > 0
    rows, own, probabilities = rows[is_known], own[is_known], probabilities[is_known]
    quality[rows] = get_label_quality_scores(own, probabilities, method="self_confidence")
    suggested[rows] = present[probabilities.argmax(axis=1)]
    is_suspect[rows] = find_label_issues(own, probabilities, filter_by="both", n_jobs=1)
    return Suspicion(quality=quality, suggested=suggested, is_suspect=is_suspect)


def out_of_fold(
    features: Features,
    labels: Labels,
    units: Labels,
    l2_strengths: Sequence[float],
    on_fold: Callable[[int, int], None] = lambda done, total: None,
) -> Floats:
    """Return probabilities by heads that did not learn from the sample, nor from what is like it.

    The first fold chooses the L2 strength. See ``find_suspects`` for the arguments; every class
    index below the largest occurs.

    Returns:
        Shape (num_samples, num_classes); each row sums to 1, or to 0 for a sample that no head
        can judge, because all of its class were in one fold with it.
    """
    probabilities = np.zeros((len(labels), labels.max() + 1))
    folds = [*_folds(labels, units)]
    for number, (learned, judged) in enumerate(folds):
        on_fold(number, len(folds))
        classes, own = np.unique(labels[learned], return_inverse=True)
        known = judged[np.isin(labels[judged], classes)]
        if len(classes) < 2 or not len(known):
            continue
        unseen = features[known], np.searchsorted(classes, labels[known])
        head, strength = solve_head((features[learned], own), unseen, l2_strengths)
        l2_strengths = (strength,)
        probabilities[np.ix_(known, classes)] = head.probabilities(features[known])
    on_fold(len(folds), len(folds))
    return probabilities


def _folds(labels: Labels, units: Labels) -> list[tuple[Labels, Labels]]:
    """Return what is learned from and what is judged, as few times as the smallest class allows."""
    fewest = min(len(np.unique(units[labels == label])) for label in np.unique(labels))
    dealer = StratifiedGroupKFold(max(2, min(NUM_FOLDS, fewest)), shuffle=True, random_state=0)
    return [*dealer.split(labels, labels, units)]


def _judgeable(labels: Labels, units: Labels) -> Labels:
    """Return the rows whose class has something else to learn from than what belongs to them."""
    several = [c for c in np.unique(labels) if len(np.unique(units[labels == c])) > 1]
    return np.flatnonzero(np.isin(labels, several))
