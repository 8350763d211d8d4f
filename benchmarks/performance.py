"""Every ratio in one run: the other benchmarks one after the other, written to docs/performance.md.

    python benchmarks/performance.py FOLDER

FOLDER has pictures in one folder per class; the published figures are those of ``sign-digits``
(2,062 pictures). Takes a quarter of an hour on two cores. Let nothing else run.
"""

import datetime
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from tlgui.engine.versions import package_versions

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One benchmark.

    Attributes:
        script: In this folder; its output is the answer.
        asks: What it tells.
        wanted: What tlgui sets out to reach.
        needs_folder: Whether it takes the folder of pictures.
    """

    script: str
    asks: str
    wanted: str
    needs_folder: bool = True


QUESTIONS = (
    Question(
        script="first_answer.py",
        asks="From the command to the accuracy of a new head, beside the recipe of Keras' guide",
        wanted="25 times faster than the recipe to the same validation accuracy",
    ),
    Question(
        script="caches.py",
        asks="1,000 pictures: the first accuracy, a second strategy, an epoch of `top_blocks`",
        wanted="first accuracy within 15 s warm and 25 s cold, second strategy within 3 s warm, "
        "an epoch 4 times faster than one through the whole network",
    ),
    Question(
        script="features.py",
        asks="The frozen pass",
        wanted="0.9 of raw ONNX Runtime",
        needs_folder=False,
    ),
    Question(
        script="texts.py",
        asks="The frozen pass over texts",
        wanted="faster than `predict` on texts of one length",
        needs_folder=False,
    ),
    Question(
        script="steps.py",
        asks="A step of training",
        wanted="0.95 of a bare loop",
        needs_folder=False,
    ),
    Question(
        script="scaling.py",
        asks="More pictures",
        wanted="time and memory in line with their number",
    ),
    Question(
        script="scan.py",
        asks="A scan",
        wanted="100,000 pictures within 10 s",
    ),
    Question(
        script="predict.py",
        asks="Ten times as many new files",
        wanted="no more memory for them, and time in line with their number",
    ),
    Question(
        script="window.py",
        asks="The window",
        wanted="there within 1 s; while an engine trains, 99 % of the gaps within 20 ms and all "
        "within 50 ms",
        needs_folder=False,
    ),
)

# too long to be done each time
BY_HAND = """## 100,000 pictures

`benchmarks/scaling.py FOLDER --numbers 100000`, a quarter of an hour; wanted: less than 2 GB.

```
100000 pictures: first accuracy after 528.6 s, all over after 645.4 s, at most 1513 MB
```

A scan of more pictures, `benchmarks/scan.py FOLDER --number 1000000`; wanted: a million within 60 s
and 500 MB.

```
first scan of 1,000,000 pictures: 107.8 s, of them 126.2 s of one core, at most 465 MB
second scan of 1,000,000 pictures: 42.4 s, of them 41.1 s of one core, at most 470 MB
```

2026-12-01. The first scan reads and hashes all 14 GB; what it still does in one thread takes most
of the time. The memory is as wanted, the time of a first scan is not.

## What an epoch of `top_blocks` is made of

Measured by hand, while nothing else ran: a step with 32 pictures takes 155 ms. Of these the
products of matrices in 1 × 1 convolutions take 125 ms when they are done alone, one after the
other, with all operands in memory: 42 forward, 40 for the gradients of their inputs, 42 for those
of their weights. So an epoch with the states of the frozen part at hand cannot be four times as
fast as the 8 s that one through the whole network takes.
"""


def main(folder: str) -> None:
    """Run all and write the report."""
    parts = [_introduction()]
    for question in QUESTIONS:
        print(f"{question.script} ...", flush=True)
        options = [folder] if question.needs_folder else []
        command = [sys.executable, str(Path(__file__).parent / question.script), *options]
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise SystemExit(done.stderr)
        print(done.stdout, flush=True)
        parts.append(_part(question, done.stdout.strip()))
    REPORT.write_text("\n".join((*parts, BY_HAND)), encoding="utf-8")


def _introduction() -> str:
    versions = package_versions("keras", "tensorflow", "onnxruntime", "scikit-learn", "pillow")
    machine = (
        f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} cores "
        f"({_processor()}), {psutil.virtual_memory().total / 2**30:.0f} GiB of memory, no GPU; "
        f"Python {platform.python_version()}, "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
    )
    return (
        "# Performance, measured\n\n"
        "Made by `.venv/bin/python benchmarks/performance.py FOLDER` on the 2,062 pictures of\n"
        "Sign Language Digits, each tool beside its competitor in the same run. Ratios carry over\n"
        f"to other computers, seconds do not.\n\n{datetime.date.today()}; {machine}.\n"
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def _part(question: Question, output: str) -> str:
    return (
        f"## {question.asks}\n\n`benchmarks/{question.script}`; wanted: {question.wanted}.\n\n"
        f"```\n{output}\n```\n"
    )


if __name__ == "__main__":
    main(sys.argv[1])
