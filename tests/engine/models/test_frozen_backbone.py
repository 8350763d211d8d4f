import subprocess
import sys

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file

from tlgui.core.errors import TlguiError
from tlgui.engine.models.frozen_backbone import FrozenBackbone

FEATURES_IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
import numpy as np
from tlgui.engine.models.frozen_backbone import FrozenBackbone
features = FrozenBackbone(Path(sys.argv[1])).features(np.zeros((2, 36, 36, 3), np.uint8))
loaded = [name for name in ("keras", "tensorflow", "onnx", "torch", "jax") if name in sys.modules]
print(features.shape, loaded)
"""


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (5, 36, 36, 3), np.uint8)


def test_the_first_accuracy_does_not_wait_for_keras(tiny_preset):
    answer = subprocess.run(
        [sys.executable, "-c", FEATURES_IN_A_FRESH_PROCESS, str(tiny_preset)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.strip() == "(2, 16) []"


def test_the_embedded_preset_knows_what_photographs_show(embedded_preset, photos):
    classifier = load_file(embedded_preset / "classifier.safetensors")
    frozen = FrozenBackbone(embedded_preset)

    for name, photo in photos.items():
        scores = frozen.features(photo.pixels[None]) @ classifier["predictions/kernel"]
        assert (scores + classifier["predictions/bias"]).argmax() in photo.classes, name


def test_features_do_not_depend_on_the_batch_or_the_type_of_the_pixels(tiny_preset, pixels):
    frozen = FrozenBackbone(tiny_preset)

    together = frozen.features(pixels)

    alone = np.concatenate([frozen.features(one[None].astype(np.float32)) for one in pixels])
    assert together.shape == (len(pixels), frozen.feature_size)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_pictures_give_no_features(tiny_preset, pixels):
    assert FrozenBackbone(tiny_preset).features(pixels[:0]).shape == (0, 16)


@pytest.mark.parametrize("shape", [(2, 35, 36, 3), (2, 36, 36, 1), (36, 36, 3)])
def test_pictures_of_another_size_are_refused_with_the_size_that_is_needed(tiny_preset, shape):
    with pytest.raises(ValueError, match=r"36, 36, 3"):
        FrozenBackbone(tiny_preset).features(np.zeros(shape, np.uint8))


def test_a_folder_without_a_preset_is_an_ordinary_error(tmp_path):
    with pytest.raises(TlguiError) as refusal:
        FrozenBackbone(tmp_path / "nothing")

    assert refusal.value.code == "preset_missing"


@pytest.mark.parametrize("name", ["model.safetensors", "backbone.onnx"])
def test_a_damaged_file_is_refused_before_it_is_used(tiny_preset, name):
    path = tiny_preset / name
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(TlguiError) as refusal:
        FrozenBackbone(tiny_preset)

    assert refusal.value.code == "preset_damaged"
    assert refusal.value.detail["path"] == str(path)


def _empty(path):
    path.write_bytes(b"")


def _torn(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _noise(path):
    path.write_bytes(np.random.default_rng(0).bytes(4000))


def _reaches_elsewhere(path):
    _redirect(path, "location", "../elsewhere.safetensors")


def _reaches_beyond_the_weights(path):
    _redirect(path, "offset", str(10**9))


def _of_an_unknown_operation(path):
    graph = onnx.load(path, load_external_data=False)
    graph.graph.node[0].op_type = "Teleport"
    path.write_bytes(graph.SerializeToString())


def _redirect(path, key, value):
    graph = onnx.load(path, load_external_data=False)
    for tensor in graph.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == key:
                entry.value = value
    path.write_bytes(graph.SerializeToString())


@pytest.mark.parametrize(
    "damage",
    [
        _empty,
        _torn,
        _noise,
        _reaches_elsewhere,
        _reaches_beyond_the_weights,
        _of_an_unknown_operation,
    ],
)
def test_a_graph_that_cannot_run_is_an_ordinary_error(tiny_preset, reseal, damage):
    damage(tiny_preset / "backbone.onnx")
    reseal(tiny_preset)

    with pytest.raises(TlguiError) as refusal:
        FrozenBackbone(tiny_preset)

    assert refusal.value.code == "preset_damaged"
