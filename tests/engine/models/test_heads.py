"""What stands between the features of a backbone and the classes of a person."""

import numpy as np
import pytest

from tests.engine.conftest import TINY
from tests.engine.tiny_text import TINY_BERT
from tests.engine.tiny_vit import TINY_VIT
from tlgui.engine.models.heads import build_classifier, build_pooled
from tlgui.engine.models.presets import build_backbone

CONFIGS = {"pictures": TINY, "patches": TINY_VIT, "texts": TINY_BERT}


@pytest.mark.parametrize("kind", CONFIGS)
def test_checkpoints_of_runs_without_dropout_fit_models_with_it(kind):
    backbone = build_backbone(CONFIGS[kind])

    plain = build_classifier(backbone, 3)
    dropping = build_classifier(backbone, 3, dropout=0.5)

    assert [w.path for w in plain.weights] == [w.path for w in dropping.weights]
    assert dropping.get_layer("head_dropout").rate == 0.5
    assert "head_dropout" not in [layer.name for layer in plain.layers]


@pytest.mark.parametrize("pooling", ["first_token", "mean"])
def test_patches_are_pooled_as_the_plan_says(pooling):
    backbone = build_backbone(TINY_VIT)
    pixels = np.random.default_rng(3).uniform(0, 255, (2, 32, 32, 3)).astype(np.float32)

    pooled = build_pooled(backbone, pooling)

    tokens = np.asarray(backbone(pixels))
    expected = tokens[:, 0] if pooling == "first_token" else tokens.mean(axis=1)
    np.testing.assert_allclose(pooled(pixels), expected, rtol=0, atol=1e-6)
    kernel, bias = build_classifier(backbone, 3, pooling).get_layer("head").weights
    assert (kernel.shape, bias.shape) == ((16, 3), (3,))


def test_a_mixture_learns_from_the_embeddings_and_every_layer():
    backbone = build_backbone(TINY_BERT)
    tokens = np.ones((2, 5), np.int32)
    inputs = {"token_ids": tokens, "segment_ids": 0 * tokens, "padding_mask": tokens}

    layers = np.asarray(build_pooled(backbone, "layer_mixture")(inputs))

    assert layers.shape == (2, 3, 16)
    np.testing.assert_allclose(
        layers[:, 2], build_pooled(backbone, "mean")(inputs), rtol=0, atol=1e-6
    )
    assert build_classifier(backbone, 3, "layer_mixture").get_layer("mixture").output_dim == 3
