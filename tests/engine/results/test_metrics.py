"""Numbers that people will believe."""

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_recall_fscore_support,
)

from tlgui.engine.results import metrics
from tlgui.engine.results.metrics import accuracy_estimate, evaluate_predictions

CLASSES = ("ham", "spam", "other")


def exactly(value):
    return pytest.approx(value, abs=1e-9, rel=0)


@pytest.fixture
def evaluation():
    random = np.random.default_rng(0)
    labels = random.choice(3, size=200, p=[0.7, 0.2, 0.1])
    predicted = np.where(random.random(200) < 0.8, labels, random.choice(3, size=200))
    return labels, predicted, evaluate_predictions("test", CLASSES, labels, predicted)


def test_scores_agree_with_scikit_learn(evaluation):
    labels, predicted, result = evaluation
    precision, recall, f1, counts = precision_recall_fscore_support(labels, predicted)

    assert result.accuracy.value == exactly(accuracy_score(labels, predicted))
    assert result.balanced_accuracy.value == exactly(balanced_accuracy_score(labels, predicted))
    assert result.macro_f1.value == exactly(f1_score(labels, predicted, average="macro"))
    for index, scores in enumerate(result.classes):
        assert (scores.precision, scores.recall, scores.f1) == exactly(
            (precision[index], recall[index], f1[index])
        )
        assert scores.num_samples == counts[index]


def test_every_interval_holds_its_value(evaluation):
    for estimate in (
        evaluation[2].accuracy,
        evaluation[2].balanced_accuracy,
        evaluation[2].macro_f1,
    ):
        assert 0 <= estimate.low < estimate.value < estimate.high <= 1


def test_wilson_interval_of_textbook_example():
    estimate = accuracy_estimate(8, 10)

    assert (estimate.low, estimate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_perfect_on_few_samples_is_not_certain():
    assert accuracy_estimate(5, 5).low < 0.6


def test_majority_baseline_is_what_always_guessing_gives(evaluation):
    labels, _, result = evaluation

    assert result.majority_class == "ham"
    assert result.majority_baseline == pytest.approx((labels == 0).mean())


def test_rows_of_the_confusion_are_true_classes():
    result = evaluate_predictions("test", CLASSES, np.array([0, 0, 1]), np.array([0, 1, 1]))

    assert result.confusion == ((1, 1, 0), (0, 1, 0), (0, 0, 0))


def test_class_without_samples_does_not_drag_the_averages_down():
    result = evaluate_predictions("test", CLASSES, np.array([0, 1]), np.array([0, 1]))

    assert result.balanced_accuracy.value == 1.0
    assert result.macro_f1.value == 1.0


def test_same_seed_gives_the_same_interval(evaluation):
    labels, predicted, result = evaluation

    assert evaluate_predictions("test", CLASSES, labels, predicted) == result


def test_intervals_hold_the_truth_as_often_as_they_say(monkeypatch):
    """Nominal coverage is 0.95; of 200 draws 0.91 to 0.985 hold it by chance in 99 of 100."""
    monkeypatch.setattr(metrics, "NUM_RESAMPLES", 400)
    truth = np.array([[46, 3, 1], [4, 24, 2], [2, 2, 16]])
    draws = np.random.default_rng(1).multinomial(300, truth.ravel() / 100, size=200)
    names = ("accuracy", "balanced_accuracy", "macro_f1")
    true = {
        "accuracy": truth.trace() / 100,
        "balanced_accuracy": float(metrics.balanced_accuracy(truth)),
        "macro_f1": float(metrics.macro_f1(truth)),
    }
    held = dict.fromkeys(names, 0)
    for draw in draws:
        cells = np.repeat(np.arange(9), draw)
        evaluation = evaluate_predictions("test", CLASSES, cells // 3, cells % 3)
        for name in names:
            estimate = getattr(evaluation, name)
            held[name] += estimate.low <= true[name] <= estimate.high

    assert all(0.91 <= count / 200 <= 0.99 for count in held.values()), held
