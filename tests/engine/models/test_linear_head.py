"""The head as arrays, which must mean the same to everybody who reads them."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from tlgui.engine.models.linear_head import BIAS, KERNEL, MIXTURE, Head, head_of, softmax

CHANCE = np.random.default_rng(0)
KERNEL_3 = CHANCE.normal(size=(4, 3)).astype(np.float32)
BIAS_3 = CHANCE.normal(size=3).astype(np.float32)
SCORES = np.array([[2.0, -1.0]], np.float32)


def test_softmax_survives_huge_logits():
    np.testing.assert_allclose(softmax(np.array([[1e4, 0.0]])), [[1.0, 0.0]])


def test_sparse_features_get_the_answers_of_dense_ones():
    features = CHANCE.normal(size=(5, 4)).astype(np.float32)
    features[features < 0.5] = 0
    head = Head(kernel=KERNEL_3, bias=BIAS_3)

    answers = head.probabilities(csr_array(features))

    np.testing.assert_allclose(answers, head.probabilities(features), rtol=1e-6)


def test_mixture_weighs_layers_by_the_softmax_of_its_scores():
    features = CHANCE.normal(size=(5, 2, 4))
    weights = softmax(SCORES)[0]
    mixed = weights[0] * features[:, 0] + weights[1] * features[:, 1]

    answers = Head(kernel=KERNEL_3, bias=BIAS_3, mixture=SCORES).probabilities(features)

    plain = Head(kernel=KERNEL_3, bias=BIAS_3).probabilities(mixed)
    np.testing.assert_allclose(answers, plain, rtol=1e-5)


@pytest.mark.parametrize("mixture", [None, SCORES])
def test_head_is_found_again_among_the_tensors_of_a_checkpoint(mixture):
    head = Head(kernel=KERNEL_3, bias=BIAS_3, mixture=mixture)

    found = head_of(head.tensors())

    assert found is not None
    assert found.tensors().keys() == head.tensors().keys()
    assert (found.mixture is None) == (mixture is None)


def test_checkpoint_of_a_trained_backbone_is_no_head():
    tensors = {KERNEL: KERNEL_3, BIAS: BIAS_3, MIXTURE: SCORES, "block1/kernel": KERNEL_3}

    assert head_of(tensors) is None
