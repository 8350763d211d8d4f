import hashlib
import json

import pytest

from tests.engine.tiny_text import TINY_BERT, write_tiny_text_preset
from tests.engine.tiny_vit import TINY_VIT, write_tiny_vit_preset
from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine.models.preset_files import (
    MAX_CONFIG_BYTES,
    preset_sha256,
    read_preset_config,
    verified_file,
)


def test_the_configuration_comes_back_as_it_was_written(tiny_preset, tiny_config):
    assert read_preset_config(tiny_preset).backbone == tiny_config


def test_a_missing_preset_says_which_ones_are_there(tiny_preset):
    with pytest.raises(TlguiError) as refusal:
        read_preset_config(tiny_preset.with_name("other"))

    assert refusal.value.code == "preset_missing"
    assert refusal.value.detail == {"name": "other", "known": "tiny"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "null",
        "[" * 50_000,
        " " * (MAX_CONFIG_BYTES + 1),
        '{"format_version": 1}',
        '{"format_version": NaN}',
        "\udcff",
    ],
)
def test_a_mangled_configuration_is_an_ordinary_error(tiny_preset, text):
    (tiny_preset / "config.json").write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(TlguiError) as refusal:
        read_preset_config(tiny_preset)

    assert refusal.value.code == "preset_damaged"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format_version": 2}, "format_version"),
        ({"backbone": {}}, "BackboneConfig"),
        ({"sha256": []}, "sha256"),
    ],
)
def test_a_preset_of_a_later_version_is_refused_with_its_reason(tiny_preset, change, reason):
    path = tiny_preset / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(TlguiError) as refusal:
        read_preset_config(tiny_preset)

    assert reason in str(refusal.value.detail["reason"])


def test_one_flipped_bit_in_the_weights_is_noticed(tiny_preset):
    config = read_preset_config(tiny_preset)
    path = verified_file(tiny_preset, config, "model.safetensors")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(TlguiError) as refusal:
        verified_file(tiny_preset, config, "model.safetensors")

    assert refusal.value.code == "preset_damaged"


def test_missing_weights_are_an_ordinary_error(tiny_preset):
    (tiny_preset / "model.safetensors").unlink()

    with pytest.raises(TlguiError) as refusal:
        preset_sha256(tiny_preset)

    assert refusal.value.code == "preset_damaged"


def test_a_text_preset_comes_back_as_it_was_written(tmp_path):
    write_tiny_text_preset(tmp_path / "texts")

    assert read_preset_config(tmp_path / "texts").backbone == TINY_BERT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"vocabulary_size": 10**15}, "vocabulary_size"),
        ({"num_layers": 10**6}, "num_layers"),
        ({"dropout": "much"}, "dropout"),
        ({"family": "tf.keras.Lambda"}, "BackboneConfig"),
        ({"family": ["bert"]}, "family"),
        ({"hidden_dim": None}, "hidden_dim"),
    ],
)
def test_a_hostile_text_configuration_is_refused_before_anything_is_built(tmp_path, change, reason):
    write_tiny_text_preset(tmp_path / "texts")
    path = tmp_path / "texts/config.json"
    config = json.loads(path.read_text())
    config["backbone"] |= change
    path.write_text(json.dumps(config))

    with pytest.raises(TlguiError) as refusal:
        read_preset_config(tmp_path / "texts")

    assert refusal.value.code == "preset_damaged"
    assert reason in str(refusal.value.detail["reason"])


def test_a_vision_transformer_comes_back_as_it_was_written(tmp_path):
    write_tiny_vit_preset(tmp_path / "vit")

    assert read_preset_config(tmp_path / "vit").backbone == TINY_VIT


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hidden_dim": 10**15}, "hidden_dim"),
        ({"patch_size": 1}, "patches are too many"),
        ({"patch_size": None}, "patch_size"),
    ],
)
def test_a_hostile_transformer_is_refused_before_anything_is_built(tmp_path, change, reason):
    write_tiny_vit_preset(tmp_path / "vit")
    path = tmp_path / "vit/config.json"
    config = json.loads(path.read_text())
    config["backbone"] |= {"input_size_px": 1024} | change
    path.write_text(json.dumps(config))

    with pytest.raises(TlguiError) as refusal:
        read_preset_config(tmp_path / "vit")

    assert refusal.value.code == "preset_damaged"
    assert reason in str(refusal.value.detail["reason"])


def test_a_run_without_pretrained_weights_records_the_configuration_it_began_with():
    folder = resources_folder() / "models/tfidf_linear"

    digest = hashlib.sha256((folder / "config.json").read_bytes()).hexdigest()
    assert preset_sha256(folder) == digest
