"""Whether something beside the content tells the classes, so that a model may learn that."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from tlgui.core.evaluation import Estimate
from tlgui.core.review import Shortcut

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

NUM_TREES: Final = 60
NUM_FOLDS: Final = 3
MIN_SAMPLES: Final = 10  # of a class: fewer are told by chance
# what a person would call "this alone tells them": colors of cifar10's ships reach 0.8
MIN_AUC: Final = 0.9


def find_shortcuts(
    hints: Mapping[str, Floats],
    labels: Labels,
    units: Labels,
    classes: Sequence[str],
    on_hint: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Shortcut, ...]:
    """Return what tells a class from all others without a look at the content, the best first.

    Args:
        hints: shape (num_samples, num_facts) each: numbers that are no content.
        labels: shape (num_samples,), class indices.
        units: shape (num_samples,); samples that belong together share a number.
        classes: Names in the order of the indices.
        on_hint: Told how many hints are done, and how many there are.

    Source:
        Geirhos et al. 2020, "Shortcut learning in deep neural networks", arXiv:2004.07780,
        section 5; Breiman 2001, "Random forests".
    """
    found: list[Shortcut] = []
    for number, (hint, facts) in enumerate(hints.items()):
        on_hint(number, len(hints))
        for label, estimate in _told(facts, labels, units).items():
            if estimate.low > MIN_AUC:
                shortcut = Shortcut(hint=hint, class_name=classes[label], roc_auc=estimate)
                found.append(shortcut)
    on_hint(len(hints), len(hints))
    return tuple(sorted(found, key=lambda shortcut: -shortcut.roc_auc.low))


def auc_estimate(roc_auc: float, num_of_class: int, num_others: int) -> Estimate:
    """Return an area under the receiver operating characteristic with its 95 % interval.

    Args:
        roc_auc: From 0 to 1; the interval is as wide as for an area one pair short of 1, because
            the formula would call few samples without a mistake certain.
        num_of_class: Samples on the one side.
        num_others: Samples on the other.

    Source:
        Hanley & McNeil 1982, "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve", equation 1.
    """
    area = min(roc_auc, 1 - 1 / (num_of_class * num_others + 1))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area) + (num_of_class - 1) * (q1 - area**2) + (num_others - 1) * (q2 - area**2)
    ) / (num_of_class * num_others)
    margin = 1.959964 * float(np.sqrt(variance))
    return Estimate(
        value=roc_auc, low=max(0.0, area - margin), high=max(roc_auc, min(1.0, area + margin))
    )


def _told(facts: Floats, labels: Labels, units: Labels) -> dict[int, Estimate]:
    """Return how well facts alone tell each class that has enough samples."""
    counts = np.bincount(labels)
    enough = [int(c) for c in np.flatnonzero(counts >= MIN_SAMPLES) if counts[c] < len(labels)]
    if np.count_nonzero(counts) == 2:  # who tells the one tells the other
        enough = [c for c in enough if counts[c] == counts[counts > 0].min()][:1]
    # what belongs together is never judged by its own kind, so a class needs several units
    enough = [c for c in enough if len(np.unique(units[labels == c])) >= NUM_FOLDS]
    if not enough or (facts == facts[0]).all():
        return {}
    forest = RandomForestClassifier(
        NUM_TREES, min_samples_leaf=3, class_weight="balanced", random_state=0
    )
    dealer = StratifiedGroupKFold(NUM_FOLDS, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        # a class that one fold has all of is not among those that are judged
        warnings.filterwarnings("ignore", category=RuntimeWarning, module="sklearn")
        warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
        scores = cross_val_predict(
            forest, facts, labels, groups=units, cv=dealer, method="predict_proba"
        )
    columns = {int(label): column for column, label in enumerate(np.unique(labels))}
    return {
        label: auc_estimate(
            float(roc_auc_score(labels == label, scores[:, columns[label]])),
            int(counts[label]),
            int(len(labels) - counts[label]),
        )
        for label in enough
    }
