"""Two runs that answer together from now on, as a person asks for it."""

from pathlib import Path

import pytest

from tlgui.core.evaluation import Estimate
from tlgui.core.events import Progressed, RunFailed, RunFinished
from tlgui.viewmodels.ensemble import EnsembleViewModel

ACCURACY = Estimate(value=0.9, low=0.8, high=0.95)


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> EnsembleViewModel:
    viewmodel = EnsembleViewModel(engines, app_home)
    viewmodel.open_run(make_run("trees-1"))
    return viewmodel


@pytest.fixture
def made(viewmodel):
    runs = []
    viewmodel.made.connect(runs.append)
    return runs


@pytest.fixture
def other(make_run):
    return make_run("trees-2")


def end(engines, *events):
    engines.running[-1].say(*events)
    engines.running[-1].end()


def finished(story, job):
    return story.tell(
        RunFinished, run=job.to, best_epoch=0, val_accuracy=0.9, test_accuracy=ACCURACY
    )


def test_both_runs_become_one_that_can_be_opened(viewmodel, made, other, engines, story, app_home):
    viewmodel.join(other)
    (job,) = engines.jobs
    assert job.runs == (str(viewmodel.run.path), str(other.path))
    assert Path(job.to) == app_home.runs / "trees-ensemble-1"
    engines.running[-1].say(story.tell(Progressed, activity="testing", done=1, total=5))
    assert viewmodel.progress.done == 1
    assert made == []
    end(engines, finished(story, job))
    assert [run.path for run in made] == [app_home.runs / "trees-ensemble-1"]
    assert not viewmodel.is_busy


def test_what_joins_an_ensemble_makes_another_one(viewmodel, other, engines, make_run, app_home):
    viewmodel.open_run(make_run("trees-ensemble-1"))
    viewmodel.join(other)
    assert Path(engines.jobs[-1].to) == app_home.runs / "trees-ensemble-2"


def test_runs_that_do_not_fit_are_told_in_place_and_nothing_is_opened(
    viewmodel, made, other, engines, story
):
    viewmodel.join(other)
    detail = {"first": "trees-1", "second": "trees-2", "reason": "their kinds are not the same"}
    end(engines, story.tell(RunFailed, code="ensemble_mismatch", detail=detail))
    assert "their kinds are not the same" in viewmodel.failure.sentence
    assert made == []
    viewmodel.forget_failure()
    assert viewmodel.failure is None


def test_another_run_on_the_screen_gives_the_joining_up(viewmodel, made, other, engines, story):
    ended = []
    viewmodel.job_ended.connect(lambda: ended.append(1))
    viewmodel.join(other)
    viewmodel.open_run(viewmodel.run)
    assert viewmodel.is_busy, "it is the same run"
    running, job = engines.running[-1], engines.jobs[-1]
    viewmodel.open_run(other)
    assert not viewmodel.is_busy
    assert ended == [1]
    running.say(finished(story, job))
    running.end()
    assert made == []


def test_without_a_run_there_is_nothing_to_join(viewmodel, other, engines):
    viewmodel.open_run(None)
    viewmodel.join(other)
    assert engines.jobs == []
