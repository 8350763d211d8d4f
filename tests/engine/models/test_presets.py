import json
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tlgui.core.errors import TlguiError
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.presets import load_backbone

SAME_FEATURES = 1e-4  # measured: 1e-5, with features of up to 6


def test_the_pretrained_network_knows_what_photographs_show(embedded_preset, photos):
    backbone = load_backbone(embedded_preset)
    classifier = load_file(embedded_preset / "classifier.safetensors")

    features = _pooled(backbone, np.stack([photo.pixels for photo in photos.values()]))

    scores = features @ classifier["predictions/kernel"].astype(np.float32)
    best = (scores + classifier["predictions/bias"]).argmax(axis=1)
    named = dict(zip(photos, best, strict=True))
    assert all(best in photos[name].classes for name, best in named.items()), named


def test_fine_tuning_starts_from_the_features_that_the_first_accuracy_came_from(
    embedded_preset, photos
):
    noise = np.random.default_rng(5).integers(0, 256, (1, 224, 224, 3), np.uint8)
    pixels = np.concatenate([noise, *(photo.pixels[None] for photo in photos.values())])

    trained, frozen = load_backbone(embedded_preset), FrozenBackbone(embedded_preset)

    np.testing.assert_allclose(
        _pooled(trained, pixels), frozen.features(pixels), rtol=0, atol=SAME_FEATURES
    )


def test_both_engines_agree_for_every_family(tiny_preset):
    pixels = np.random.default_rng(6).integers(0, 256, (4, 36, 36, 3), np.uint8)

    features = FrozenBackbone(tiny_preset).features(pixels)

    assert features.std() > 0.1, "features that do not vary would agree by accident"
    np.testing.assert_allclose(
        features, _pooled(load_backbone(tiny_preset), pixels), rtol=0, atol=SAME_FEATURES
    )


def _without_one(tensors):
    del tensors["stem_conv/kernel"]


def _with_one_more(tensors):
    tensors["surplus/kernel"] = np.zeros(3, np.float32)


def _of_another_shape(tensors):
    tensors["top_bn/gamma"] = np.zeros(3, np.float32)


def _of_another_type(tensors):
    tensors["top_bn/gamma"] = tensors["top_bn/gamma"].astype(np.int32)


def _with_a_nan(tensors):
    tensors["top_conv/kernel"][0, 0, 0, 0] = np.nan


@pytest.mark.parametrize(
    "damage", [_without_one, _with_one_more, _of_another_shape, _of_another_type, _with_a_nan]
)
def test_wrong_tensors_are_refused_even_if_the_preset_vouches_for_them(tiny_preset, reseal, damage):
    tensors = load_file(tiny_preset / "model.safetensors")
    damage(tensors)
    save_file(tensors, tiny_preset / "model.safetensors")
    reseal(tiny_preset)

    with pytest.raises(TlguiError) as refusal:
        load_backbone(tiny_preset)

    assert refusal.value.code == "preset_damaged"


@pytest.mark.parametrize("keep", [0, 4, 100, -10])
def test_torn_weights_are_an_ordinary_error(tiny_preset, reseal, keep):
    path = tiny_preset / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    reseal(tiny_preset)

    with pytest.raises(TlguiError) as refusal:
        load_backbone(tiny_preset)

    assert refusal.value.code == "preset_damaged"


def test_8_bit_weights_are_an_ordinary_error(tiny_preset, reseal):
    header = b'{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}'
    content = len(header).to_bytes(8, "little") + header + b"\0"
    (tiny_preset / "model.safetensors").write_bytes(content)
    reseal(tiny_preset)

    with pytest.raises(TlguiError) as refusal:
        load_backbone(tiny_preset)

    assert refusal.value.code == "preset_damaged"


def test_a_family_of_a_later_version_is_refused_by_name(tiny_preset):
    path = tiny_preset / "config.json"
    config = json.loads(path.read_text())
    config["backbone"]["family"] = "perceptron"
    path.write_text(json.dumps(config))

    with pytest.raises(TlguiError) as refusal:
        load_backbone(tiny_preset)

    assert "perceptron" in str(refusal.value.detail["reason"])


def _pooled(backbone, pixels):
    return backbone.predict(pixels.astype(np.float32), verbose=0).mean(axis=(1, 2))


def test_a_run_on_pictures_does_not_wait_for_text_encoders():
    code = "import sys, tlgui.engine.models.presets; print('keras_hub' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
