"""Numbers that judge a classifier, each with its 95 % interval."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from tlgui.core.evaluation import ClassScore, Estimate, Evaluation

Labels = NDArray[np.integer]
Counts = NDArray[np.integer]
Floats = NDArray[np.floating]

NUM_RESAMPLES: Final = 2000


def accuracy_estimate(num_right: int, num_samples: int) -> Estimate:
    """Return the fraction of right answers with its Wilson score interval.

    Raises:
        ValueError: no samples.

    Source:
        Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    interval = binomtest(num_right, num_samples).proportion_ci(0.95, method="wilson")
    return Estimate(
        value=num_right / num_samples, low=float(interval.low), high=float(interval.high)
    )


def evaluate_predictions(
    split: str, classes: Sequence[str], labels: Labels, predicted: Labels, seed: int = 0
) -> Evaluation:
    """Return everything that counts can say.

    Classes without samples are in no average: balanced accuracy and macro-F1 are means over
    the classes that occur among ``labels``.

    Args:
        split: Name of what is evaluated.
        classes: Names in the order of the labels.
        labels: shape (num_samples,), true class indices.
        predicted: shape (num_samples,), predicted class indices.
        seed: Of the bootstrap.

    Raises:
        ValueError: no samples.
    """
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    majority = int(confusion.sum(axis=1).argmax())
    return Evaluation(
        split=split,
        num_samples=len(labels),
        accuracy=accuracy_estimate(int(confusion.trace()), len(labels)),
        balanced_accuracy=_bootstrap(confusion, balanced_accuracy, seed),
        macro_f1=_bootstrap(confusion, macro_f1, seed),
        majority_baseline=float(confusion[majority].sum() / len(labels)),
        majority_class=classes[majority],
        classes=_class_scores(classes, confusion),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
    )


def balanced_accuracy(confusion: Counts) -> Floats:
    """Return the mean recall of the classes that occur.

    Args:
        confusion: shape (..., num_classes, num_classes); rows are true classes.

    Source:
        Brodersen et al. 2010, "The balanced accuracy and its posterior distribution".
    """
    _, recall, _ = _scores(confusion)
    return _mean_of_occurring(recall, confusion)


def macro_f1(confusion: Counts) -> Floats:
    """Return the mean F1 of the classes that occur; the shapes of ``balanced_accuracy``."""
    _, _, f1 = _scores(confusion)
    return _mean_of_occurring(f1, confusion)


def percentile_interval(value: float, resampled: Floats) -> Estimate:
    """Return a statistic with its bootstrap interval, which always holds it.

    Args:
        value: Of the samples themselves.
        resampled: shape (num_resamples,), of samples drawn from them with replacement.

    Source:
        Efron 1979, "Bootstrap methods: another look at the jackknife".
    """
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def reflected_interval(value: float, resampled: Floats) -> Estimate:
    """Return a statistic with its basic bootstrap interval, which always holds it.

    For what chance alone makes larger, such as a sum of gaps: samples that are drawn from samples
    are larger by as much again, and the interval takes that off.

    Args:
        value: At least 0, of the samples themselves.
        resampled: shape (num_resamples,), of samples drawn from them with replacement.

    Source:
        Davison & Hinkley 1997, "Bootstrap methods and their application", section 5.2.
    """
    low, high = (2 * value - np.quantile(resampled, q) for q in (0.975, 0.025))
    return Estimate(value=value, low=max(0.0, min(float(low), value)), high=max(float(high), value))


def _scores(confusion: Counts) -> tuple[Floats, Floats, Floats]:
    right = np.diagonal(confusion, axis1=-2, axis2=-1).astype(float)
    of_class, said = confusion.sum(axis=-1), confusion.sum(axis=-2)
    precision = right / np.maximum(said, 1)
    recall = right / np.maximum(of_class, 1)
    return precision, recall, 2 * right / np.maximum(of_class + said, 1)


def _mean_of_occurring(values: Floats, confusion: Counts) -> Floats:
    occurs = confusion.sum(axis=-1) > 0
    mean: Floats = (values * occurs).sum(axis=-1) / occurs.sum(axis=-1)
    return mean


def _bootstrap(confusion: Counts, statistic: Callable[[Counts], Floats], seed: int) -> Estimate:
    """Percentile bootstrap over samples: resampled pairs are resampled cells."""
    cells = confusion.ravel()
    total = int(cells.sum())
    random = np.random.default_rng(seed)
    occupied = np.flatnonzero(cells)  # zero cells stay zero: many classes stay cheap
    value = float(statistic(confusion))
    statistics = np.empty(NUM_RESAMPLES)
    for index in range(NUM_RESAMPLES):
        resampled = np.zeros_like(cells)
        resampled[occupied] = random.multinomial(total, cells[occupied] / total)
        statistics[index] = statistic(resampled.reshape(confusion.shape))
    return percentile_interval(value, statistics)


def _class_scores(classes: Sequence[str], confusion: Counts) -> tuple[ClassScore, ...]:
    precision, recall, f1 = _scores(confusion)
    return tuple(
        ClassScore(
            name=name,
            num_samples=int(confusion[index].sum()),
            precision=float(precision[index]),
            recall=float(recall[index]),
            f1=float(f1[index]),
        )
        for index, name in enumerate(classes)
    )
