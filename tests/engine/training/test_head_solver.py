"""The head that is solved rather than trained."""

import numpy as np
import pytest

from tlgui.engine.training.head_solver import score, solve_head


def blobs(num_classes, num_samples=60, noise=0.5):
    random = np.random.default_rng(1)
    centers = random.normal(size=(num_classes, 8)) * 3
    labels = np.arange(num_samples) % num_classes
    features = centers[labels] + random.normal(size=(num_samples, 8)) * noise
    return features.astype(np.float32), labels


@pytest.mark.parametrize("num_classes", [2, 5])
def test_separable_kinds_are_told_apart(num_classes):
    features, labels = blobs(num_classes)
    head, _ = solve_head((features[:40], labels[:40]), (features[40:], labels[40:]), (1e-2,))

    probabilities = head.probabilities(features[40:])

    assert head.kernel.shape == (8, num_classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert score(probabilities, labels[40:]).accuracy == 1.0


def test_overfitting_strength_is_not_chosen():
    random = np.random.default_rng(2)
    features = random.normal(size=(60, 200)).astype(np.float32)  # labels are pure chance
    labels = np.arange(60) % 2
    known, unseen = (features[:40], labels[:40]), (features[40:], labels[40:])

    _, strength = solve_head(known, unseen, (1e-6, 10.0))

    assert strength == 10.0


def test_scale_of_features_does_not_change_the_answer():
    features, labels = blobs(3)
    plain, _ = solve_head((features, labels), (features, labels), (1e-2,))
    scaled, _ = solve_head((features * 100 + 7, labels), (features * 100 + 7, labels), (1e-2,))

    np.testing.assert_allclose(
        plain.probabilities(features), scaled.probabilities(features * 100 + 7), atol=1e-3
    )


def test_constant_feature_gives_no_nan():
    features, labels = blobs(3)
    features[:, 0] = 5.0

    head, _ = solve_head((features, labels), (features, labels), (1e-2,))

    assert np.isfinite(head.kernel).all()


def test_feature_that_hardly_ever_moves_gets_no_huge_weight():
    features, labels = blobs(3)
    features[:, 0] = 0
    features[0, 0] = 1e-3  # one picture in forty moves it a little

    head, _ = solve_head((features, labels), (features, labels), (1e-2,))

    assert np.abs(head.kernel[0]).max() < np.abs(head.kernel[1:]).max()


def test_progress_is_told_for_every_strength():
    features, labels = blobs(2)
    told = []

    solve_head((features, labels), (features, labels), (1e-2, 1e-1, 1.0), told.append)

    assert told == [1, 2, 3]


def test_loss_of_a_sure_mistake_is_finite():
    assert np.isfinite(score(np.array([[1.0, 0.0]]), np.array([1])).loss)
