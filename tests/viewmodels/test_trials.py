"""Trials belong to the plan on the page: they start from it, follow it and change it."""

from types import SimpleNamespace

import pytest

from tests.presets import LITE0, TEXT
from tests.stories import messages, summary
from tlgui.core.dataset_summary import summary_of
from tlgui.core.events import RatesTried, RateTried
from tlgui.viewmodels.augmentation_preview import AugmentationPreviewViewModel
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.range_test import RangeTestViewModel
from tlgui.viewmodels.trials import TrialsViewModel


@pytest.fixture
def data() -> SimpleNamespace:
    """What a scan has found."""
    return SimpleNamespace(finished=SimpleNamespace(dataset="/jobs/scan-1/dataset.json"))


@pytest.fixture
def trials(engines, app_home, data, dataset) -> TrialsViewModel:
    plan = PlanViewModel({info.id: info for info in (LITE0, TEXT)}, app_home)
    preview = AugmentationPreviewViewModel(engines, app_home)
    trials = TrialsViewModel(plan, data, preview, RangeTestViewModel(engines, app_home))
    plan.open_dataset(summary(dataset), source="/data/trees", name="trees", group_by="")
    plan.choose_strategy("head_then_all")
    return trials


def test_nothing_can_be_tried_before_there_is_a_plan(engines, app_home, data):
    plan = PlanViewModel({LITE0.id: LITE0}, app_home)
    preview = AugmentationPreviewViewModel(engines, app_home)
    trials = TrialsViewModel(plan, data, preview, RangeTestViewModel(engines, app_home))
    assert not trials.are_possible
    trials.find_rate()
    trials.show_pictures()
    assert engines.jobs == []


def test_rates_are_tried_for_the_plan_on_the_page(trials, engines):
    trials.plan.change_setting("batch_size", "8")
    trials.find_rate()
    (job,) = engines.jobs
    assert job.plan == trials.plan.plan
    assert job.dataset == "/jobs/scan-1/dataset.json"


def test_rate_that_is_taken_is_in_the_plan(trials, engines, story):
    trials.find_rate()
    engines.running[0].say(story.tell(RateTried, learning_rate=1e-4, loss=0.5))
    engines.running[0].say(story.tell(RatesTried, suggested=3e-5))
    assert "learning_rate" not in trials.plan.choices.settings
    trials.rates.choose(3.21e-5)
    assert trials.plan.plan.phases[-1].learning_rate == 3.2e-5
    assert "learning_rate=3.2e-05" in trials.plan.command
    assert not trials.rates.is_outdated, "the curve is still that of the plan"
    trials.plan.change_setting("learning_rate", "0.001")
    assert trials.rates.chosen == 0.001, "what is typed is drawn"


def test_pictures_follow_what_is_chosen(trials, engines):
    trials.plan.change_setting("augmentation", "gentle")
    trials.show_pictures()
    assert engines.jobs[0].augmentation == "gentle"
    trials.plan.change_setting("mixup", "0.2")
    assert engines.running[0].requests == ["stop"]
    assert trials.preview.wish.mixup == 0.2


def test_value_that_is_being_typed_takes_nothing_away(trials, engines):
    trials.plan.change_setting("augmentation", "gentle")
    trials.show_pictures()
    trials.find_rate()
    trials.plan.change_setting("epochs", "x")
    assert not trials.are_possible
    assert [job.requests for job in engines.running] == [[], []]


def test_training_stops_what_is_tried(trials, engines, dataset, tmp_path):
    file = tmp_path / "dataset.json"
    file.write_text(dataset.to_json(), encoding="utf-8")
    found = summary_of(dataset, file)
    trials.plan.open_dataset(found, source="/data/trees", name="trees", group_by="")
    trials.plan.change_setting("augmentation", "gentle")
    trials.show_pictures()
    trials.find_rate()
    trials.plan.train()
    assert [job.requests for job in engines.running] == [["stop"], ["stop"]]
    assert not trials.preview.is_open


def test_nothing_is_tried_beside_a_run(trials, engines):
    trials.plan.set_blocked(True)
    trials.plan.change_setting("augmentation", "gentle")
    trials.find_rate()
    trials.show_pictures()
    assert engines.jobs == []


def test_other_data_ends_the_trials_of_the_old(trials, engines, data, dataset):
    trials.find_rate()
    again = {"source": "/data/trees", "name": "trees", "group_by": ""}
    trials.plan.open_dataset(summary(dataset), **again)
    assert trials.rates.is_open, "the same data once more is the same data"
    data.finished.dataset = "/jobs/scan-2/dataset.json"
    trials.plan.open_dataset(summary(messages()), source="/m.csv", name="m", group_by="")
    assert not trials.rates.is_open
    assert engines.running[0].requests == ["stop"]
    assert trials.preview.wish is None, "there are no pictures to vary"
    trials.find_rate()
    assert engines.jobs[-1].dataset == "/jobs/scan-2/dataset.json"
