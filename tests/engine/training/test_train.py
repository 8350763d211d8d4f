"""A run from its start to any end."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    EpochEnded,
    PhaseStarted,
    ProblemFound,
    Progressed,
    RunStarted,
    StepEnded,
)
from tlgui.core.job import TrainJob, write_job
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import create_run
from tlgui.core.settings import Home
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import scan
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.training.train import check_resumable, train
from tlgui.engine.worker import run_job

ROOT = Path(__file__).parents[3]
FINE_TUNING = {"strategy": "head_then_all", "batch_size": "8", "epochs": "2"}


@pytest.fixture
def finished_run(trained_once, shared_pictures):
    """A run whose head was solved; shared, see ``trained_once``."""
    return trained_once(shared_pictures, "tiny")


@pytest.fixture
def fine_tuned_run(trained_once, shared_pictures):
    """A run that nothing disturbed; shared, see ``trained_once``."""
    return trained_once(shared_pictures, "tiny", **FINE_TUNING)


def asking(channel_request, when):
    """Return a listener that makes a request at the first event that ``when`` likes."""

    def listener(event):
        if listener.channel.request is None and when(event):
            listener.channel.request = channel_request

    return listener


def train_until(run, library, request, when):
    listener = asking(request, when)
    heard = []
    ticks = itertools.count().__next__  # time flies, so that every step is told
    channel = listener.channel = Channel(run.path, [heard.append, listener], ticks=ticks)
    train(run, library, channel, requested_s=0.0)
    return heard


def kinds(events):
    return [event.kind for event in events]


def test_result_is_on_disk_before_the_end_is_told(make_run, tiny_library):
    run, there = make_run(), []
    listener = lambda event: there.append(run.has_evaluation())  # noqa: E731
    channel = Channel(run.path, [listener])

    train(run, tiny_library, channel, requested_s=0.0)

    events = list(run.events())
    assert kinds(events)[-1] == "run_finished"
    assert there[-1]
    assert kinds(events).count("first_result") == 1
    assert run.status() == "finished"
    assert events[-1].best_epoch == 1
    assert events[-1].test_accuracy == run.read_evaluation().accuracy


def test_splits_of_a_run_do_not_overlap_and_are_written_down(finished_run):
    started = next(e for e in finished_run.events() if isinstance(e, RunStarted))
    dataset = finished_run.read_dataset()
    sizes = [len(dataset.of_split(s)) for s in ("train", "validation", "test")]

    assert sizes == [started.num_train, started.num_validation, started.num_test]
    assert sum(sizes) == len(dataset.samples)


def test_folder_that_came_split_is_trained_without_a_leak(pictures, tmp_path, tiny_library):
    for name in ("disk", "square", "triangle"):
        files = sorted((pictures / name).iterdir())
        for number, file in enumerate(files):
            part = tmp_path / "split" / ("test" if number < 4 else "train") / name
            part.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, part)
        shutil.copy(files[0], tmp_path / "split" / "train" / name / "leak.png")
    dataset = scan_folder(tmp_path / "split", Channel())
    run = create_run(tmp_path / "run", dataset, make_plan(tiny_library.catalog["tiny"]))

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    dealt = run.read_dataset()
    digests = {s: {x.digest for x in dealt.of_split(s)} for s in ("train", "validation", "test")}
    assert run.status() == "finished"
    assert len(dealt.of_split("test")) == 12
    assert digests["validation"]
    assert not digests["test"] & (digests["train"] | digests["validation"])
    assert any(isinstance(event, ProblemFound) for event in run.events())


def test_fine_tuning_trains_everything_after_the_head(fine_tuned_run):
    events = list(fine_tuned_run.events())
    phases = [e for e in events if isinstance(e, PhaseStarted)]
    epochs = [e for e in events if isinstance(e, EpochEnded)]

    assert [sum(p.trained_groups) for p in phases] == [1, 5]
    assert [e.epoch for e in epochs] == [1, 2, 3]
    assert load_latest(fine_tuned_run.checkpoints).position.phase == 2


def test_best_epoch_is_the_one_that_is_kept(make_run, tiny_library):
    run = make_run(**FINE_TUNING, learning_rate="0.5")  # ruins the model on purpose
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    finished = run.state().finished

    assert finished.best_epoch == run.state().best.epoch
    assert finished.val_accuracy == run.state().best.val_accuracy


def test_pauses_and_continuing_end_where_an_undisturbed_run_ends(
    make_run, fine_tuned_run, shared_pictures, tiny_library
):
    run = make_run(source=shared_pictures, **FINE_TUNING)

    for step in (1, 2):
        heard = train_until(
            run,
            tiny_library,
            "pause",
            lambda e, step=step: isinstance(e, StepEnded) and e.step >= step,
        )
        assert kinds(heard)[-1] == "run_stopped"
        assert run.status() == "paused"
        assert not run.has_evaluation()
        assert load_latest(run.checkpoints).position.step == step
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"
    expected = load_latest(fine_tuned_run.checkpoints)
    actual = load_latest(run.checkpoints)
    assert actual.position.best_epoch == expected.position.best_epoch
    for path, tensor in expected.tensors.items():
        np.testing.assert_allclose(actual.tensors[path], tensor, rtol=1e-4, atol=1e-5)


def test_stop_keeps_and_evaluates_the_best_so_far(make_run, tiny_library):
    run = make_run(**FINE_TUNING)

    heard = train_until(run, tiny_library, "stop", lambda e: isinstance(e, StepEnded))

    assert kinds(heard)[-1] == "run_stopped"
    assert heard[-1].reason == "stopped"
    assert heard[-1].best_epoch == 1
    assert run.has_evaluation()


def test_window_closed_during_the_last_evaluation_leaves_a_run_that_goes_on(
    make_run, tiny_library, monkeypatch
):
    def stopped(*_):
        raise JobStopped

    run = make_run()
    with monkeypatch.context() as context:
        context.setattr("tlgui.engine.training.train.evaluate_run", stopped)
        train(run, tiny_library, Channel(run.path), requested_s=0.0)
    assert run.status() == "paused"

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"


def test_stop_before_the_first_result_can_be_continued(make_run, tiny_library):
    run = make_run()
    heard = train_until(run, tiny_library, "stop", lambda e: isinstance(e, PhaseStarted))
    assert heard[-1].best_epoch is None

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"


def test_killed_engine_leaves_a_run_that_resumes(make_run, tiny_library, tmp_path):
    run = make_run(**{**FINE_TUNING, "epochs": "500"}, patience="500")
    job = write_job(TrainJob(folder=str(run.path), requested_s=0.0))
    program = (
        "import sys; from pathlib import Path; import tlgui.engine.worker as worker\n"
        "from tlgui.engine.models.library import PresetLibrary\n"
        "from tlgui.core.catalog import read_catalog\n"
        f"catalog = read_catalog(Path({str(tmp_path / 'models.toml')!r}))\n"
        f"library = PresetLibrary(catalog, (Path({str(tiny_library.search_path[0])!r}),))\n"
        "worker.open_library = lambda home: library\n"
        "sys.exit(worker.main(sys.argv[1:]))"
    )
    (tmp_path / "models.toml").write_text(as_toml(tiny_library.catalog["tiny"]))
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(job)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        event = json.loads(line)
        if event["kind"] == "step_ended" and event["epoch"] >= 3:
            break
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert run.status() == "interrupted"

    train_until(run, tiny_library, "pause", lambda e: isinstance(e, EpochEnded))

    state = run.state()
    assert state.status == "paused"
    assert [e.epoch for e in state.epochs] == list(range(1, len(state.epochs) + 1))
    assert len(state.epochs) >= 3


def as_toml(info):
    nested = ("fine_tuning", "origin")
    left_out = ("id", "sha256", "weights", *nested)
    names = [n for n in info.__slots__ if n not in left_out]
    lines = ["[tiny]", *(f"{name} = {json.dumps(getattr(info, name))}" for name in names)]
    for name in nested:
        part = getattr(info, name)
        lines += [
            f"[tiny.{name}]",
            *(f"{n} = {json.dumps(getattr(part, n))}" for n in part.__slots__),
        ]
    return "\n".join(lines)


def test_two_windows_cannot_train_the_same_run(make_run):
    run = make_run()
    Channel(run.path).send(Progressed, activity="features", done=1, total=2)
    job = TrainJob(folder=str(run.path), requested_s=0.0)
    heard = []

    with run.locked():
        run_job(job, Channel(run.path, [heard.append]))

    assert [event.code for event in heard] == ["run_busy"]
    assert kinds(run.events()) == ["progressed"]  # the other window's events are untouched


def test_finished_run_is_not_trained_again(finished_run):
    with pytest.raises(TlguiError, match="nothing_to_resume"):
        check_resumable(finished_run)


def test_picture_that_vanished_is_named(make_run, tiny_library, pictures):
    run = make_run()
    victim = next((pictures / "disk").iterdir())
    victim.unlink()

    with pytest.raises(TlguiError, match="dataset_changed") as error:
        train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert victim.name in str(error.value.detail["path"])


def test_picture_that_was_replaced_is_noticed_and_not_learned_from(
    make_run, tiny_library, pictures
):
    run = make_run()
    victim, other = sorted((pictures / "disk").glob("*.png"))[:2]
    shutil.copy(other, victim)

    with pytest.raises(TlguiError, match="dataset_changed") as error:
        train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert victim.name in str(error.value.detail["path"])


def spoil(path):
    """Damage a photo inside, where only decoding shows it."""
    content = bytearray(path.read_bytes())
    tables = content.index(b"\xff\xc4")
    content[tables + 5 : tables + 21] = b"\xff" * 16  # no code has so many words
    path.write_bytes(content)


def test_picture_that_turns_out_damaged_is_named_and_the_run_goes_on_without_it(
    make_run, tiny_library, pictures, tmp_path, monkeypatch
):
    monkeypatch.setattr(scan, "MAX_DECODED", 0)
    victim = min((pictures / "disk").glob("*.jpg"))
    spoil(victim)
    dataset = scan_folder(pictures, Channel(), home=Home(tmp_path / "home"))
    run, heard = make_run(), []
    run.write_dataset(dataset)
    assert [p.code for p in dataset.problems] == ["not_decoded"]

    train(run, tiny_library, Channel(run.path, [heard.append]), requested_s=0.0)

    [problem] = [event.problem for event in heard if isinstance(event, ProblemFound)]
    assert (problem.path, problem.reason) == (f"disk/{victim.name}", "the picture is damaged")
    [started] = [event for event in heard if isinstance(event, RunStarted)]
    num_used = started.num_train + started.num_validation + started.num_test
    assert num_used == len(dataset.samples) - 1 == len(run.read_dataset().samples)
    evaluation = run.read_evaluation()
    assert evaluation.num_unreadable == 1
    assert evaluation.num_samples == len(run.read_dataset().of_split("test"))
    assert run.status() == "finished"


def test_full_disk_while_saving_says_so_and_the_run_resumes(make_run, tiny_library, monkeypatch):
    run = make_run()

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(os, "replace", full)
        with pytest.raises(TlguiError, match="disk_full"):
            train(run, tiny_library, Channel(run.path), requested_s=0.0)
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.status() == "finished"


def test_feature_extraction_never_waits_for_keras():
    program = (
        "import sys; from tlgui.engine.training import train; "
        "from tlgui.engine.results import evaluate, predict; "
        "sys.exit(any(n.split('.')[0] in ('keras', 'tensorflow') for n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)

    assert done.returncode == 0
