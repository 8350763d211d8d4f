"""How well each class is told from all others, at every threshold."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from tlgui.core.evaluation import ClassCurves

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

MAX_POINTS: Final = 100  # more cannot be seen


def class_curves(probabilities: Floats, labels: Labels) -> tuple[ClassCurves, ...]:
    """Return the curves of each class against all others; empty where one side has no samples.

    Args:
        probabilities: shape (num_samples, num_classes).
        labels: shape (num_samples,), class indices.

    Source:
        Fawcett 2006, "An introduction to ROC analysis", section 9.1 (class reference
        formulation); Davis & Goadrich 2006, "The relationship between precision-recall and ROC
        curves".
    """
    return tuple(
        _curves(labels == label, probabilities[:, label]) for label in range(probabilities.shape[1])
    )


def _curves(is_of_class: NDArray[np.bool_], scores: Floats) -> ClassCurves:
    if is_of_class.all() or not is_of_class.any():
        return ClassCurves()
    false_positives, true_positives, _ = roc_curve(is_of_class, scores)
    precision, recall, _ = precision_recall_curve(is_of_class, scores, drop_intermediate=True)
    return ClassCurves(
        roc_auc=float(roc_auc_score(is_of_class, scores)),
        average_precision=float(average_precision_score(is_of_class, scores)),
        roc=_thinned(false_positives, true_positives),
        precision_recall=_thinned(recall[::-1], precision[::-1]),
    )


def _thinned(x: Floats, y: Floats) -> tuple[tuple[float, float], ...]:
    """Return some of the points of a curve, its ends among them."""
    rows = np.unique(np.linspace(0, len(x) - 1, MAX_POINTS).round().astype(int))
    return tuple((float(x[row]), float(y[row])) for row in rows)
