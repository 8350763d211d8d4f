import json

import pytest

from tlgui.core.errors import TlguiError
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
