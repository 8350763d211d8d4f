"""A claim of 90 % can be checked."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.calibration import calibration_curve

from tlgui.engine.models.temperature import cooled
from tlgui.engine.results.calibration import (
    confidence_bins,
    expected_calibration_error,
    find_certainty,
    judge_calibration,
)


def honest_answers(seed, num_samples=2000):
    """Return probabilities, and labels that are drawn with them."""
    random = np.random.default_rng(seed)
    logits = 2.0 * random.normal(size=(num_samples, 3))
    return softmax(logits, axis=1), (logits + random.gumbel(size=logits.shape)).argmax(axis=1)


def test_error_is_the_gap_between_what_is_claimed_and_what_is_right():
    probabilities = np.array([[0.9, 0.1]] * 10 + [[0.35, 0.65]] * 10)
    labels = np.array([0] * 7 + [1] * 3 + [1] * 8 + [0] * 2)  # 70 % and 80 % right

    error = expected_calibration_error(probabilities, labels)

    assert error == pytest.approx((0.2 * 10 + 0.15 * 10) / 20)


def test_bins_are_those_of_scikit_learn():
    probabilities, labels = honest_answers(0)
    confidence, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    accuracy, mean = calibration_curve(is_right, confidence, n_bins=10)

    bins = confidence_bins(probabilities, labels)

    assert [b.accuracy.value for b in bins] == pytest.approx(accuracy, abs=1e-9)
    assert [b.confidence for b in bins] == pytest.approx(mean, abs=1e-9)
    assert sum(b.num_samples for b in bins) == 2000


def test_too_sure_answers_are_corrected():
    probabilities, labels = honest_answers(1)
    unseen, of_unseen = honest_answers(2)
    boastful, of_boastful = cooled(unseen, 0.3), of_unseen
    certainty = find_certainty(cooled(probabilities, 0.3), labels)

    judged = judge_calibration(
        cooled(boastful, certainty.temperature), of_boastful, uncorrected=boastful
    )

    assert certainty.temperature == pytest.approx(1 / 0.3, rel=0.1)
    assert judged.error.value < 0.03 < 0.1 < judged.uncorrected_error.value
    assert judged.error.low <= judged.error.value <= judged.error.high


def test_surer_answers_are_fewer_and_more_often_right():
    certainty = find_certainty(*honest_answers(3))
    by_threshold = {round(a.threshold, 2): a for a in certainty.answered}

    assert by_threshold[0].num_answered == certainty.num_samples == 2000
    assert by_threshold[0.9].num_answered < by_threshold[0.6].num_answered
    assert by_threshold[0.9].accuracy.value > by_threshold[0.6].accuracy.value > 0.5
    assert by_threshold[0.9].accuracy.value > 0.9


def test_threshold_that_nothing_reaches_claims_no_accuracy():
    certainty = find_certainty(np.full((30, 3), 1 / 3), np.arange(30) % 3)

    assert certainty.answered[-1].num_answered == 0
    assert certainty.answered[-1].accuracy is None


def test_interval_of_the_error_reaches_down_to_where_there_is_none():
    held = 0
    for seed in range(20):
        probabilities, labels = honest_answers(seed, num_samples=120)
        error = judge_calibration(probabilities, labels, uncorrected=probabilities).error
        assert error.low <= error.value <= error.high
        held += error.low < 0.02

    assert held >= 14, "the answers are as honest as they can be"
