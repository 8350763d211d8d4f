"""The fold of events: what a page shows, live or after a crash."""

from dataclasses import replace

import pytest

from tests.core.examples import example
from tlgui.core import events
from tlgui.core.events import KINDS
from tlgui.core.run_state import RunState, replay


def _event(cls, seq, **changes):
    return replace(example(cls), seq=seq, **changes)


def _epoch(seq, epoch, val_loss=0.5, learning_rates=(1e-4,), duration_s=10.0):
    return _event(
        events.EpochEnded,
        seq,
        epoch=epoch,
        val_loss=val_loss,
        calibrated_val_loss=None,
        learning_rates=learning_rates,
        duration_s=duration_s,
    )


def _calibrated(seq, epoch, val_loss, loss):
    return replace(_epoch(seq, epoch, val_loss), calibrated_val_loss=loss)


def _phase(seq, after_epoch, epochs=8, phase="all"):
    return _event(events.PhaseStarted, seq, phase=phase, after_epoch=after_epoch, epochs=epochs)


def _step(seq, epoch, step, num_steps=10, samples_per_s=50.0):
    return _event(
        events.StepEnded,
        seq,
        epoch=epoch,
        step=step,
        num_steps=num_steps,
        samples_per_s=samples_per_s,
    )


STARTED = _event(events.RunStarted, 1, num_train=100)


@pytest.mark.parametrize("cls", KINDS.values(), ids=KINDS)
def test_every_event_can_happen(cls):
    state = replay([STARTED, _event(cls, 2)])
    assert state.seq == 2


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (_event(events.RunFinished, 2), "finished"),
        (_event(events.RunStopped, 2, reason="stopped"), "stopped"),
        (_event(events.RunStopped, 2, reason="paused"), "paused"),
        (_event(events.RunFailed, 2), "failed"),
        (_event(events.RunResumed, 2), "running"),
        (_event(events.Progressed, 2), "running"),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
def test_the_status_is_that_of_the_last_word(event, status):
    state = replay([STARTED, event])
    assert state.status == status
    assert RunState().status == "waiting"


def test_each_event_is_where_a_page_looks_for_it():
    device, first = _event(events.DeviceReported, 2), _event(events.FirstResult, 5)
    progress, finished = _event(events.Progressed, 3), _event(events.RunFinished, 7)
    failed = _event(events.RunFailed, 6)
    state = replay([STARTED, device, progress])
    assert (state.started, state.device, state.progress) == (STARTED, device, progress)
    state = replay([STARTED, _step(4, 1, 1), first, failed, finished])
    assert (state.first_result, state.failure, state.finished) == (first, failed, finished)
    assert state.last_step == _step(4, 1, 1)


@pytest.mark.parametrize(
    "event",
    [
        _phase(3, 0),
        _step(3, 1, 1),
        _epoch(3, 1),
        _event(events.RunFinished, 3),
        _event(events.RunStopped, 3),
        _event(events.RunFailed, 3),
        _event(events.RunResumed, 3),
    ],
    ids=lambda event: event.kind,
)
def test_a_progress_bar_disappears_when_the_work_goes_on(event):
    assert replay([STARTED, _event(events.Progressed, 2), event]).progress is None


def test_replay_and_live_may_overlap():
    history = [STARTED, _phase(2, 0), _epoch(3, 1), _epoch(4, 2)]
    assert replay([*history[:3], *history]) == replay(history)


def test_the_best_epoch_has_the_lowest_validation_loss_and_the_earlier_wins():
    epochs = [_epoch(2, 1, 0.9), _epoch(3, 2, 0.4), _epoch(4, 3, 0.4), _epoch(5, 4, 0.6)]
    assert replay([STARTED, *epochs]).best.epoch == 2
    assert replay([STARTED]).best is None


def test_the_best_epoch_is_not_passed_over_for_being_too_sure_of_itself():
    state = replay([STARTED, _calibrated(2, 1, 0.5, 0.49), _calibrated(3, 2, 0.7, 0.4)])
    assert state.best.epoch == 2


def test_epochs_after_the_checkpoint_are_void_when_a_run_goes_on():
    state = replay(
        [
            STARTED,
            _phase(2, 0, phase="head"),
            _epoch(3, 1),
            _phase(4, 1),
            _epoch(5, 2),
            _epoch(6, 3),
            _step(7, 4, 2),
            _event(events.RunFailed, 8),
            _event(events.RunResumed, 9, epoch=2, step=0),
        ]
    )
    assert [e.epoch for e in state.epochs] == [1, 2]
    assert (state.status, state.failure, state.last_step) == ("running", None, None)


@pytest.mark.parametrize(("epoch", "step"), [(1, 3), (2, 0)])
def test_a_phase_that_goes_on_is_shown_once(epoch, step):
    state = replay(
        [
            STARTED,
            _phase(2, 0, phase="head"),
            _epoch(3, 1),
            _phase(4, 1),
            _epoch(5, 2),
            _event(events.RunStopped, 6, reason="paused"),
            _event(events.RunResumed, 7, epoch=epoch, step=step),
            _phase(8, 1),
        ]
    )
    assert [(p.phase, p.after_epoch) for p in state.phases] == [("head", 0), ("all", 1)]


def test_the_time_left_is_first_estimated_from_the_speed():
    state = replay([STARTED, _phase(2, 0, epochs=3), _step(3, 1, 4)])
    # 100 samples in 10 steps at 50/s: 0.2 s per step; 6 steps and 2 epochs are left
    assert state.time_left_s == pytest.approx(0.2 * (6 + 20))


def test_the_time_left_counts_validation_once_an_epoch_was_measured():
    solved = _epoch(2, 1, learning_rates=(), duration_s=500.0)
    history = [STARTED, solved, _phase(3, 1, epochs=3), _epoch(4, 2), _step(5, 3, 5)]
    assert replay(history).time_left_s == pytest.approx(5 + 10)


@pytest.mark.parametrize(
    "history",
    [
        [],
        [STARTED],
        [STARTED, _step(2, 1, 1)],
        [STARTED, _phase(2, 0), _step(3, 1, 1, samples_per_s=0.0)],
        [STARTED, _phase(2, 0), _step(3, 1, 1), _event(events.RunFinished, 4)],
    ],
    ids=["waiting", "started", "no phase", "no speed", "over"],
)
def test_no_time_left_is_invented(history):
    assert replay(history).time_left_s is None


def test_a_run_whose_start_was_lost_does_not_crash_the_page():
    state = replace(replay([_phase(2, 0), _step(3, 1, 1)]), status="running")
    assert state.time_left_s == 0.0


def _adaptation(seq, epoch, duration_s=10.0):
    return _event(events.AdaptationEpochEnded, seq, epoch=epoch, duration_s=duration_s)


def test_epochs_without_labels_are_kept_apart_and_are_never_the_best():
    state = replay([STARTED, _phase(2, 0, phase="adapt"), _adaptation(3, 1), _epoch(4, 2)])
    assert [e.epoch for e in state.adaptations] == [1]
    assert [e.epoch for e in state.epochs] == [2]
    assert state.best.epoch == 2


def test_epochs_without_labels_after_the_checkpoint_are_void_when_a_run_goes_on():
    told = [STARTED, _phase(2, 0, phase="adapt"), _adaptation(3, 1), _adaptation(4, 2)]
    state = replay([*told, _event(events.RunResumed, 5, epoch=1, step=0)])
    assert [e.epoch for e in state.adaptations] == [1]


def test_the_time_left_of_a_phase_without_labels_counts_its_own_epochs_alone():
    told = [STARTED, _phase(2, 0, epochs=3, phase="adapt"), _adaptation(3, 1, duration_s=40.0)]
    assert replay([*told, _step(4, 2, 10)]).time_left_s == pytest.approx(40.0)
    # the next phase has another pace: 100 samples in 10 steps at 50/s
    state = replay([*told, _phase(4, 1, epochs=2), _step(5, 2, 10)])
    assert state.time_left_s == pytest.approx(2.0)


def test_the_time_left_of_one_thawing_step_counts_those_that_follow():
    started = replace(STARTED, max_epochs=5)
    told = [started, _phase(2, 1, epochs=1, phase="thaw"), _step(3, 2, 10)]
    assert replay(told).time_left_s == pytest.approx(0.2 * 10 * 3)


def test_an_ensemble_is_formed_and_finished_without_an_epoch():
    formed = _event(events.EnsembleFormed, 1, members=("a", "b"))
    assert replay([formed]).status == "running"
    state = replay([formed, _event(events.RunFinished, 2, best_epoch=0)])
    assert (state.status, state.ensemble, state.best) == ("finished", formed, None)
