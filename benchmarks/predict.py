"""What ten times as many new files cost ``tlgui predict``, in memory and in time.

    python benchmarks/predict.py FOLDER [--numbers N N]

The pictures are those of the folder and slightly turned copies of them, see ``scaling.py``. Every
answer goes to the table, and every file is copied into a folder of its class.
"""

import argparse
import tempfile
from pathlib import Path

from commands import Finished, run_tlgui, train
from scaling import make_pictures


def main() -> None:
    """Print a row for each number of pictures, and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--numbers", type=int, nargs=2, default=[1000, 10_000])
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        train(choices.folder, place / "home", "--run", str(place / "run"), "--quick")
        few, many = (measured(choices.folder, place, number) for number in choices.numbers)
    memory = many.peak_bytes / few.peak_bytes
    print(f"ratio of files {choices.numbers[1] / choices.numbers[0]:.0f}", end=", ")
    print(f"of memory {memory:.2f}, of time {many.seconds / few.seconds:.1f}")


def measured(folder: Path, place: Path, number: int) -> Finished:
    """Let the run sort so many pictures and say what that took."""
    pictures = place / f"pictures-{number}"
    make_pictures(folder, pictures, number)
    copies = place / f"sorted-{number}"
    words = (str(place / "run"), str(pictures), "--csv", str(place / f"{number}.csv"))
    done = run_tlgui(place / "home", "predict", *words, "--sorted", str(copies))
    times = {event["kind"]: event["time_s"] for event in done.events}
    answers_s = times["prediction_finished"] - done.events[0]["time_s"]
    print(
        f"{number} pictures: {done.seconds:.1f} s, of these {answers_s:.1f} s for the answers, "
        f"at most {done.peak_bytes / 1e6:.0f} MB"
    )
    return done


if __name__ == "__main__":
    main()
