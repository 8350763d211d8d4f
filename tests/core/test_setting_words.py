"""Every setting has its words, and every value to choose from."""

from typing import get_args

import pytest

from tlgui.core.catalog import Pooling
from tlgui.core.phase import AugmentationId, ScheduleId, Targets
from tlgui.core.plan import ClassBalance
from tlgui.core.plan_settings import SETTINGS
from tlgui.core.setting_words import SETTING_WORDS

CHOICES = {
    "augmentation": AugmentationId,
    "class_balance": ClassBalance,
    "lora_targets": Targets,
    "pooling": Pooling,
    "schedule": ScheduleId,
}


def test_every_setting_has_its_words_and_no_words_are_left_over():
    assert SETTING_WORDS.keys() == SETTINGS.keys()


@pytest.mark.parametrize("words", SETTING_WORDS.values(), ids=SETTING_WORDS)
def test_words_are_calm_and_fit_into_a_narrow_column(words):
    assert words.sentence.endswith(".")
    assert "!" not in words.sentence
    assert len(words.label) <= 22
    assert all(len(choice) <= 16 for _, choice in words.choices)


@pytest.mark.parametrize("name", SETTING_WORDS)
def test_every_value_to_choose_from_has_its_words(name):
    values = tuple(value for value, _ in SETTING_WORDS[name].choices)
    assert set(values) == set(get_args(CHOICES[name]) if name in CHOICES else ())
    for value in values:
        assert SETTINGS[name].parse(value) == value
