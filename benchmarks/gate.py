"""Pushes hostile files through ``tlgui presets import`` and reports what became of each.

    python -m benchmarks.gate FOLDER [--markers FOLDER]

FOLDER holds the files and ``manifest.json``, an object whose keys are their names. Each is imported
by a process of its own without a network, into a data folder of its own. What is reported of each:
the exit code (3 is a refusal), the seconds (those of the processor too: other work on the machine
does not count in them), and the message. It fails if any took longer than 2 s,
ended otherwise, left a marker, or wrote outside of its data folder.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLOWEST_S = 2.0
REFUSED = 3


def main() -> int:
    """Import everything and return 1 if anything was not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--markers", type=Path)
    options = parser.parse_args()
    names = [*json.loads((options.folder / "manifest.json").read_text()), ".", "nothing here"]
    before = _everything(options.folder)
    bad = [name for name in names if not _import(options.folder / name)]
    markers = sorted(options.markers.iterdir()) if options.markers else []
    changed = before != _everything(options.folder)
    print(f"{len(names)} imported, bad: {bad}, markers: {markers}, files changed: {changed}")
    return int(bool(bad or markers or changed))


def _import(path: Path) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        environment = {**os.environ, "TLGUI_HOME": str(home), "TMPDIR": scratch}
        command = [*_without_network(), sys.executable, str(ROOT / "main.py")]
        started_s, cpu_s = time.monotonic(), _cpu_seconds()
        done = subprocess.run(
            [*command, "presets", "import", str(path)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=scratch,
            check=False,
        )
        elapsed_s, cpu_s = time.monotonic() - started_s, _cpu_seconds() - cpu_s
        left = [str(p) for p in Path(scratch).rglob("*") if p.is_file()]
    message = done.stderr.strip() or done.stdout.strip()
    print(f"{path.name}: exit {done.returncode}, {elapsed_s:.2f} s, cpu {cpu_s:.2f} s, {message}")
    is_readable = "Traceback" not in message and message.count("\n") == 0
    return done.returncode == REFUSED and elapsed_s < SLOWEST_S and is_readable and not left


def _cpu_seconds() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _without_network() -> list[str]:
    works = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    return ["unshare", "-rn"] if works.returncode == 0 else []


def _everything(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


if __name__ == "__main__":
    sys.exit(main())
