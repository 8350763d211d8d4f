"""What is not computed twice: a second strategy on a folder, and an epoch of ``top_blocks``.

    python benchmarks/caches.py FOLDER

Each is a process of its own: ``tlgui train``, and for the epoch that computes everything anew the
same plan in an engine that splits no network, though pixels are kept there too.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EPOCHS = 3
# an engine that knows no frozen part
UNCACHED = """
import sys
import tlgui.engine.training.trainee as trainee
trainee.split_for = lambda *facts: None
from tlgui.engine import worker
sys.exit(worker.main(sys.argv[1:]))
"""


def main(folder: str) -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as home:
        first = _first_result_s(_trained(folder, home, "feature_extraction"))
        second = _first_result_s(_trained(folder, home, "nearest_neighbors"))
        print(f"first accuracy {first:.1f} s, second strategy {second:.1f} s", end="")
        print(f", ratio {first / second:.1f}")
        kept = _epoch_s(_trained(folder, home, "top_blocks", str(EPOCHS)))
        anew = _epoch_s(_uncached(folder, home))
        print(f"epoch of top_blocks {kept:.1f} s, uncached {anew:.1f} s, ratio {anew / kept:.1f}")


def _trained(folder: str, home: str, strategy: str, epochs: str = "") -> list[dict[str, object]]:
    command = [sys.executable, ROOT / "main.py", "train", folder, "--json", "--strategy", strategy]
    done = subprocess.run(
        [*command, *(("--epochs", epochs) if epochs else ())],
        capture_output=True,
        check=True,
        env={**os.environ, "TLGUI_HOME": home},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _uncached(folder: str, home: str) -> list[dict[str, object]]:
    """Train the plan of the last run again, from the start, without a frozen part."""
    from tlgui.core.job import TrainJob, write_job
    from tlgui.core.run_folder import create_run, list_runs

    last = list_runs(Path(home) / "runs")[0]
    run = create_run(Path(home) / "runs" / "uncached", last.read_dataset(), last.read_plan())
    job = write_job(TrainJob(folder=str(run.path), requested_s=0.0))
    engine = subprocess.Popen(  # one whose window is gone pauses: its stdin stays open
        [sys.executable, "-c", UNCACHED, str(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "TLGUI_HOME": home},
    )
    engine.wait()
    return [json.loads(event.to_json()) for event in run.events()]


def _first_result_s(events: list[dict[str, object]]) -> float:
    return next(float(str(e["elapsed_s"])) for e in events if e["kind"] == "first_result")


def _epoch_s(events: list[dict[str, object]]) -> float:
    """Return how long the last epoch took: the first one traces."""
    ended = [e for e in events if e["kind"] == "epoch_ended"]
    return float(str(ended[-1]["duration_s"]))


if __name__ == "__main__":
    main(sys.argv[1])
