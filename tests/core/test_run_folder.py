"""The run on disk: created whole, read after every sort of accident, locked by one process."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.examples import dataset, evaluation, example
from tests.presets import LITE0
from tlgui.core import durable, events
from tlgui.core.errors import TlguiError
from tlgui.core.plan import Member, ensemble_plan
from tlgui.core.planning import make_plan
from tlgui.core.review import Review
from tlgui.core.run_folder import (
    DATASET,
    EVENTS,
    PLAN,
    RunFolder,
    create_run,
    ensemble_path,
    free_name,
    list_runs,
    open_run,
    read_events,
)

ROOT = Path(__file__).parents[2]
LOCK_AND_WAIT = """
import sys
from pathlib import Path
from tlgui.core.run_folder import RunFolder
with RunFolder(Path(sys.argv[1])).locked():
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    return create_run(tmp_path / "a run", dataset(), make_plan(LITE0))


def _happen(run, *happened):
    for event in happened:
        durable.append_line(run.path / EVENTS, event.to_json())


def _event(cls, seq, **changes):
    return replace(example(cls), seq=seq, **changes)


@pytest.fixture
def locked_elsewhere(run):
    """Lock the run in another process, which is given."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOCK_AND_WAIT, str(run.path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout.readline().strip() == b"locked"
        yield process
        process.kill()


def test_a_new_run_holds_all_that_it_needs(run):
    assert run.read_dataset() == dataset()
    assert run.read_plan() == make_plan(LITE0)
    assert list(run.events()) == []
    assert {p.name for p in run.path.iterdir()} == {DATASET, PLAN}
    assert open_run(run.path) == run


def test_a_run_may_be_made_in_an_empty_folder(tmp_path):
    assert create_run(tmp_path, dataset(), make_plan(LITE0)).path == tmp_path


def test_data_of_a_scan_is_copied_into_the_run_as_it_is(tmp_path):
    file = tmp_path / "dataset.json"
    file.write_text(dataset().to_json(), encoding="utf-8")
    assert create_run(tmp_path / "run", file, make_plan(LITE0)).read_dataset() == dataset()
    with pytest.raises(TlguiError, match="file_damaged"):
        create_run(tmp_path / "another", tmp_path / "gone.json", make_plan(LITE0))
    assert not (tmp_path / "another").exists()


@pytest.mark.parametrize("kind", ["folder with a file", "file"])
def test_what_is_there_already_is_never_overwritten(tmp_path, kind):
    path = tmp_path / "mine"
    if kind == "file":
        path.write_text("precious")
    else:
        path.mkdir()
        (path / "thesis.txt").write_text("precious")
    with pytest.raises(TlguiError, match="folder_not_empty"):
        create_run(path, dataset(), make_plan(LITE0))
    assert path.is_file() or (path / "thesis.txt").read_text() == "precious"


def test_a_folder_without_a_run_is_told(tmp_path):
    with pytest.raises(TlguiError, match="run_missing"):
        open_run(tmp_path)
    with pytest.raises(TlguiError, match="run_missing"):
        RunFolder(tmp_path).read_plan()


@pytest.mark.parametrize(("name", "read"), [(PLAN, "read_plan"), (DATASET, "read_dataset")])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"5", b"\xff\xfe"])
def test_a_damaged_file_is_named(run, name, read, content):
    (run.path / name).write_bytes(content)
    with pytest.raises(TlguiError, match="run_damaged") as caught:
        getattr(run, read)()
    assert name in caught.value.detail["path"]


def test_the_splits_are_written_into_the_run(run):
    dealt = replace(dataset(), presplit=True)
    run.write_dataset(dealt)
    assert run.read_dataset() == dealt


def test_a_run_has_its_result_once_it_was_evaluated(run):
    with pytest.raises(TlguiError, match="no_result_yet"):
        run.read_evaluation()
    run.evaluation.mkdir()
    (run.evaluation / "evaluation.json").write_text(evaluation().to_json(), encoding="utf-8")
    assert run.read_evaluation() == evaluation()


def test_a_run_has_its_review_once_somebody_has_looked(run):
    assert run.read_review() is None
    run.review.mkdir()
    (run.review / "review.json").write_text(example(Review).to_json(), encoding="utf-8")
    assert run.read_review() == example(Review)


def test_threshold_is_that_of_the_run_once_it_was_chosen(run):
    assert run.read_threshold() == 0
    run.write_threshold(0.8)
    assert run.read_threshold() == 0.8


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"not_sure_below": 2}', '{"not_sure_below": "x"}']
)
def test_damaged_threshold_is_named(run, text):
    (run.path / "threshold.json").write_text(text)
    with pytest.raises(TlguiError, match="run_damaged") as caught:
        run.read_threshold()
    assert "threshold.json" in caught.value.detail["path"]


def test_every_path_lies_in_the_run(run):
    for folder in (run.checkpoints, run.evaluation, run.review):
        assert folder.parent == run.path


def test_a_torn_last_line_and_events_of_the_future_are_skipped(run):
    _happen(run, _event(events.RunStarted, 1))
    durable.append_line(run.path / EVENTS, '{"kind": "from_the_future", "seq": 2}')
    _happen(run, _event(events.Progressed, 3))
    with (run.path / EVENTS).open("a") as file:
        file.write('{"kind": "epoch_en')
    assert [event.seq for event in run.events()] == [1, 3]
    assert run.state().seq == 3


def test_damage_in_the_middle_costs_a_line_and_not_the_run(run, caplog):
    _happen(run, _event(events.RunStarted, 1))
    durable.append_line(run.path / EVENTS, '{"kind": "epoch_en')
    _happen(run, _event(events.Progressed, 3))
    assert run.state().seq == 3
    assert "line 2" in caplog.text


def test_no_events_are_no_error(tmp_path):
    assert list(read_events(tmp_path / EVENTS)) == []


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (events.RunFinished, "finished"),
        (events.RunFailed, "failed"),
        (events.RunStarted, "interrupted"),
        (None, "interrupted"),
    ],
)
def test_the_status_of_a_run_that_nobody_works_on(run, event, status):
    if event:
        _happen(run, _event(event, 1))
    assert run.status() == status


def test_a_run_that_is_worked_on_runs_and_is_closed_to_others(run, locked_elsewhere):
    _happen(run, _event(events.RunStarted, 1))
    assert run.is_locked()
    assert run.status() == "running"
    with pytest.raises(TlguiError, match="run_busy"), run.locked():
        pass


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_killed_engine_leaves_a_run_that_can_be_continued(run, locked_elsewhere):
    _happen(run, _event(events.RunStarted, 1))
    os.kill(locked_elsewhere.pid, signal.SIGKILL)
    locked_elsewhere.wait()
    assert run.status() == "interrupted"
    with run.locked():
        assert run.is_locked()
    assert not run.is_locked()


def test_a_run_that_was_never_started_is_not_locked(run):
    assert not run.is_locked()


def test_a_lock_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(TlguiError, match="folder_not_writable"), RunFolder(tmp_path).locked():
        pass


def test_runs_are_listed_from_the_latest(tmp_path):
    for age, name in enumerate(("new", "middle", "old")):
        run = create_run(tmp_path / name, dataset(), make_plan(LITE0))
        os.utime(run.path / PLAN, (1000 - age, 1000 - age))
    (tmp_path / "no run").mkdir()
    create_run(tmp_path / "half.partial", dataset(), make_plan(LITE0))
    assert [run.path.name for run in list_runs(tmp_path)] == ["new", "middle", "old"]


def test_no_folder_of_runs_is_no_error(tmp_path):
    assert list_runs(tmp_path / "missing") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cats", "cats-1"),
        ("Große Katzen", "Große-Katzen-1"),
        ("猫", "猫-1"),
        ("a/b\\c:d", "a-b-c-d-1"),
        ("..", "---1"),
        ("", "run-1"),
        ("CON", "CON-1"),
        ("caf\udce9", "caf--1"),
        ("x" * 300, "x" * 60 + "-1"),
    ],
)
def test_a_run_gets_a_name_that_every_system_can_store(tmp_path, name, expected):
    path = free_name(tmp_path, name)
    assert path == tmp_path / expected
    path.mkdir()
    assert free_name(tmp_path, name).name == expected[:-1] + "2"


def test_models_of_an_ensemble_are_its_copies_and_that_of_a_run_its_own(tmp_path, run):
    assert run.members == (run,)
    plan = ensemble_plan(tuple(Member(name=n, preset="p", strategy="s") for n in ("a", "b")))
    ensemble = create_run(tmp_path / "together", dataset(), plan)
    assert [member.path for member in ensemble.members] == [
        ensemble.path / "members" / "1",
        ensemble.path / "members" / "2",
    ]


@pytest.mark.parametrize("name", ["leaves-1", "leaves-12", "leaves-ensemble-3", "leaves"])
def test_ensemble_is_called_after_its_first_run(tmp_path, name):
    assert ensemble_path(tmp_path, RunFolder(tmp_path / name)).name == "leaves-ensemble-1"
