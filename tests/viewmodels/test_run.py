import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import Progressed, RunResumed
from tlgui.core.job import TrainJob
from tlgui.core.run_folder import EVENTS
from tlgui.viewmodels.run import RunViewModel


@pytest.fixture
def viewmodel(engines, app_home) -> RunViewModel:
    return RunViewModel(engines, app_home, clock=lambda: 7.0)


@pytest.fixture
def opened(viewmodel, qtbot):
    """Open a run and wait until it is read."""

    def open_run(run) -> None:
        with qtbot.waitSignal(viewmodel.opened, timeout=5000):
            viewmodel.open_run(run)

    return open_run


def some_epochs(story):
    story.start()
    story.phase("head", 0)
    story.epoch(1, 0.5)
    story.phase()
    story.step(2, 1)
    story.step(2, 4)
    story.epoch(2, 0.4)


def test_live_and_replayed_runs_look_the_same(
    viewmodel, engines, app_home, make_run, story, opened
):
    some_epochs(story)
    story.finish()
    live = RunViewModel(engines, app_home)
    live.start(make_run("live-1"))
    engines.running[0].say(*story.events)
    engines.running[0].end()
    opened(make_run("trees-1", story))
    assert viewmodel.state == live.state
    assert viewmodel.trace.epochs == live.trace.epochs == [1.25, 2.0]
    assert viewmodel.status == live.status == "finished"


def test_start_asks_the_engine_to_train_the_run(viewmodel, engines, make_run):
    run = make_run()
    viewmodel.start(run)
    assert engines.jobs == [TrainJob(folder=str(run.path), requested_s=7.0)]
    assert viewmodel.is_training
    assert viewmodel.status == "waiting"
    assert viewmodel.name == "trees-1"


def test_run_that_cannot_start_says_why_and_can_be_tried_again(viewmodel, engines, make_run):
    engines.error = TlguiError("disk_full", path="/runs")
    viewmodel.start(make_run())
    assert viewmodel.failure.code == "disk_full"
    assert not viewmodel.is_training
    assert viewmodel.can_resume


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda s: s.finish(), "finished"),
        (lambda s: s.stop("stopped"), "stopped"),
        (lambda s: s.stop("paused"), "paused"),
        (lambda s: s.fail("out_of_memory", batch_size=32), "failed"),
        (lambda s: None, "interrupted"),
    ],
)
def test_every_end_of_a_run_is_told_apart(opened, viewmodel, make_run, story, end, status):
    some_epochs(story)
    end(story)
    opened(make_run("trees-1", story))
    assert viewmodel.status == status
    assert viewmodel.can_resume == (status in ("paused", "failed", "interrupted"))
    assert (viewmodel.failure is not None) == (status == "failed")


def test_run_of_another_window_is_not_continued_here(opened, viewmodel, make_run, story):
    some_epochs(story)
    run = make_run("trees-1", story)
    with run.locked():
        opened(run)
        assert viewmodel.status == "running"
        assert not viewmodel.can_resume


def test_pause_stop_and_discard_are_three_different_things(viewmodel, engines, make_run):
    viewmodel.start(make_run())
    viewmodel.pause()
    assert engines.running[0].requests == ["pause"]
    assert viewmodel.request == "pause"
    viewmodel.stop()
    assert engines.running[0].requests == ["pause", "stop"]
    assert viewmodel.request == "stop"


def test_requests_without_a_running_engine_are_harmless(viewmodel):
    viewmodel.pause()
    viewmodel.stop()
    viewmodel.discard()
    viewmodel.resume()
    viewmodel.undo_discard()
    assert viewmodel.request == ""
    assert viewmodel.name == ""
    assert not viewmodel.can_resume
    assert not viewmodel.has_result


def test_paused_run_goes_on_where_it_ended(opened, viewmodel, engines, make_run, story, qtbot):
    some_epochs(story)
    story.stop("paused")
    run = make_run("trees-1", story)
    opened(run)
    with qtbot.waitSignal(viewmodel.opened, timeout=5000):
        viewmodel.resume()
        engines.running[0].say(story.tell(RunResumed, epoch=2, step=0), story.step(3))
    assert viewmodel.status == "running"
    assert len(viewmodel.state.epochs) == 2
    assert viewmodel.state.last_step.epoch == 3


def test_what_a_dead_engine_left_unsaid_does_not_hide_the_new_start(
    viewmodel, engines, make_run, story, qtbot
):
    some_epochs(story)
    run = make_run("trees-1", story)
    viewmodel.start(run)
    engines.running[0].say(*story.events)
    # the supervisor's own event has a number that the engine will use again
    engines.running[0].say(story.fail("engine_died", reason="killed"))
    engines.running[0].end()
    assert viewmodel.can_resume
    story.events.pop()
    with qtbot.waitSignal(viewmodel.opened, timeout=5000):
        viewmodel.resume()
        engines.running[1].say(story.tell(RunResumed, epoch=2, step=0))
    assert viewmodel.status == "running"
    assert viewmodel.failure is None


def test_looking_at_another_run_loses_nothing_of_the_one_in_training(
    opened, viewmodel, engines, make_run, story, qtbot
):
    some_epochs(story)
    mine, other = make_run("mine-1"), make_run("other-1")
    viewmodel.start(mine)
    opened(other)
    (mine.path / EVENTS).write_text("".join(e.to_json() + "\n" for e in story.events[:-1]))
    engines.running[0].say(*story.events[:-1])
    assert viewmodel.state.epochs == (), "another run is on the screen"
    assert viewmodel.is_busy
    assert not viewmodel.is_training
    with qtbot.waitSignal(viewmodel.opened, timeout=5000):
        viewmodel.open_run(mine)
        engines.running[0].say(story.events[-1])
    assert len(viewmodel.state.epochs) == 2
    assert viewmodel.is_training


def test_progress_of_a_run_that_has_ended_is_not_shown(opened, viewmodel, make_run, story):
    story.start()
    story.tell(Progressed, activity="features", done=3, total=9)
    opened(make_run("trees-1", story))
    assert viewmodel.progress is None


def test_discarded_run_goes_to_the_trash_and_comes_back(
    opened, viewmodel, make_run, app_home, story, qtbot
):
    some_epochs(story)
    story.finish()
    run = make_run("trees-1", story)
    opened(run)
    viewmodel.discard()
    assert not run.path.exists()
    assert viewmodel.run is None
    with qtbot.waitSignal(viewmodel.opened, timeout=5000):
        viewmodel.undo_discard()
    assert run.path.is_dir()
    assert viewmodel.status == "finished"


def test_discarding_waits_until_the_engine_has_let_go(viewmodel, engines, make_run):
    run = make_run()
    viewmodel.start(run)
    viewmodel.discard()
    assert viewmodel.request == "discard"
    assert run.path.is_dir()
    engines.running[0].end()
    assert not run.path.exists()
    assert viewmodel.discarded is not None
    assert not viewmodel.is_busy


def test_run_discarded_in_the_background_leaves_the_screen_alone(
    opened, viewmodel, engines, make_run
):
    mine, other = make_run("mine-1"), make_run("other-1")
    viewmodel.start(mine)
    viewmodel.discard()
    opened(other)
    engines.running[0].end()
    assert viewmodel.run == other
    assert not mine.path.exists()


def test_failed_move_is_told_and_loses_nothing(opened, viewmodel, make_run, app_home):
    run = make_run()
    opened(run)
    app_home.trash.write_text("a file", encoding="utf-8")
    viewmodel.discard()
    assert viewmodel.failure.code == "folder_not_writable"
    assert run.path.is_dir()


def test_undo_that_is_impossible_says_why(opened, viewmodel, make_run):
    run = make_run()
    opened(run)
    viewmodel.discard()
    run.path.mkdir()
    viewmodel.undo_discard()
    assert viewmodel.failure.code == "folder_not_empty"


def test_damaged_run_is_shown_as_far_as_it_can_be_read(opened, viewmodel, make_run, story):
    some_epochs(story)
    run = make_run("trees-1", story)
    events = run.path / EVENTS
    events.write_text("not json\n" + events.read_text(encoding="utf-8"), encoding="utf-8")
    opened(run)
    assert viewmodel.failure is None
    assert viewmodel.state.epochs


def test_unreadable_run_says_so(opened, viewmodel, make_run):
    run = make_run()
    (run.path / EVENTS).unlink()
    (run.path / EVENTS).mkdir()
    opened(run)
    assert viewmodel.failure.code == "run_damaged"


def test_result_is_offered_once_it_is_on_disk(opened, viewmodel, make_run, story):
    some_epochs(story)
    story.finish()
    run = make_run("trees-1", story)
    opened(run)
    assert not viewmodel.has_result
    run.evaluation.mkdir()
    (run.evaluation / "evaluation.json").write_text("{}", encoding="utf-8")
    assert viewmodel.has_result


def test_page_does_not_jump_at_the_end_of_every_epoch(viewmodel, engines, make_run, story):
    assert viewmodel.shown_progress is None
    viewmodel.start(make_run())
    assert viewmodel.shown_progress is None
    engines.running[0].say(story.tell(Progressed, activity="validating", done=1, total=4))
    assert viewmodel.shown_progress.done == 1
    engines.running[0].say(
        story.epoch(1), story.tell(Progressed, activity="validating", done=2, total=4)
    )
    assert viewmodel.shown_progress is None
    engines.running[0].say(story.tell(Progressed, activity="testing", done=3, total=4))
    assert viewmodel.shown_progress.activity == "testing"


def test_only_a_live_run_tells_what_this_computer_is(
    opened, viewmodel, engines, make_run, story, qtbot
):
    device = story.device()
    with qtbot.assertNotEmitted(viewmodel.device_reported):
        opened(make_run("of-another-computer-1", story))
    viewmodel.start(make_run("mine-1"))
    with qtbot.waitSignal(viewmodel.device_reported, timeout=1000) as reported:
        engines.running[0].say(device)
    assert reported.args == [device]


def test_steps_without_labels_stay_out_of_the_curves_of_classes(viewmodel, story):
    story.start()
    story.phase("adapt", after_epoch=0)
    story.step(1, 1)
    for event in story.events:
        viewmodel.take_in(event)
    assert not viewmodel.trace.epochs
