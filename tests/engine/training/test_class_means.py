"""Nearest class means: the simplest answer, as a layer that every export knows."""

import numpy as np
import pytest

from tlgui.engine.training.class_means import solve_class_means

RNG = np.random.default_rng(0)
CENTERS = np.array([[0, 0, 0, 0], [3, 0, 0, 0], [0, 3, 0, 0]])


def drawn(num_samples, spread=np.eye(4)):  # noqa: B008 (it is not changed)
    labels = RNG.integers(0, 3, num_samples)
    noise = RNG.normal(size=(num_samples, 4)) @ spread
    return (CENTERS[labels] + noise).astype(np.float32), labels


def test_answer_is_the_class_whose_mean_is_nearest():
    train, validation = drawn(300), drawn(100)
    head = solve_class_means(train, validation)

    features, labels = drawn(500)
    right = head.probabilities(features).argmax(axis=1) == labels

    assert right.mean() > 0.85


def test_features_that_vary_together_do_not_drown_the_one_that_matters():
    spread = np.array([[1, 0, 8, 8], [0, 1, 8, 8], [0, 0, 8, 8], [0, 0, 0, 0.1]])
    train, validation = drawn(600, spread), drawn(200, spread)
    features, labels = drawn(500, spread)

    right = solve_class_means(train, validation).probabilities(features).argmax(axis=1) == labels

    assert right.mean() > 0.8


def test_a_rare_class_is_not_seen_everywhere_unless_all_are_to_count_the_same():
    def two_classes(num_frequent, num_rare):
        labels = np.repeat([0, 1], [num_frequent, num_rare])
        features = RNG.normal(size=(len(labels), 4)) + 1.5 * labels[:, np.newaxis] * np.eye(4)[0]
        return features.astype(np.float32), labels

    train, validation = two_classes(950, 50), two_classes(475, 25)
    weights = np.where(train[1] == 0, 1 / 1.9, 10.0)

    def guessed_rare(*weights):
        head = solve_class_means(train, validation, *weights)
        return head.probabilities(validation[0]).argmax(axis=1).mean()

    assert guessed_rare() < 0.05
    assert guessed_rare(weights) > 0.15


def test_answers_are_as_sure_as_they_are_right():
    head = solve_class_means(drawn(300), drawn(300))
    features, labels = drawn(2000)
    found = head.probabilities(features)

    right = (found.argmax(axis=1) == labels).mean()

    assert found.max(axis=1).mean() == pytest.approx(right, abs=0.05)


def test_features_of_several_layers_are_averaged_and_stay_a_mixture():
    features, labels = drawn(60)
    layers = np.stack([features - 1, features + 1], axis=1)
    head = solve_class_means((layers, labels), (layers, labels))

    assert head.mixture is not None
    plain = solve_class_means((features, labels), (features, labels))
    np.testing.assert_allclose(head.probabilities(layers), plain.probabilities(features), atol=1e-4)
