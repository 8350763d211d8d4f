"""Trying learning rates: the curve, the suggestion, and what a person takes from it."""

from pathlib import Path

import pytest

from tests.presets import LITE0
from tlgui.core.dataset import dataset_from_json
from tlgui.core.events import Progressed, RatesTried, RateTried
from tlgui.core.planning import make_plan
from tlgui.viewmodels.range_test import RangeTestViewModel, rate_text

LOSSES = {1e-6: 0.9, 1e-5: 0.6, 1e-4: 0.4, 1e-3: 2.0}


@pytest.fixture
def plan():
    return make_plan(LITE0, strategy="head_then_all")


@pytest.fixture
def viewmodel(engines, app_home, dataset, plan) -> RangeTestViewModel:
    viewmodel = RangeTestViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.start(dataset, plan)
    return viewmodel


def tell_all(engines, story):
    for rate, loss in LOSSES.items():
        engines.running[-1].say(story.tell(RateTried, learning_rate=rate, loss=loss))
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    engines.running[-1].end()


def test_engine_gets_the_plan_and_the_data_as_they_are(viewmodel, engines, app_home, dataset, plan):
    (job,) = engines.jobs
    assert job.plan == plan
    assert dataset_from_json(Path(job.dataset).read_text(encoding="utf-8")) == dataset
    assert Path(job.folder).parent == app_home.jobs


def test_curve_grows_and_the_suggestion_is_chosen_at_its_end(viewmodel, engines, story, qtbot):
    engines.running[-1].say(story.tell(Progressed, activity="features", done=1, total=2))
    assert viewmodel.progress is not None
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-6, loss=0.9))
    assert (len(viewmodel.points), viewmodel.chosen, viewmodel.progress) == (1, None, None)

    with qtbot.waitSignal(viewmodel.rate_chosen, timeout=1000) as chosen:
        tell_all(engines, story)

    assert chosen.args == [1e-5]
    assert (viewmodel.suggested, viewmodel.chosen) == (1e-5, 1e-5)
    assert not viewmodel.is_busy


def test_rate_that_a_person_takes_fits_a_plan(viewmodel, engines, story):
    tell_all(engines, story)
    for asked, taken in ((0.000123456, 1.2e-4), (5.0, 0.99), (0.0, 1e-7)):
        viewmodel.choose(asked)
        assert viewmodel.chosen == taken
    assert viewmodel.suggested == 1e-5


def test_those_who_do_not_see_the_curve_hear_what_it_shows(viewmodel, engines, story):
    assert viewmodel.sentence == ""
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-6, loss=0.9))
    assert viewmodel.sentence.endswith("The loss is lowest, 0.900, at 1e-06.")
    tell_all(engines, story)
    assert viewmodel.sentence == (
        "5 rates tried, from 1e-06 to 0.001. The loss is lowest, 0.400, at 0.0001. Chosen: 1e-05."
    )


def test_another_plan_forgets_the_curve_and_stops_the_engine(
    viewmodel, engines, story, dataset, plan
):
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-6, loss=0.9))
    viewmodel.reset()
    assert viewmodel.points == []
    assert engines.running[-1].requests == ["stop"]
    viewmodel.start(dataset, plan)
    assert len(engines.jobs) == 2


def test_full_disk_is_told_and_no_engine_starts(engines, app_home, dataset, plan):
    app_home.jobs.parent.mkdir(exist_ok=True)
    app_home.jobs.write_text("a file in the way")
    viewmodel = RangeTestViewModel(engines, app_home)
    viewmodel.start(dataset, plan)
    assert viewmodel.failure is not None
    assert engines.jobs == []


@pytest.mark.parametrize(("rate", "text"), [(3e-5, "3e-05"), (0.00123, "0.0012"), (0.1, "0.1")])
def test_rate_is_written_as_settings_take_it(rate, text):
    assert rate_text(rate) == text
