"""The engines of a window: one per job, one kept warm."""

import os
import re
import threading
from pathlib import Path

import pytest

from tests.jobs.conftest import FAKE_ENGINE, Listener
from tlgui.core.errors import TlguiError
from tlgui.core.events import ExplainerReady
from tlgui.core.job import (
    AdviseJob,
    AnswerJob,
    EvaluateJob,
    ExportJob,
    PredictJob,
    ScanJob,
    TrainJob,
)
from tlgui.core.run_folder import ENGINE_LOG
from tlgui.core.settings import Home
from tlgui.jobs.standby import STANDBY_LOG, Engines
from tlgui.jobs.supervisor import Supervisor


@pytest.fixture
def make_engines(home):
    """Make the engines of a window; ``words`` go to the fake engine."""
    made = []

    def make(words: str = "") -> Engines:
        environment = {**os.environ, "TLGUI_FAKE_ENGINE": words}
        made.append(Engines(Home(home), command=FAKE_ENGINE, environment=environment))
        return made[-1]

    yield make
    for engines in made:
        engines.shut_down()


@pytest.fixture
def warm(make_engines, qtbot):
    """Engines with a warm one."""
    return _warmed(make_engines(), qtbot)


@pytest.fixture
def train(run_folder):
    return TrainJob(folder=str(run_folder.path), requested_s=1.0)


def _warmed(engines: Engines, qtbot) -> Engines:
    with qtbot.waitSignal(engines.device_reported, timeout=20_000):
        engines.warm_up()
    return engines


def _pid(log_file: Path) -> str:
    return re.findall(r"fake engine (\d+)", log_file.read_text())[-1]


def _waiting_pid(home: Path) -> str:
    return _pid(home / "jobs" / STANDBY_LOG)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_train_starts_in_the_engine_that_is_warm(warm, train, home, wait_for_end, run_folder):
    listener = Listener(warm.start(train))
    wait_for_end(listener)
    assert _pid(run_folder.path / ENGINE_LOG) == _waiting_pid(home)
    assert listener.events == list(run_folder.events())
    assert listener.outcomes[0].ended_cleanly


def test_the_window_learns_what_computes_before_anything_is_trained(make_engines, qtbot):
    engines = make_engines()
    with qtbot.waitSignal(engines.device_reported, timeout=20_000) as reported:
        engines.warm_up()
    assert reported.args[0].name == "Fake processor"


def test_first_words_of_a_warm_engine_are_heard_even_if_it_answers_at_once(
    warm, train, wait_for_end, monkeypatch
):
    """They were lost whenever the window's thread was slower than the engine."""
    say = Supervisor._say
    answer = ExplainerReady(seq=1, time_s=1.0, classes=("disk", "square"))

    def say_and_get_an_answer(supervisor, line):
        is_said = say(supervisor, line)
        if line.endswith("job.json"):
            line = answer.to_json().encode()
            behind = threading.Thread(target=supervisor._take_in, args=[line])
            behind.start()
            behind.join()
        return is_said

    monkeypatch.setattr(Supervisor, "_say", say_and_get_an_answer)
    listener = Listener(warm.start(train))
    wait_for_end(listener)
    assert listener.events[0] == answer


def test_warming_up_twice_starts_one_engine(warm, home):
    pid = _waiting_pid(home)
    warm.warm_up()
    assert _waiting_pid(home) == pid


def test_a_scan_leaves_the_warm_engine_to_the_training(warm, tmp_path, home, wait_for_end, train):
    for name in "ab":
        (tmp_path / "pictures" / name).mkdir(parents=True)
    folder = home / "jobs" / "a scan"
    job = ScanJob(folder=str(folder), requested_s=1.0, source=str(tmp_path / "pictures"))
    listener = Listener(warm.start(job))
    wait_for_end(listener)
    assert listener.kinds == ["problem_found", "problem_found", "scan_finished"]
    assert _pid(folder / ENGINE_LOG) != _waiting_pid(home)


def test_a_look_for_advice_leaves_the_warm_engine_to_the_training(warm, home, wait_for_end):
    folder = home / "jobs" / "a look"
    listener = Listener(warm.start(AdviseJob(folder=str(folder), requested_s=1.0, dataset="x")))
    wait_for_end(listener)
    assert _pid(folder / ENGINE_LOG) != _waiting_pid(home)


def test_a_job_does_not_wait_for_a_warm_engine(make_engines, train, wait_for_end, run_folder):
    listener = Listener(make_engines().start(train))
    wait_for_end(listener)
    assert run_folder.status() == "finished"


def test_the_first_result_does_not_wait_until_an_engine_is_warm(
    make_engines, train, wait_for_end, run_folder, home, qtbot
):
    engines = make_engines("cold")
    engines.warm_up()
    log_file = home / "jobs" / STANDBY_LOG
    qtbot.waitUntil(lambda: log_file.exists() and "waits" in log_file.read_text())
    listener = Listener(engines.start(train))
    wait_for_end(listener)
    assert run_folder.status() == "finished"
    qtbot.waitUntil(lambda: not _is_alive(_waiting_pid(home)), timeout=20_000)


@pytest.mark.parametrize("kind", ["evaluate", "predict", "export"])
def test_what_follows_training_runs_as_a_job_of_its_own(
    warm, train, wait_for_end, run_folder, tmp_path, kind
):
    wait_for_end(Listener(warm.start(train)))
    (tmp_path / "new.png").touch()
    common = {"folder": str(tmp_path / "job"), "requested_s": 1.0}
    run = str(run_folder.path)
    jobs = {
        "evaluate": EvaluateJob(**common, run=run),
        "predict": PredictJob(**common, model=run, files=(str(tmp_path / "new.png"),)),
        "export": ExportJob(**common, run=run, format="keras", to=str(tmp_path / "bundle")),
    }
    listener = Listener(warm.start(jobs[kind]))
    wait_for_end(listener)
    assert listener.kinds[-1] == {
        "evaluate": "evaluation_finished",
        "predict": "prediction_finished",
        "export": "export_finished",
    }.get(kind)
    assert run_folder.status() == "finished"


def test_a_warm_engine_that_dies_is_replaced_once_and_disturbs_nobody(
    make_engines, qtbot, caplog, train, wait_for_end, run_folder
):
    engines = make_engines("die_waiting")
    engines.warm_up()
    qtbot.waitUntil(lambda: caplog.text.count("the waiting engine ended") == 2, timeout=20_000)
    listener = Listener(engines.start(train))
    wait_for_end(listener)
    assert run_folder.status() == "finished"
    assert caplog.text.count("the waiting engine ended") == 2


def test_a_job_folder_that_cannot_be_written_is_told(make_engines, tmp_path):
    (tmp_path / "file").touch()
    job = ScanJob(folder=str(tmp_path / "file" / "job"), requested_s=1.0, source=str(tmp_path))
    with pytest.raises(TlguiError, match="folder_not_writable"):
        make_engines().start(job)


def test_closing_the_window_saves_the_run_and_leaves_no_process(
    make_engines, qtbot, train, wait_for_kind, run_folder, home
):
    engines = make_engines("slow")
    listener = Listener(engines.start(train))
    _warmed(engines, qtbot)
    wait_for_kind(listener, "step_ended")
    engines.shut_down()
    assert run_folder.status() == "paused"
    assert not _is_alive(_pid(run_folder.path / ENGINE_LOG))
    assert not _is_alive(_waiting_pid(home))


def test_a_closed_window_starts_no_engine(warm, home):
    warm.shut_down()
    pid = _waiting_pid(home)
    warm.warm_up()
    assert _waiting_pid(home) == pid


def test_by_default_an_engine_is_this_program_again(home):
    assert Engines(Home(home))._command[-1] == "--engine"


def test_closing_never_waits_for_an_engine_that_only_answers(
    make_engines, run_folder, tmp_path, wait_for_kind
):
    engines = make_engines("deaf")
    job = AnswerJob(folder=str(tmp_path / "answer-1"), requested_s=1.0, model=str(run_folder.path))
    listener = Listener(engines.start(job))
    wait_for_kind(listener, "answers_ready")
    listener.supervisor.ask(1, "a question that it never answers")
    engines.shut_down()
    assert listener.supervisor.isFinished()
    assert listener.supervisor._outcome.words == "ended by force", "not after a grace period"
