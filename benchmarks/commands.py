"""What several benchmarks do: run tlgui as a process of its own and read what it reports."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MAIN = ROOT / "main.py"

Events = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command that is over.

    Attributes:
        events: What it said.
        seconds: Wall clock, from its start to its end.
        peak_bytes: The most memory that it, or the engine it started, had at once.
    """

    events: Events
    seconds: float
    peak_bytes: int


def train(folder: Path, home: Path, *options: str) -> Finished:
    """Run ``tlgui train`` with an application folder of its own."""
    return run_tlgui(home, "train", str(folder), *options)


def run_tlgui(home: Path, command: str, *options: str) -> Finished:
    """Run a command with an application folder of its own."""
    start_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, MAIN, command, *options, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TLGUI_HOME": str(home)},
    )
    assert process.stdout
    events = [json.loads(line) for line in process.stdout]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"tlgui {command} {' '.join(options)} failed: {events[-1]}")
    seconds = time.perf_counter() - start_s
    return Finished(events=events, seconds=seconds, peak_bytes=usage.ru_maxrss * 1024)


def train_warm(folder: Path, home: Path, plan: Any) -> Events:
    """Scan a folder, and then have an engine train that waits for it, as that of a window does.

    The clock of the first accuracy starts when the job is handed over: where Train is pressed.
    """
    from tlgui.core.job import TrainJob, write_job
    from tlgui.core.run_folder import create_run, free_name
    from tlgui.engine.channel import Channel
    from tlgui.engine.data.scan import scan_folder

    dataset = scan_folder(folder, Channel())
    runs = home / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    engine = subprocess.Popen(
        [sys.executable, MAIN, "--engine", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "TLGUI_HOME": str(home)},
    )
    assert engine.stdin
    assert engine.stdout
    engine.stdout.readline()  # it is warm
    run = create_run(free_name(runs, "warm"), dataset, plan)
    job = write_job(TrainJob(folder=str(run.path), requested_s=time.time()))
    engine.stdin.write(f"{job}\n")
    engine.stdin.flush()
    events = [json.loads(line) for line in engine.stdout]
    engine.wait()
    return events


def first_result_s(events: Events) -> float:
    """Return the seconds from the command, or the press of Train, to a first accuracy."""
    return float(next(e["elapsed_s"] for e in events if e["kind"] == "first_result"))


def val_accuracy(events: Events) -> float:
    """Return that first accuracy."""
    first = next(e for e in events if e["kind"] == "first_result")
    return float(first["val_accuracy"]["value"])


def last_epoch_s(events: Events) -> float:
    """Return how long the last epoch took: the first one traces."""
    return float([e for e in events if e["kind"] == "epoch_ended"][-1]["duration_s"])
