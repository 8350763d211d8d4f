from dataclasses import replace

import pytest

from tests.presets import LITE0, TEXT
from tests.stories import messages, summary
from tlgui.core.dataset import TextFacts
from tlgui.viewmodels.plan_fields import SettingField, setting_sections


def field(
    name: str, dataset=None, info=TEXT, strategy="head_then_all", **settings: str
) -> SettingField:
    found = summary(dataset) if dataset else None
    sections = setting_sections(info, strategy, found, settings, {})
    return next(f for section in sections for f in section.fields if f.name == name)


def test_share_that_would_be_cut_stands_beside_the_length():
    sentence = field("sequence_length", messages()).sentence
    assert sentence == "Cuts off the rest of 1 % of these texts. More is slower."
    sentence = field("sequence_length", messages(), sequence_length="64").sentence
    assert "Cuts off the rest of 40 %" in sentence
    sentence = field("sequence_length", messages(), sequence_length="300").sentence
    assert sentence == "Every text is read to its end. Fewer is quicker."


@pytest.mark.parametrize("value", ["", "many", "-4"])
def test_share_is_not_told_of_what_is_no_length(value):
    sentence = field("sequence_length", messages(), sequence_length=value).sentence
    assert "is not looked at" in sentence


def test_share_is_not_told_where_no_lengths_are_known(dataset):
    for data in (dataset, None, replace(messages(), texts=TextFacts())):
        assert "is not looked at" in field("sequence_length", data).sentence


def test_only_the_poolings_of_the_model_are_offered():
    words = dict(field("pooling").choices)
    assert words == {
        "mean": "Mean of words",
        "first_token": "First token",
        "layer_mixture": "Mix of layers",
    }
    two = replace(TEXT, poolings=("first_token", "mean"))
    assert [value for value, _ in field("pooling", info=two).choices] == ["first_token", "mean"]


def test_rows_of_a_table_are_kept_together_by_its_other_columns(dataset):
    assert field("group_by", messages()).choices == (
        ("", "Nothing"),
        ("column:sender", "Same sender"),
    )
    assert [value for value, _ in field("group_by", dataset, LITE0).choices] == [
        "",
        "prefix",
        "folder",
    ]


def test_sections_without_a_setting_are_absent_and_a_wrong_one_is_marked():
    sections = setting_sections(LITE0, "feature_extraction", None, {}, {"seed": "no number"})
    assert [section.name for section in sections] == ["data", "overfitting", "unlabeled"]
    assert [section.is_wrong for section in sections] == [True, False, False]


def test_what_is_one_of_a_few_values_is_chosen_and_folders_are_looked_for():
    assert dict(field("augmentation", info=LITE0).choices)["scans"] == "Quarter turns"
    assert field("lora_targets", strategy="lora").value == "attention"
    assert field("replay_folder").is_folder
    assert not field("epochs").is_folder


def test_long_phase_is_shown_where_short_ones_come_before_it():
    assert field("epochs", info=LITE0, strategy="gradual_unfreezing").value == "8"
    assert field("rate_decay", info=LITE0, strategy="gradual_unfreezing").value == "2.6"
    assert field("top_groups", info=LITE0, strategy="top_blocks").value == "3"
