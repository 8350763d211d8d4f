"""Whether probabilities can be believed, and what answers are worth that are sure enough."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.evaluation import Answered, Calibration, Certainty, ConfidenceBin, Estimate
from tlgui.engine.models.temperature import best_temperature, cooled
from tlgui.engine.results.metrics import NUM_RESAMPLES, accuracy_estimate, reflected_interval

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]

NUM_BINS: Final = 15  # of the error, as in the paper
NUM_SHOWN_BINS: Final = 10
NUM_THRESHOLDS: Final = 100  # every whole percentage below 100
MIN_RESAMPLES: Final = 200
MAX_DRAWN: Final = 20_000_000  # by all resamples together, as far as that many are enough


def judge_calibration(
    probabilities: Floats, labels: Labels, uncorrected: Floats, seed: int = 0
) -> Calibration:
    """Return how far probabilities can be believed.

    Args:
        probabilities: shape (num_samples, num_classes), as answers give them.
        labels: shape (num_samples,), class indices.
        uncorrected: likewise, as training left them.
        seed: Of the bootstrap.
    """
    return Calibration(
        error=_error_estimate(probabilities, labels, seed),
        uncorrected_error=_error_estimate(uncorrected, labels, seed),
        bins=confidence_bins(probabilities, labels),
    )


def find_certainty(uncorrected: Floats, labels: Labels) -> Certainty:
    """Return the temperature, and what answers are worth at every threshold.

    Args:
        uncorrected: shape (num_samples, num_classes), of the validation samples, as training
            left them.
        labels: shape (num_samples,), class indices.
    """
    temperature = best_temperature(uncorrected, labels)
    probabilities = cooled(uncorrected, temperature)
    sureness, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    thresholds = np.arange(NUM_THRESHOLDS) / NUM_THRESHOLDS
    return Certainty(
        temperature=temperature,
        num_samples=len(labels),
        answered=tuple(_answered(float(t), is_right[sureness >= t]) for t in thresholds),
    )


def expected_calibration_error(
    probabilities: Floats, labels: Labels, num_bins: int = NUM_BINS
) -> float:
    """Return the mean gap between confidence and accuracy over bins of equal width.

    Args:
        probabilities: shape (num_samples, num_classes); each row sums to 1.
        labels: shape (num_samples,), class indices.
        num_bins: Of the confidence from 0 to 1.

    Returns:
        A fraction in [0, 1]; 0 means perfectly calibrated.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 2, equation 3.
    """
    gaps, bins = _gaps(probabilities, labels, num_bins)
    return float(np.abs(np.bincount(bins, gaps)).sum() / len(labels))


def confidence_bins(
    probabilities: Floats, labels: Labels, num_bins: int = NUM_SHOWN_BINS
) -> tuple[ConfidenceBin, ...]:
    """Return the reliability diagram; the shapes of ``expected_calibration_error``.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 2.
    """
    confidence = probabilities.max(axis=1)
    is_right = probabilities.argmax(axis=1) == labels
    bins = _bins(confidence, num_bins)
    return tuple(
        ConfidenceBin(
            num_samples=int((bins == number).sum()),
            confidence=float(confidence[bins == number].mean()),
            accuracy=accuracy_estimate(
                int(is_right[bins == number].sum()), int((bins == number).sum())
            ),
        )
        for number in np.unique(bins)
    )


def _bins(confidence: Floats, num_bins: int) -> NDArray[np.int64]:
    """Return the bin of each confidence; the upper end belongs to a bin, as in the paper."""
    return np.clip(np.ceil(confidence * num_bins).astype(np.int64) - 1, 0, num_bins - 1)


def _gaps(probabilities: Floats, labels: Labels, num_bins: int) -> tuple[Floats, NDArray[np.int64]]:
    confidence = probabilities.max(axis=1).astype(float)
    is_right = probabilities.argmax(axis=1) == labels
    return is_right - confidence, _bins(confidence, num_bins)


def _error_estimate(probabilities: Floats, labels: Labels, seed: int) -> Estimate:
    gaps, bins = _gaps(probabilities, labels, NUM_BINS)
    random, size = np.random.default_rng(seed), len(labels)
    # of very many samples the error hardly varies, and each draw takes longer
    errors = np.empty(max(MIN_RESAMPLES, min(NUM_RESAMPLES, MAX_DRAWN // size)))
    for number in range(len(errors)):
        drawn = random.integers(size, size=size)
        errors[number] = np.abs(np.bincount(bins[drawn], gaps[drawn])).sum() / size
    return reflected_interval(expected_calibration_error(probabilities, labels), errors)


def _answered(threshold: float, is_right: NDArray[np.bool_]) -> Answered:
    """Return what some answers are worth, of which it is known whether they are right."""
    num = len(is_right)
    accuracy = accuracy_estimate(int(is_right.sum()), num) if num else None
    return Answered(threshold=threshold, num_answered=num, accuracy=accuracy)
