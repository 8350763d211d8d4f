"""A network whose blocks were hidden computes what it did before, with the same weights."""

import keras
import numpy as np
import pytest

from tests.engine.models.tiny_families import FLAT, OURS, ROLLED
from tlgui.engine.models.layer_groups import blocks
from tlgui.engine.models.unrolled import unrolled

SAME = 1e-6


@pytest.fixture(scope="module", params=ROLLED)
def backbone(request):
    return ROLLED[request.param]()


def test_a_network_gives_the_same_features_once_its_blocks_are_layers(backbone):
    chance = np.random.default_rng(3)
    pixels = keras.tree.map_structure(
        lambda x: chance.uniform(0, 1, (2, *x.shape[1:])).astype(np.float32), backbone.input
    )
    before = _features(backbone, pixels)

    flat = unrolled(backbone)

    assert flat is not backbone
    np.testing.assert_allclose(_features(flat, pixels), before, rtol=SAME, atol=SAME)
    assert len(blocks(flat)) > 1


def test_training_the_flat_network_trains_the_weights_that_were_loaded(backbone):
    weights = [(id(weight), weight.path) for weight in backbone.weights]

    flat = unrolled(backbone)

    assert sorted((id(weight), weight.path) for weight in flat.weights) == sorted(weights)
    assert unrolled(flat) is flat
    twice = unrolled(backbone)
    assert [layer.name for layer in twice.layers] == [layer.name for layer in flat.layers]


@pytest.mark.parametrize("family", [*OURS, "clip_vision", "roberta"])
def test_a_flat_network_stays_as_it_is(family):
    backbone = (OURS | FLAT)[family]()

    assert unrolled(backbone) is backbone


def test_networks_within_networks_are_opened():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="dense")], name="one")
    pixels = keras.Input((4,))
    nested = keras.Model(pixels, keras.layers.Dense(2, name="dense")(inner(pixels)), name="two")
    row = keras.Sequential([keras.Input((4,)), nested])

    flat = unrolled(row)

    assert not any(isinstance(layer, keras.Model) for layer in flat.layers)
    numbers = np.ones((1, 4), np.float32)
    np.testing.assert_array_equal(flat(numbers), row(numbers))


def _features(backbone, pixels):
    return np.concatenate(
        [
            np.asarray(values).reshape(2, -1)
            for values in keras.tree.flatten(backbone(pixels, training=False))
        ],
        axis=1,
    )
