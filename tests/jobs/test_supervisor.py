"""One engine process and the thread behind it, whatever way the engine ends."""

import os
import sys
import textwrap
from pathlib import Path

import pytest
from PySide6.QtCore import QThread

from tests.jobs.conftest import FAKE_ENGINE
from tlgui.core.job import AnswerJob, ExplainJob, write_job
from tlgui.core.run_folder import EVENTS
from tlgui.core.run_state import replay
from tlgui.core.wording import error_sentence
from tlgui.jobs import supervisor as supervisor_module
from tlgui.jobs.launch import engine_environment, start_engine

posix_only = pytest.mark.skipif(os.name != "posix", reason="needs the signals of POSIX")


@pytest.fixture
def engine_that(tmp_path):
    """Return a command whose engine runs the given lines; ``say`` prints an event."""

    def command(code: str) -> list[str]:
        script = tmp_path / "odd_engine.py"
        prelude = """
            import sys, time
            from tlgui.core import events
            from tlgui.core.run_folder import EVENTS
            def say(cls, **fields):
                print(cls(time_s=1.0, **fields).to_json(), flush=True)
            def say_device():
                say(events.DeviceReported, seq=1, device="cpu", name="", num_cores=1,
                    memory_bytes=1, samples_per_s=0.0)
        """
        root = str(Path(FAKE_ENGINE[1]).parents[1])
        script.write_text(
            f"import sys; sys.path.insert(0, {root!r})\n"
            + textwrap.dedent(prelude)
            + textwrap.dedent(code),
            encoding="utf-8",
        )
        return [sys.executable, str(script)]

    return command


def test_no_event_is_lost_or_out_of_order(supervise, wait_for_end, run_folder):
    listener = supervise()
    wait_for_end(listener)
    assert listener.events == list(run_folder.events())
    assert [event.seq for event in listener.events] == list(range(1, len(listener.events) + 1))
    assert replay(listener.events) == run_folder.state()
    assert run_folder.status() == "finished"


def test_the_end_is_told_once_and_in_words(supervise, wait_for_end, qtbot):
    listener = supervise()
    wait_for_end(listener)
    qtbot.waitUntil(listener.supervisor.isFinished)
    assert [outcome.ended_cleanly for outcome in listener.outcomes] == [True]
    assert listener.outcomes[0].exit_code == 0


def test_events_arrive_in_the_thread_of_the_window(supervise, wait_for_end):
    listener = supervise()
    wait_for_end(listener)
    assert listener.threads == {QThread.currentThread()}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("die:3", "exit code 3"),
        pytest.param(
            "killed", "stopped by signal 9 (killed, perhaps for lack of memory)", marks=posix_only
        ),
    ],
)
def test_a_death_in_mid_epoch_is_told_in_words_and_can_be_continued(
    supervise, wait_for_end, run_folder, words, reason
):
    listener = supervise(words)
    wait_for_end(listener)
    failure = listener.events[-1]
    assert (failure.kind, failure.code) == ("run_failed", "engine_died")
    assert reason in error_sentence(failure.code, failure.detail)
    assert listener.outcomes[0].words == reason
    assert not listener.outcomes[0].ended_cleanly
    assert replay(listener.events).status == "failed", "the failure did not reach the page"
    assert listener.events[:-1] == list(run_folder.events()), "the disk must not be touched"
    assert run_folder.status() == "interrupted"


def test_copy_details_has_the_last_words_of_a_dead_engine(supervise, wait_for_end):
    listener = supervise("die:3")
    wait_for_end(listener)
    assert "dies as it was told" in listener.events[-1].technical


def test_an_error_the_engine_reports_itself_is_not_called_a_death(supervise, wait_for_end):
    listener = supervise("fail:out_of_memory")
    wait_for_end(listener)
    assert [e.code for e in listener.events if e.kind == "run_failed"] == ["out_of_memory"]
    assert listener.outcomes[0].ended_cleanly


@pytest.mark.parametrize(("wish", "status"), [("stop", "stopped"), ("pause", "paused")])
def test_a_request_reaches_the_engine_in_mid_epoch(
    supervise, wait_for_end, wait_for_kind, run_folder, wish, status
):
    listener = supervise("slow")
    wait_for_kind(listener, "step_ended")
    getattr(listener.supervisor, f"request_{wish}")()
    wait_for_end(listener)
    assert run_folder.status() == status
    assert run_folder.evaluation.exists() == (wish == "stop")


def test_a_stop_before_the_process_exists_is_not_lost(supervise, wait_for_end, run_folder):
    listener = supervise("slow", start=False)
    listener.supervisor.request_stop()
    listener.supervisor.start()
    wait_for_end(listener)
    assert run_folder.status() == "stopped"


def test_a_paused_run_goes_on_where_it_was(supervise, wait_for_end, wait_for_kind, run_folder):
    first = supervise("slow")
    wait_for_kind(first, "step_ended")
    first.supervisor.request_pause()
    wait_for_end(first)
    second = supervise()
    wait_for_end(second)
    assert [*first.events, *second.events] == list(run_folder.events())
    assert run_folder.status() == "finished"


@posix_only
def test_an_engine_that_ignores_requests_is_killed_after_the_grace_period(
    supervise, wait_for_end, wait_for_kind, run_folder, monkeypatch
):
    monkeypatch.setattr(supervisor_module, "TERMINATE_GRACE_S", 0.2)
    listener = supervise("deaf", grace_s=0.2)
    wait_for_kind(listener, "step_ended")
    listener.supervisor.request_stop()
    wait_for_end(listener)
    assert listener.outcomes[0].exit_code == -9
    assert "did not answer for 0.2 s" in listener.events[-1].detail["reason"]
    assert run_folder.status() == "interrupted"


def test_an_engine_that_reports_progress_after_a_request_is_not_killed(
    supervise, wait_for_end, wait_for_kind, engine_that
):
    code = """
        say(events.StepEnded, seq=1, epoch=1, step=1, num_steps=9, loss=1.0, accuracy=0.5,
            learning_rate=0.1, samples_per_s=1.0, memory_bytes=1)
        sys.stdin.readline()
        for seq in range(2, 10):
            say(events.Progressed, seq=seq, activity="testing", done=seq, total=9)
            time.sleep(0.2)
        say(events.JobCancelled, seq=10)
    """
    listener = supervise(command=engine_that(code), grace_s=1.0)
    wait_for_kind(listener, "step_ended")
    listener.supervisor.request_stop()
    wait_for_end(listener)
    assert listener.kinds[-1] == "job_cancelled", "the evaluation of the best epoch was cut off"


def test_patience_that_runs_out_before_the_process_exists_still_ends_it(
    supervise, wait_for_end, qtbot
):
    listener = supervise("slow", start=False, grace_s=0.01)
    listener.supervisor.request_stop()
    qtbot.waitUntil(lambda: not listener.supervisor._patience.is_alive())
    listener.supervisor.start()
    wait_for_end(listener)
    assert listener.events[-1].code == "engine_died"


def test_a_killed_engine_is_gone_at_once(supervise, wait_for_end, wait_for_kind):
    listener = supervise("deaf")
    wait_for_kind(listener, "step_ended")
    listener.supervisor.kill()
    wait_for_end(listener)
    assert listener.outcomes[0].words == "ended by force"


def test_an_engine_that_hangs_after_its_last_event_is_ended(
    supervise, wait_for_end, run_folder, monkeypatch
):
    monkeypatch.setattr(supervisor_module, "EXIT_GRACE_S", 0.1)
    listener = supervise("linger")
    wait_for_end(listener)
    assert listener.kinds[-1] == "run_finished"
    assert listener.outcomes[0].ended_cleanly
    assert listener.outcomes[0].words == "did not end by itself"


def test_a_program_that_cannot_be_started_is_told(supervise, wait_for_end, tmp_path):
    listener = supervise(command=[str(tmp_path / "not there")])
    wait_for_end(listener)
    assert listener.outcomes[0].exit_code is None
    assert "could not be started" in listener.events[-1].detail["reason"]


def test_an_end_that_is_only_on_the_disk_is_no_failure(supervise, wait_for_end, run_folder):
    listener = supervise("mute")
    wait_for_end(listener)
    assert listener.kinds[-1] == "run_finished"
    assert listener.outcomes[0].ended_cleanly
    assert listener.events == list(run_folder.events())


def test_a_continued_run_that_dies_at_once_shows_its_failure(
    supervise, wait_for_end, wait_for_kind, engine_that, run_folder
):
    first = supervise("slow")
    wait_for_kind(first, "step_ended")
    first.supervisor.request_pause()
    wait_for_end(first)
    before = run_folder.state()
    second = supervise(command=engine_that("sys.exit(7)"))
    wait_for_end(second)
    assert [event.code for event in second.events] == ["engine_died"]
    assert before.after(second.events[0]).status == "failed"


def test_a_death_is_told_even_if_the_run_is_damaged(
    supervise, wait_for_end, engine_that, run_folder
):
    (run_folder.path / EVENTS).write_text("rubbish\n{}\n")
    listener = supervise(command=engine_that("sys.exit(7)"))
    wait_for_end(listener)
    assert listener.events[-1].detail["reason"] == "exit code 7"


def test_noise_of_every_sort_is_survived(supervise, wait_for_end, engine_that):
    code = r"""
        print('2026-11-01 W tensorflow: stray', '[1, 2]', '{}', '{"kind": "progressed"}', sep="\n")
        print('{"kind": "run_failed", "seq": "one"}', '{"kind": "torn', "", sep="\n", flush=True)
        sys.stdout.buffer.write(b"\xff\xfe\x00 not UTF-8 \xe9\n")
        sys.stdout.buffer.write(b"x" * 200_000 + b"\n")
        say(events.JobCancelled, seq=1)
    """
    listener = supervise(command=engine_that(code))
    wait_for_end(listener)
    assert listener.kinds == ["job_cancelled"]


def test_closing_the_window_waits_until_training_is_saved(supervise, wait_for_kind, run_folder):
    listener = supervise("slow")
    wait_for_kind(listener, "step_ended")
    listener.supervisor.shut_down()
    assert listener.supervisor.isFinished()
    assert run_folder.status() == "paused"


def test_a_window_that_dies_leaves_a_paused_run(train_job, run_folder, tmp_path):
    environment = engine_environment({**os.environ, "TLGUI_FAKE_ENGINE": "slow"})
    with start_engine(FAKE_ENGINE, str(train_job), environment, tmp_path / "log") as process:
        while b"step_ended" not in process.stdout.readline():
            pass
        process.stdin.close()
        process.stdout.read()
    assert run_folder.status() == "paused"


def test_a_request_after_the_end_does_nothing(supervise, wait_for_end, run_folder):
    listener = supervise()
    wait_for_end(listener)
    listener.supervisor.request_stop()
    listener.supervisor.kill()
    assert run_folder.status() == "finished"


def test_an_engine_takes_one_job_only(supervise, wait_for_end, train_job):
    listener = supervise()
    assert not listener.supervisor.assign(train_job)
    wait_for_end(listener)
    assert not listener.supervisor.assign(train_job)


def test_an_engine_that_is_not_warm_yet_takes_no_job(supervise, train_job):
    listener = supervise("cold", job_file=None)
    assert not listener.supervisor.assign(train_job)


def test_copy_details_has_the_last_words_of_an_engine_that_died_taking_its_job(
    supervise, wait_for_end, train_job, engine_that, tmp_path, qtbot
):
    code = """
        say_device()
        sys.stdin.readline()
        sys.stderr.write("a library is missing")
        sys.exit(7)
    """
    log_file = tmp_path / "standby.log"
    listener = supervise(command=engine_that(code), job_file=None, log_file=log_file, start=False)
    with qtbot.waitSignal(listener.supervisor.device_reported, timeout=20_000):
        listener.supervisor.start()
    assert listener.supervisor.assign(train_job)
    wait_for_end(listener)
    assert listener.events[-1].technical == "a library is missing"


@posix_only
def test_a_job_is_not_given_to_a_waiting_engine_that_no_longer_listens(
    supervise, train_job, engine_that, qtbot
):
    code = """
        import os
        os.close(0)
        say_device()
        time.sleep(60)
    """
    listener = supervise(command=engine_that(code), job_file=None, start=False)
    with qtbot.waitSignal(listener.supervisor.device_reported, timeout=20_000):
        listener.supervisor.start()
    assert not listener.supervisor.assign(train_job)


def test_a_waiting_engine_reports_no_failure_of_its_own(supervise, wait_for_end, engine_that):
    code = """
        say(events.RunFailed, seq=1, code="device_failed", detail={"reason": "no"})
        sys.exit(3)
    """
    listener = supervise(command=engine_that(code), job_file=None)
    wait_for_end(listener)
    assert listener.events == []


def test_requests_to_a_waiting_engine_are_not_taken_for_a_job(supervise, qtbot):
    listener = supervise(job_file=None, start=False)
    with qtbot.waitSignal(listener.supervisor.device_reported, timeout=20_000):
        listener.supervisor.start()
    listener.supervisor.request_stop()
    assert listener.supervisor.isRunning()
    listener.supervisor.shut_down()
    assert listener.supervisor.isFinished()


@pytest.fixture
def answer_job(run_folder, tmp_path):
    """The job file that keeps the model of ``run_folder`` loaded."""
    job = AnswerJob(folder=str(tmp_path / "answer-1"), requested_s=1.0, model=str(run_folder.path))
    return write_job(job)


def test_typed_text_is_answered_by_its_number(supervise, wait_for_kind, wait_for_end, answer_job):
    listener = supervise(job_file=answer_job)
    wait_for_kind(listener, "answers_ready")
    listener.supervisor.ask(7, "it says\r\nb, “sure”,\ton three\u2028lines \ud800")
    wait_for_kind(listener, "text_answered")
    answer = listener.events[-1]
    assert answer.question == 7
    assert answer.num_tokens == 8, "line breaks must not tear a question"
    listener.supervisor.request_stop()
    wait_for_end(listener)
    assert listener.kinds[-1] == "job_cancelled"


def test_question_why_names_its_file_and_its_class(
    supervise, wait_for_kind, wait_for_end, run_folder, tmp_path
):
    job = ExplainJob(folder=str(tmp_path / "why-1"), requested_s=1.0, model=str(run_folder.path))
    listener = supervise(job_file=write_job(job))
    wait_for_kind(listener, "explainer_ready")
    other = run_folder.read_dataset().classes[1]
    listener.supervisor.ask(3, "", file="a “b”\n.png", against=other)
    wait_for_kind(listener, "neighbors_found")
    explained = next(event for event in listener.events if event.kind == "sample_explained")
    assert explained.question == 3
    assert (explained.explanation.file, explained.explanation.against) == ("a “b”\n.png", other)
    listener.supervisor.request_stop()
    wait_for_end(listener)
    assert listener.kinds[-1] == "job_cancelled"


def test_question_before_the_start_is_answered_too(supervise, wait_for_kind, answer_job):
    listener = supervise(job_file=answer_job, start=False)
    listener.supervisor.ask(1, "early")
    listener.supervisor.start()
    wait_for_kind(listener, "text_answered")


def test_question_to_an_engine_that_is_gone_disturbs_nobody(
    supervise, wait_for_kind, wait_for_end, answer_job
):
    listener = supervise(job_file=answer_job)
    wait_for_kind(listener, "answers_ready")
    listener.supervisor.request_stop()
    wait_for_end(listener)
    listener.supervisor.ask(1, "too late")


def test_engine_that_saves_nothing_is_not_waited_for(supervise, wait_for_kind, answer_job, qtbot):
    listener = supervise("deaf", job_file=answer_job)
    listener.supervisor.save_nothing()
    wait_for_kind(listener, "answers_ready")
    listener.supervisor.shut_down()
    assert listener.supervisor.isFinished()


def test_events_that_cannot_be_read_do_not_hide_how_it_ended(tmp_path):
    (tmp_path / EVENTS).mkdir()  # as good as a drive that went away
    assert supervisor_module._events_on_disk(tmp_path) == []
