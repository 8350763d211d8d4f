"""A head that finds out by itself which layers it needs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from tlgui.engine.models.linear_head import Head, softmax
from tlgui.engine.training.head_solver import score, solve_head
from tlgui.engine.training.mixture_solver import _Descent, solve_mixture_head

STRENGTHS = (1e-3, 1e-2, 1e-1)


def one_telling_layer(num_classes, telling=1, num_layers=4, num_samples=120):
    """Return features of which only one layer says anything, and labels."""
    chance = np.random.default_rng(7)
    labels = np.arange(num_samples) % num_classes
    features = 2 * chance.normal(size=(num_samples, num_layers, 10)) + 5
    centers = 2 * chance.normal(size=(num_classes, 10))
    features[:, telling] = centers[labels] + 0.5 * chance.normal(size=(num_samples, 10))
    return features.astype(np.float32), labels


def halves(features, labels):
    return (features[::2], labels[::2]), (features[1::2], labels[1::2])


@pytest.mark.parametrize("num_classes", [2, 3])
def test_weight_gathers_on_the_layer_that_tells_the_classes_apart(num_classes):
    features, labels = one_telling_layer(num_classes)
    # two classes alternate, so that both halves have to hold both
    known, unseen = (features[:60], labels[:60]), (features[60:], labels[60:])

    head = solve_mixture_head(known, unseen, STRENGTHS)

    even, _ = solve_head(
        (known[0].mean(axis=1), known[1]), (unseen[0].mean(axis=1), unseen[1]), STRENGTHS
    )
    learned = score(head.probabilities(unseen[0]), unseen[1])
    plain = score(even.probabilities(unseen[0].mean(axis=1)), unseen[1])
    assert head.mixture.shape == (1, 4)
    assert softmax(head.mixture)[0].argmax() == 1
    assert softmax(head.mixture)[0, 1] > 0.5
    assert learned.loss < plain.loss


def test_even_mixture_stays_where_the_learned_one_is_no_better():
    chance = np.random.default_rng(3)
    features = chance.normal(size=(60, 5, 40)).astype(np.float32)  # labels are pure chance
    labels = np.arange(60) // 2 % 2
    known, unseen = halves(features, labels)

    head = solve_mixture_head(known, unseen, (1e-3,))

    even, _ = solve_head(
        (known[0].mean(axis=1), known[1]), (unseen[0].mean(axis=1), unseen[1]), (1e-3,)
    )
    even_loss = score(even.probabilities(unseen[0].mean(axis=1)), unseen[1]).loss
    assert score(head.probabilities(unseen[0]), unseen[1]).loss <= even_loss + 1e-6


@pytest.mark.parametrize("num_classes", [2, 4])
def test_gradient_is_that_of_the_loss(num_classes):
    features, labels = one_telling_layer(num_classes, num_samples=24)
    weights = np.random.default_rng(2).uniform(0.2, 3, len(labels))
    descent = _Descent.prepare((features.astype(np.float64), labels), 0.05, weights)
    # in double precision, or the differences would be those of rounding
    descent = _in_double_precision(descent)
    size = 4 + 10 * num_classes + num_classes
    values = np.random.default_rng(1).normal(size=size) * 0.3

    _, gradient = descent._loss(values)

    numeric = approx_fprime(values, lambda v: descent._loss(v)[0], 1e-4)
    np.testing.assert_allclose(gradient, numeric, atol=2e-3)


def _in_double_precision(descent):
    return replace(
        descent,
        features=descent.features.astype(np.float64),
        targets=descent.targets.astype(np.float64),
    )


def test_a_sample_that_weighs_twice_counts_like_two():
    features, labels = one_telling_layer(3, num_samples=30)
    twice = np.where(labels == 0, 2.0, 1.0)
    copies = np.concatenate([np.arange(30), np.flatnonzero(labels == 0)])
    size = 4 + 10 * 3 + 3
    values = np.random.default_rng(1).normal(size=size) * 0.3
    weighted = _Descent.prepare((features, labels), 0.0, twice / twice.mean())
    copied = replace(weighted, **_of_samples(weighted, copies))

    assert weighted._loss(values)[0] == pytest.approx(copied._loss(values)[0], rel=1e-5)


def _of_samples(descent, samples):
    features, targets = descent.features[samples], descent.targets[samples]
    return {"features": features, "targets": targets, "weights": np.ones(len(samples))}


def test_start_is_the_same_in_standardized_features():
    features, labels = one_telling_layer(3, num_samples=30)
    descent = _Descent.prepare((features, labels), 1e-2, None)
    chance = np.random.default_rng(2)
    kernel, bias = chance.normal(size=(10, 3)), chance.normal(size=3)
    mean = features.mean(axis=1)
    by_hand = -np.log(softmax(mean @ kernel + bias)[np.arange(30), labels]).mean()

    inner_bias = bias + descent.means.mean(axis=0) @ kernel
    inner_kernel = kernel * descent.scale[:, np.newaxis]
    values = np.concatenate([np.zeros(4), inner_kernel.ravel(), inner_bias])

    penalty = 1e-2 / 2 * (inner_kernel**2).sum()
    assert descent._loss(values)[0] == pytest.approx(by_hand + penalty, rel=1e-4)


def test_answers_on_raw_features_are_those_in_standardized_space():
    features, labels = one_telling_layer(3, num_samples=60)
    descent = _Descent.prepare((features, labels), 1e-2, None)
    zeros = np.zeros((10, 3), np.float32)
    start = Head(kernel=zeros, bias=zeros[0], mixture=np.zeros((1, 4), np.float32))

    head = descent.from_head(start, lambda: None)

    weights = softmax(head.mixture)[0]
    kernel = head.kernel * descent.scale[:, np.newaxis]
    bias = head.bias + weights @ descent.means @ head.kernel
    inner = np.einsum("nld,l->nd", descent.features, weights) @ kernel + bias
    np.testing.assert_allclose(head.probabilities(features), softmax(inner), atol=1e-4)


def test_descent_does_not_end_above_its_start():
    features, labels = one_telling_layer(3, num_samples=60)
    even, strength = solve_head(
        (features.mean(axis=1), labels), (features.mean(axis=1), labels), (1e-2,)
    )
    start = Head(kernel=even.kernel, bias=even.bias, mixture=np.zeros((1, 4), np.float32))

    head = _Descent.prepare((features, labels), strength, None).from_head(start, lambda: None)

    before = score(start.probabilities(features), labels).loss
    assert score(head.probabilities(features), labels).loss <= before


def test_every_strength_is_told():
    features, labels = one_telling_layer(3)
    told = []

    solve_mixture_head((features, labels), (features, labels), STRENGTHS, told.append)

    assert told == [1, 2, 3]


def test_layer_that_never_moves_gives_no_nan():
    features, labels = one_telling_layer(3)
    features[:, 0] = 1.0
    features[:, :, 3] = 0.0

    head = solve_mixture_head((features, labels), (features, labels), STRENGTHS)

    assert np.isfinite(head.kernel).all()
    assert np.isfinite(head.mixture).all()
