"""A wrong label is found, and a rare right one is left alone."""

import numpy as np
import pytest

from tlgui.engine.reviewing.suspects import find_suspects, out_of_fold

STRENGTHS = (1e-2, 1e-1)


@pytest.fixture
def told():
    """Return features that tell four classes fairly well, and their labels."""
    chance = np.random.default_rng(0)
    labels = np.arange(240) % 4
    features = 2.5 * np.eye(4)[labels] + chance.normal(size=(240, 4))
    return features.astype(np.float32), labels


def test_most_planted_wrong_labels_are_among_the_most_doubtful_tenth(told):
    features, labels = told
    planted = np.arange(0, 240, 20)
    wrong = labels.copy()
    wrong[planted] = (labels[planted] + 2) % 4

    found = find_suspects(features, wrong, np.arange(240), STRENGTHS)

    worst = np.argsort(found.quality)[:24]
    hits = np.intersect1d(worst, planted)
    assert len(hits) >= 0.8 * len(planted)
    assert (found.suggested[hits] == labels[hits]).mean() > 0.8
    assert found.is_suspect.sum() < 40


def test_labels_that_are_right_are_hardly_suspected(told):
    features, labels = told
    clear = features + 4 * np.eye(4)[labels]

    assert find_suspects(clear, labels, np.arange(240), STRENGTHS).is_suspect.sum() == 0


def test_copies_of_a_wrongly_labeled_sample_do_not_vouch_for_it(told):
    features, labels = told
    features, labels = features[:80].copy(), labels[:80].copy()
    features[1:6], labels[0:6] = features[0], 3  # of class 0, six times the same
    apart, together = np.arange(80), np.arange(80)
    together[:6] = 0

    fooled = out_of_fold(features, labels, apart, STRENGTHS)
    careful = out_of_fold(features, labels, together, STRENGTHS)

    assert careful[0, 3] < fooled[0, 3]


def test_every_sample_is_judged_even_of_a_class_with_hardly_any(told):
    features, labels = told
    features, labels = np.vstack([features, features[:2]]), np.append(labels, [4, 4])

    probabilities = out_of_fold(features, labels, np.arange(242), STRENGTHS)

    assert probabilities.shape == (242, 5)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(242), abs=1e-5)


def test_class_whose_samples_all_belong_together_cannot_be_judged(told):
    features, labels = told
    units = np.where(labels == 3, 1000, np.arange(240))

    found = find_suspects(features, labels, units, STRENGTHS)

    assert (found.quality[labels == 3] == 1).all()
    assert not found.is_suspect[labels == 3].any()
    assert (found.quality[labels < 3] < 1).any()


@pytest.mark.parametrize("num_together", [120, 240])
def test_two_classes_of_which_one_or_both_belong_together_raise_no_suspicion(told, num_together):
    features, labels = told
    labels = labels % 2
    units = np.arange(240)
    units[np.argsort(labels, kind="stable")[:num_together]] = 1000

    found = find_suspects(features, labels, units, STRENGTHS)

    assert not found.is_suspect.any()
    assert (found.quality == 1).all()
    np.testing.assert_array_equal(found.suggested, labels)


def test_classes_without_samples_change_nothing(told):
    features, labels = told
    every = find_suspects(features, labels, np.arange(240), STRENGTHS)
    gaps = find_suspects(features, 2 * labels, np.arange(240), STRENGTHS)

    np.testing.assert_array_equal(gaps.quality, every.quality)
    np.testing.assert_array_equal(gaps.suggested, 2 * every.suggested)
