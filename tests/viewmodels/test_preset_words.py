from dataclasses import replace

from tests.presets import LITE0, TEXT
from tests.stories import messages
from tlgui.core.dataset import TextFacts
from tlgui.viewmodels.preset_words import language_hint, preset_sentence, preset_size


def test_model_is_described_in_a_sentence_with_its_license():
    assert preset_sentence(LITE0) == (
        "Learned from ImageNet-1k: 1.28 million photographs in 1,000 classes. "
        "Looks at 224 × 224 pixels. License: Apache-2.0."
    )
    assert preset_sentence(replace(TEXT, trained_on="")) == "License: Apache-2.0."


def test_size_is_told_where_there_is_one():
    assert preset_size(LITE0) == "3.4 M parameters, 7 MB"
    assert preset_size(replace(LITE0, num_parameters=0, num_bytes=0)) == ""


def test_model_of_another_language_is_pointed_out():
    german = replace(messages(), texts=TextFacts(language="de"))
    assert language_hint(TEXT, german) == (
        "These texts look like German; this model learned from English. Expect less."
    )
    assert language_hint(TEXT, messages()) == ""
    assert language_hint(replace(TEXT, languages=()), german) == ""


def test_nothing_is_guessed_about_the_language(dataset):
    assert language_hint(TEXT, replace(messages(), texts=TextFacts())) == ""
    assert language_hint(TEXT, dataset) == ""
