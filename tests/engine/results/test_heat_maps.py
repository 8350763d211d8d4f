"""Heat maps point at what is known to decide."""

import keras
import numpy as np
import pytest

from tests.engine.models.tiny_families import FLAT, OURS, ROLLED
from tests.engine.tiny_vit import TINY_VIT
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.unrolled import unrolled
from tlgui.engine.results.heat_maps import open_heat_maps
from tlgui.engine.results.word_weights import direction

SIZE = 32
QUARTERS = (slice(None, 2), slice(None, 2)), (slice(2, None), slice(2, None))
# those that take pixels and nothing else, which is what a classifier is built on
PICTURES = [
    *("ours_efficientnet_lite", "ours_mobilenet_v2", "ours_vit", "resnet"),
    *(
        pytest.param(name, marks=pytest.mark.slow)
        for name in (
            *(
                "deit",
                "swin",
                "vit",
                "convnext",
                "resnet_v2",
            ),
            *("densenet", "vgg", "xception", "efficientnet", "mobilenet_v3", "cspnet"),
            *("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "vgg16"),
        )
    ),
]


def _eye_for_colors():
    """A network that is known through and through: class 0 is red, class 1 is green."""
    pixels = keras.Input((SIZE, SIZE, 3))
    see = keras.layers.Conv2D(2, 8, strides=8, use_bias=False, name="see")
    backbone = keras.Model(pixels, see(pixels))
    kernel = np.zeros((8, 8, 3, 2), np.float32)
    kernel[..., 0, 0] = kernel[..., 1, 1] = 1 / 64
    see.set_weights([kernel])
    model = build_classifier(backbone, 2)
    model.get_layer("head").set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])
    return model


@pytest.mark.parametrize("target", [0, 1])
def test_grad_cam_of_a_known_network_is_the_known_answer(target):
    pixels = np.zeros((SIZE, SIZE, 3), np.float32)
    pixels[:8, :8, 0] = 200  # red in one corner
    pixels[24:, 16:24, 1] = 100  # green elsewhere

    maps = open_heat_maps(_eye_for_colors())
    heat = maps.heat(pixels, direction(2, target, 1 - target))

    expected = np.zeros((4, 4))
    expected[0, 0], expected[3, 2] = 200, -100
    expected *= 1 if target == 0 else -1
    np.testing.assert_allclose(heat * 16, expected, atol=1e-3)
    assert maps.method == "grad_cam"


def _pictures(num, chance):
    """Pictures of noise: red in the first quarter is class 0, blue in the last is class 1."""
    pixels = chance.uniform(90, 160, (num, SIZE, SIZE, 3)).astype(np.float32)
    labels = np.arange(num) % 2
    for picture, label in zip(pixels, labels, strict=True):
        row, column = chance.integers(0, 9, 2) + 16 * label
        picture[row : row + 8, column : column + 8] = (40, 40, 230) if label else (230, 40, 40)
    return pixels, labels


@pytest.fixture(scope="module")
def two_quarters():
    """A Vision Transformer that has learned it, and a picture with red and blue."""
    keras.utils.set_random_seed(0)
    chance = np.random.default_rng(0)
    model = build_classifier(build_backbone(TINY_VIT), 2, "first_token")
    model.compile(
        keras.optimizers.Adam(3e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    pixels, labels = _pictures(96, chance)
    model.fit(pixels, labels, epochs=10, batch_size=16, verbose=0)
    right = np.asarray(model(pixels, training=False)).argmax(axis=1) == labels
    assert right.mean() > 0.9
    (red, blue), _ = _pictures(2, chance)
    return model, np.concatenate([red[:16], blue[16:]])


@pytest.mark.parametrize("target", [0, 1])
def test_transformer_looks_at_the_quarter_that_decides(two_quarters, target):
    model, pixels = two_quarters

    heat = np.maximum(open_heat_maps(model).heat(pixels, direction(2, target)), 0)

    assert heat[QUARTERS[target]].sum() > 0.6 * heat.sum()
    assert heat[QUARTERS[1 - target]].sum() < 0.2 * heat.sum()


def test_shares_of_all_places_add_up_to_what_the_picture_scores(two_quarters):
    model, pixels = two_quarters
    counts = direction(2, 0)
    plain = np.broadcast_to(pixels.mean(axis=(0, 1)), pixels.shape)
    with_picture, without = np.asarray(model(np.stack([pixels, plain]), training=False)) @ counts

    maps = open_heat_maps(model)
    heat = maps.heat(pixels, counts)

    assert maps.method == "integrated_gradients"
    assert heat.sum() == pytest.approx(with_picture - without, abs=0.02 + 0.02 * abs(with_picture))


@pytest.mark.parametrize("family", PICTURES)
def test_every_family_has_a_map_of_the_whole_picture(family):
    backbone = unrolled((OURS | ROLLED | FLAT)[family]())
    model = build_classifier(backbone, 3)
    size = model.input.shape[1] or 64
    pixels = np.random.default_rng(1).uniform(0, 255, (size, size, 3)).astype(np.float32)

    heat = open_heat_maps(model).heat(pixels, direction(3, 1))

    assert heat.ndim == 2
    assert heat.shape[0] == heat.shape[1] >= 1
    assert np.isfinite(heat).all()
