"""Curves that show what a class costs."""

import numpy as np
import pytest
from sklearn.metrics import auc, average_precision_score, roc_auc_score

from tlgui.engine.results.curves import MAX_POINTS, class_curves


@pytest.fixture
def answers():
    random = np.random.default_rng(0)
    labels = random.integers(3, size=3000)
    return random.dirichlet([1.0] * 3, size=3000) + np.eye(3)[labels] / 4, labels


def test_areas_are_those_of_scikit_learn(answers):
    probabilities, labels = answers
    for label, curves in enumerate(class_curves(probabilities, labels)):
        scores = probabilities[:, label]
        assert curves.roc_auc == pytest.approx(roc_auc_score(labels == label, scores), abs=1e-9)
        assert curves.average_precision == pytest.approx(
            average_precision_score(labels == label, scores), abs=1e-9
        )


def test_drawn_curves_are_short_and_still_show_their_areas(answers):
    for curves in class_curves(*answers):
        assert curves.roc[0] == (0, 0)
        assert curves.roc[-1] == (1, 1)
        assert len(curves.roc) <= MAX_POINTS >= len(curves.precision_recall)
        assert auc(*zip(*curves.roc, strict=True)) == pytest.approx(curves.roc_auc, abs=0.01)
        assert curves.precision_recall[-1][0] == 1


def test_class_without_samples_has_no_curve():
    probabilities, labels = np.full((4, 3), 1 / 3), np.array([0, 0, 1, 1])

    first, _, absent = class_curves(probabilities, labels)

    assert first.roc_auc == 0.5
    assert absent.roc == absent.precision_recall == ()
    assert absent.roc_auc is None


def test_curve_of_a_rare_class_shows_its_area_too():
    random = np.random.default_rng(0)
    labels = (np.arange(50_000) % 1000 == 0).astype(int)
    scores = np.clip(0.2 * random.random(50_000) + 0.7 * labels, 0, 1)
    [_, rare] = class_curves(np.stack([1 - scores, scores], axis=1), labels)

    recall, precision = zip(*rare.precision_recall, strict=True)
    assert rare.average_precision == pytest.approx(1)
    assert auc(recall, precision) == pytest.approx(1, abs=0.02)
