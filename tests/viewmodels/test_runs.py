import os
import time

import pytest

from tlgui.core.run_folder import EVENTS, PLAN
from tlgui.viewmodels import runs as runs_module
from tlgui.viewmodels.runs import RunsViewModel

DAY_S = 86_400


@pytest.fixture
def viewmodel(app_home, qapp) -> RunsViewModel:
    return RunsViewModel(app_home)


def detail(viewmodel: RunsViewModel) -> str:
    viewmodel.refresh()
    (summary,) = viewmodel.runs
    return summary.detail


def test_new_computer_has_no_runs(viewmodel):
    viewmodel.refresh()
    assert viewmodel.runs == ()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (lambda s: s.finish(), "93 % · today"),
        (lambda s: s.stop("stopped"), "85 % · stopped and kept · today"),
        (lambda s: s.stop("paused"), "85 % · paused · today"),
        (lambda s: s.fail(), "85 % · failed · today"),
        (lambda s: None, "interrupted · today"),
    ],
)
def test_every_run_is_listed_with_what_is_known(viewmodel, make_run, story, end, words):
    story.start()
    story.epoch(1)
    end(story)
    make_run("trees-1", story)
    assert detail(viewmodel) == words


def test_run_without_any_event_is_interrupted(viewmodel, make_run):
    (make_run().path / EVENTS).unlink()
    assert detail(viewmodel) == "interrupted · today"


def test_run_in_training_is_running_and_its_lock_is_left_alone(viewmodel, make_run, monkeypatch):
    run = make_run()
    monkeypatch.setattr(type(run), "is_locked", lambda _self: pytest.fail("lock touched"))
    viewmodel.refresh(run)
    assert viewmodel.runs[0].status == "running"


def test_run_of_another_window_is_running(viewmodel, make_run):
    run = make_run()
    with run.locked():
        assert detail(viewmodel) == "running · today"


def test_long_runs_are_listed_from_their_end(viewmodel, make_run, story, monkeypatch):
    story.start()
    for number in range(1, 200):
        story.step(number)
    story.epoch(200)
    story.finish()
    make_run("trees-1", story)
    monkeypatch.setattr(runs_module, "TAIL_BYTES", 1000)
    assert detail(viewmodel) == "93 % · today"


def test_damaged_run_does_not_hide_the_others(viewmodel, make_run):
    run = make_run("broken-1")
    (run.path / EVENTS).write_bytes(b"\xff\xfe\n")
    make_run("trees-1")
    viewmodel.refresh()
    assert {s.name for s in viewmodel.runs} == {"broken-1", "trees-1"}


@pytest.mark.parametrize(("days", "words"), [(1, "yesterday"), (40, None), (3, None)])
def test_older_runs_say_when(app_home, qapp, make_run, days, words):
    now = time.time()
    run = make_run()
    os.utime(run.path / PLAN, (now - days * DAY_S, now - days * DAY_S))
    viewmodel = RunsViewModel(app_home, clock=lambda: now)
    then = time.localtime(now - days * DAY_S)
    expected = words or (
        time.strftime("%A", then) if days < 7 else f"{time.strftime('%b', then)} {then.tm_mday}"
    )
    assert detail(viewmodel) == f"interrupted · {expected}"


@pytest.mark.parametrize(
    ("end", "is_offered"),
    [(lambda s: None, True), (lambda s: s.stop("paused"), True), (lambda s: s.finish(), False)],
)
def test_latest_run_is_offered_again_if_it_broke_off(viewmodel, make_run, story, end, is_offered):
    viewmodel.refresh()
    assert viewmodel.unfinished is None
    story.start()
    end(story)
    make_run("trees-1", story)
    viewmodel.refresh()
    assert (viewmodel.unfinished is not None) == is_offered


def test_ensemble_says_how_many_models_it_has(viewmodel, make_run, story):
    story.form("trees-1", "trees-2")
    story.finish()
    make_run("trees-ensemble-1", story)
    assert detail(viewmodel) == "93 % · 2 models · today"
    assert viewmodel.runs[0].is_ensemble
