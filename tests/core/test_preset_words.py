from dataclasses import replace
from pathlib import Path

from tests.presets import LITE0, PLAIN
from tlgui.core.preset_words import import_sentence, preset_record, preset_sentence


def test_other_programs_learn_where_a_preset_lies():
    record = preset_record(LITE0, Path("somewhere"))

    assert (record["id"], record["installed"], record["folder"]) == (LITE0.id, True, "somewhere")
    assert preset_record(LITE0, None)["installed"] is False


def test_a_line_says_what_a_preset_is():
    here, away = (preset_sentence(LITE0, folder) for folder in (Path("somewhere"), None))

    assert here.startswith("efficientnet_lite0_imagenet: EfficientNet-Lite0, 3.4 M parameters")
    assert (here.endswith("on this computer"), "not on this" in away) == (True, True)


def test_what_nobody_has_stored_yet_has_no_size():
    away = replace(LITE0, num_bytes=0)

    assert preset_record(away, None)["bytes"] is None
    assert "size unknown" in preset_sentence(away, None)
    assert preset_record(PLAIN, None)["bytes"] == PLAIN.num_bytes
    assert "0 B" in preset_sentence(replace(PLAIN, num_parameters=0, num_bytes=0), None)


def test_an_import_says_how_to_go_on_and_warns_of_an_unknown_license():
    unknown = replace(LITE0, license="unknown")

    assert f"--preset {LITE0.id}" in import_sentence(LITE0, was_there=False)
    assert "license" in import_sentence(unknown, was_there=False)
    assert "already" in import_sentence(LITE0, was_there=True)
