"""One job, one end, whatever happens on the way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tlgui.core.dataset import dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import RunFailed, ScanFinished
from tlgui.core.job import ScanJob, TrainJob, write_job
from tlgui.core.run_folder import open_run, read_events
from tlgui.engine import worker
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.worker import run_job

ROOT = Path(__file__).parents[2]


@pytest.fixture
def scan_job(pictures, tmp_path):
    job = ScanJob(folder=str(tmp_path / "job"), requested_s=0.0, source=str(pictures))
    write_job(job)
    return job


def kinds_said_by_engine(*arguments, stdin="", window_lives=True):
    """Return the kinds of events of an engine process, whose stdin stays open to its end."""
    command = [sys.executable, ROOT / "main.py", "--engine", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        process.stdin.write(stdin)
        process.stdin.flush()
        if not window_lives:
            process.stdin.close()
        kinds = [json.loads(line)["kind"] for line in process.stdout]
    assert process.returncode == 0
    return kinds


def failed(monkeypatch, error, job):
    def fail(*_):
        raise error

    monkeypatch.setattr(worker, "_dispatch", fail)
    heard = []
    run_job(job, Channel(None, [heard.append]))
    return heard


def test_scan_leaves_its_data_set_beside_its_events(scan_job):
    run_job(scan_job, Channel(Path(scan_job.folder)))

    events = list(read_events(Path(scan_job.folder, "events.jsonl")))
    dataset = dataset_from_json(Path(events[-1].dataset).read_text(encoding="utf-8"))

    assert isinstance(events[-1], ScanFinished)
    assert events[-1].usable
    assert events[-1].num_samples == len(dataset.samples) == 36
    assert events[-1].class_counts == (12, 12, 12)


def test_scan_of_data_that_cannot_be_trained_on_says_so(scan_job, pictures):
    (pictures / "empty").mkdir()
    heard = []

    run_job(scan_job, Channel(None, [heard.append]))

    assert not heard[-1].usable


def test_engine_process_speaks_only_events(scan_job):
    kinds = kinds_said_by_engine(Path(scan_job.folder, "job.json"))

    assert kinds[-1] == "scan_finished"
    assert kinds.count("scan_finished") == 1


def test_dead_window_pauses_instead_of_training_for_nobody(make_run, pictures):
    run = make_run("head_then_all")  # of a preset that the real library does not know
    plan = (run.path / "plan.json").read_text().replace('"tiny"', '"efficientnet_lite0_imagenet"')
    (run.path / "plan.json").write_text(plan)
    job = write_job(TrainJob(folder=str(run.path), requested_s=0.0))

    kinds = kinds_said_by_engine(job, window_lives=False)

    assert kinds[-1] == "run_stopped"
    assert open_run(run.path).status() == "paused"


def test_standby_reports_the_device_and_then_does_its_job(scan_job):
    job = Path(scan_job.folder, "job.json")

    kinds = kinds_said_by_engine("-", stdin=f"{job}\n")

    assert kinds[0] == "device_reported"
    assert kinds[-1] == "scan_finished"
    assert (job.parent / "engine.log").exists()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TlguiError("one_class", path="x", name="y"), "one_class"),
        (MemoryError(), "out_of_memory"),
        (type("ResourceExhaustedError", (Exception,), {})(), "out_of_memory"),
        (PermissionError(13, "Permission denied", "a.png"), "path_not_usable"),
        (RuntimeError("a bug"), "internal_error"),
    ],
)
def test_every_accident_becomes_a_sentence(monkeypatch, scan_job, error, code):
    heard = failed(monkeypatch, error, scan_job)

    assert [event.code for event in heard] == [code]
    assert "Traceback" in heard[0].technical


def test_cancelled_scan_ends_without_a_complaint(monkeypatch, scan_job):
    assert [e.kind for e in failed(monkeypatch, JobStopped(), scan_job)] == ["job_cancelled"]


def test_full_disk_is_told_although_it_cannot_be_written(monkeypatch, tmp_path, scan_job):
    def fail(job, library, channel):
        # from now on nothing can be written
        monkeypatch.setattr(
            "tlgui.engine.channel.durable.append_line",
            lambda *_: (_ for _ in ()).throw(TlguiError("disk_full", path="events.jsonl")),
        )
        raise TlguiError("disk_full", path="checkpoint")

    monkeypatch.setattr(worker, "_dispatch", fail)
    heard = []

    run_job(scan_job, Channel(tmp_path, [heard.append]))

    assert isinstance(heard[-1], RunFailed)
    assert heard[-1].code == "disk_full"


def test_environment_is_not_overruled(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")

    worker.prepare_environment()

    assert os.environ["KERAS_BACKEND"] == "jax"
