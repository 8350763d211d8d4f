"""What is chosen, apart from how the page shows it."""

import pytest

from tests.presets import LITE0
from tests.stories import summary
from tlgui.core.planning import make_plan
from tlgui.viewmodels.plan_choices import PlanChoices


@pytest.fixture
def choices() -> PlanChoices:
    return PlanChoices({LITE0.id: LITE0})


def test_choices_make_a_plan_before_there_is_any_data(choices):
    assert choices.plan == make_plan(LITE0)
    choices.choose_level(0)
    assert choices.plan == make_plan(LITE0), "there is nobody yet to give advice"
    assert choices.plans(LITE0) == {choices.strategy: choices.plan}


def test_only_settings_that_change_something_are_passed_on(choices):
    choices.change_setting("epochs", "3")
    choices.change_setting("seed", "7")
    assert choices.effective == {"seed": "7"}
    choices.choose_strategy("head_then_all")
    assert choices.effective == {"epochs": "3", "seed": "7"}


def test_refused_value_is_kept_with_its_reason(choices):
    choices.change_setting("seed", "lots")
    assert choices.settings == {"seed": "lots"}
    assert "whole number" in choices.errors["seed"]
    assert choices.plan is None
    choices.change_setting("seed", "")
    assert (choices.settings, choices.errors) == ({}, {})


def test_same_data_opened_again_keeps_what_was_chosen(choices, dataset):
    choices.choose_strategy("head_then_all")
    choices.open_dataset(summary(dataset), "prefix")
    choices.change_setting("epochs", "3")
    choices.open_dataset(summary(dataset), "")
    assert choices.effective == {"epochs": "3"}, "groups belong to the data"
    assert choices.strategy == "head_then_all"


def test_half_a_wish_is_told_in_place_until_the_other_half_is_there(choices):
    choices.choose_strategy("head_then_all")
    choices.change_setting("replay_fraction", "0.5")
    assert "replay_folder" in choices.errors["replay_fraction"]
    assert choices.plan is None, "nothing can be trained, and nothing falls over"
    choices.change_setting("replay_folder", "/old")
    assert choices.errors == {}
    assert choices.plan is not None
