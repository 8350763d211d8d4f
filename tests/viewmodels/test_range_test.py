"""Trying learning rates: the curve, the suggestion, and what a person takes from it."""

from pathlib import Path

import pytest

from tests.presets import LITE0
from tlgui.core.errors import TlguiError
from tlgui.core.events import Progressed, RatesTried, RateTried
from tlgui.core.planning import make_plan
from tlgui.viewmodels.range_test import RangeTestViewModel, rate_of, rate_text

LOSSES = {1e-6: 0.9, 1e-5: 0.6, 1e-4: 0.4, 1e-3: 2.0}
DATASET = "/jobs/scan-1/dataset.json"


def changed(**settings: str):
    return make_plan(LITE0, strategy="head_then_all", settings=settings)


@pytest.fixture
def plan():
    return changed(learning_rate="0.0002")


@pytest.fixture
def viewmodel(engines, app_home, plan) -> RangeTestViewModel:
    viewmodel = RangeTestViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.start(DATASET, plan)
    return viewmodel


def tell_some(engines, story):
    for rate, loss in LOSSES.items():
        engines.running[-1].say(story.tell(RateTried, learning_rate=rate, loss=loss))


def tell_all(engines, story):
    tell_some(engines, story)
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    engines.running[-1].end()


def test_engine_gets_the_plan_and_the_data_as_they_are(viewmodel, engines, app_home, plan):
    (job,) = engines.jobs
    assert (job.plan, job.dataset, job.requested_s) == (plan, DATASET, 3.0)
    assert Path(job.folder).parent == app_home.jobs


def test_curve_grows_and_its_end_suggests_but_changes_nothing(viewmodel, engines, story, qtbot):
    engines.running[-1].say(story.tell(Progressed, activity="features", done=1, total=2))
    assert viewmodel.progress is not None
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-6, loss=0.9))
    assert (len(viewmodel.points), viewmodel.progress) == (1, None)

    with qtbot.assertNotEmitted(viewmodel.rate_chosen):
        tell_all(engines, story)

    assert (viewmodel.suggested, viewmodel.chosen) == (1e-5, 2e-4)
    assert viewmodel.can_take_suggestion
    assert not viewmodel.is_busy


def test_rate_that_a_person_takes_fits_a_plan(viewmodel, engines, story, qtbot):
    tell_all(engines, story)
    for asked, taken in ((0.000123456, 1.2e-4), (5.0, 0.99), (0.0, 1e-7)):
        with qtbot.waitSignal(viewmodel.rate_chosen, timeout=1000) as chosen:
            viewmodel.choose(asked)
        assert chosen.args == [taken]
        assert viewmodel.chosen == taken
    assert viewmodel.suggested == 1e-5


def test_words_tell_how_far_it_is_and_what_came_of_it(viewmodel, engines, story):
    assert viewmodel.headline == "", "its progress says more"
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-7, loss=0.9))
    assert viewmodel.headline == "Trying larger and larger steps"
    engines.running[-1].say(story.tell(RateTried, learning_rate=1e-7 * 10**0.1, loss=0.9))
    assert viewmodel.headline == "Trying larger and larger steps: 2 of at most 70"
    for step in range(2, 31):
        rate = 1e-7 * 10 ** (step / 10)
        engines.running[-1].say(story.tell(RateTried, learning_rate=rate, loss=0.9))
    assert (
        viewmodel.headline == "Trying larger and larger steps: 31 of at most 70 · at most 4 s left"
    )
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    engines.running[-1].end()
    assert viewmodel.headline == (
        "Suggested: 1e-05. The plan has 0.0002; a click on the curve changes it."
    )
    viewmodel.choose(1e-5)
    assert viewmodel.headline.startswith("The plan has 1e-05, as suggested.")
    assert not viewmodel.can_take_suggestion


def test_those_who_do_not_see_the_curve_hear_what_it_shows(viewmodel, engines, story):
    assert viewmodel.sentence == ""
    tell_some(engines, story)
    assert "The loss is lowest, 0.400, at 0.0001." in viewmodel.sentence
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    assert viewmodel.sentence == (
        "4 rates tried, from 1e-06 to 0.001. The loss is lowest, 0.400, at 0.0001. "
        "Suggested: 1e-05. Chosen: 0.0002."
    )


def test_test_can_be_ended_early_and_its_curve_stays(viewmodel, engines, story, qtbot):
    tell_some(engines, story)
    with qtbot.waitSignal(viewmodel.job_ended, timeout=1000):
        viewmodel.stop()
    assert engines.running[-1].requests == ["stop"]
    assert viewmodel.headline.startswith("Ended early, after 4 rates.")
    assert len(viewmodel.points) == 4
    engines.running[-1].say(story.tell(RatesTried, suggested=1e-5))
    assert viewmodel.suggested is None, "an engine that was let go is no longer heard"
    with qtbot.assertNotEmitted(viewmodel.job_ended):
        viewmodel.stop()


def test_reset_forgets_the_curve_and_stops_the_engine(viewmodel, engines, story, plan):
    tell_some(engines, story)
    viewmodel.reset()
    assert (viewmodel.points, viewmodel.is_open, viewmodel.headline) == ([], False, "")
    assert engines.running[-1].requests == ["stop"]
    viewmodel.start(DATASET, plan)
    assert viewmodel.is_open
    assert len(engines.jobs) == 2


@pytest.mark.parametrize("setting", ["epochs", "patience", "learning_rate", "warmup"])
def test_what_the_test_leaves_out_may_change(viewmodel, engines, story, setting):
    tell_some(engines, story)
    value = {"warmup": "0.2", "learning_rate": "0.005"}.get(setting, "7")
    viewmodel.follow(changed(**{"learning_rate": "0.0002", setting: value}))
    assert not viewmodel.is_outdated
    assert viewmodel.is_busy


def test_curve_of_another_plan_is_marked_and_not_continued(viewmodel, engines, story, plan):
    tell_some(engines, story)
    viewmodel.follow(changed(batch_size="8"))
    assert viewmodel.is_outdated
    assert engines.running[-1].requests == ["stop"]
    assert "no longer its own" in viewmodel.headline
    viewmodel.follow(plan)
    assert not viewmodel.is_outdated, "what was undone is as if it had not been"
    viewmodel.follow(make_plan(LITE0))
    assert viewmodel.chosen is None
    assert "Chosen" not in viewmodel.sentence


def test_failure_is_told_and_a_new_test_forgets_it(viewmodel, engines, story, plan):
    engines.running[-1].say(story.fail("dataset_changed", path="oak/1.png", reason="it is gone"))
    engines.running[-1].end()
    assert viewmodel.failure.sentence == (
        "oak/1.png is no longer as it was when the data was looked through: it is gone. "
        "Put it back, or open the data again."
    )
    viewmodel.start(DATASET, plan)
    assert viewmodel.failure is None


def test_full_disk_is_told_and_no_engine_starts(engines, app_home, plan):
    engines.error = TlguiError("disk_full", path="/jobs")
    viewmodel = RangeTestViewModel(engines, app_home)
    viewmodel.start(DATASET, plan)
    assert viewmodel.failure.code == "disk_full"
    assert viewmodel.is_open, "there is an error to look at"
    assert engines.jobs == []


@pytest.mark.parametrize(("rate", "text"), [(3e-5, "3e-05"), (0.00123, "0.0012"), (0.1, "0.1")])
def test_rate_is_written_as_settings_take_it(rate, text):
    assert rate_text(rate) == text


def test_plan_without_steps_has_no_rate(plan):
    assert rate_of(plan) == 2e-4
    assert rate_of(make_plan(LITE0)) is None
