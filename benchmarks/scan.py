"""How long ``tlgui scan`` takes for many pictures, the first time and after that.

    python benchmarks/scan.py FOLDER [--number N]

The pictures are those of the folder and copies of them that a comment of twelve digits makes
other files. The first scan reads every byte and decodes what is in doubt, the second only looks
whether files have changed. Seconds of computing are told too: where others use the computer, they
say more than the clock.
"""

import argparse
import random
import resource
import tempfile
from pathlib import Path

from commands import run_tlgui


def main() -> None:
    """Print a row for each scan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=100_000)
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_files(choices.folder, place / "pictures", choices.number)
        for which in ("first", "second"):
            before_s = _computed_s()
            done = run_tlgui(place / "home", "scan", str(place / "pictures"))
            print(
                f"{which} scan of {choices.number:,} pictures: {done.seconds:.1f} s, of them "
                f"{_computed_s() - before_s:.1f} s of one core, at most "
                f"{done.peak_bytes / 1e6:.0f} MB",
                flush=True,
            )


def make_files(source: Path, folder: Path, number: int) -> None:
    """Make a folder of as many different files, classes in the shares of the source, in seconds."""
    files = sorted(path for path in source.glob("*/*") if path.suffix.lower() in (".jpg", ".jpeg"))
    random.Random(0).shuffle(files)
    contents = [(path.parent.name, path.read_bytes()) for path in files]
    for name in {name for name, _ in contents}:
        (folder / name).mkdir(parents=True)
    for count in range(number):
        name, content = contents[count % len(contents)]
        comment = b"\xff\xfe\x00\x0e%012d" % count  # a marker and its length come first
        (folder / name / f"{count:07}.jpg").write_bytes(content[:2] + comment + content[2:])


def _computed_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
