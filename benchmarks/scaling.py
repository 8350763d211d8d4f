"""What more pictures cost: time to the result and memory of ``tlgui train``.

    python benchmarks/scaling.py FOLDER [--numbers N ...]

The pictures are those of the folder and, where it has too few, slightly turned copies of them:
other files with other pixels. Where cost grows in line with the number, seconds and bytes per
picture that comes on top stay the same.
"""

import argparse
import random
import tempfile
from pathlib import Path

from commands import first_result_s, train
from PIL import Image

NUMBERS = (500, 2_000, 8_000)
DEGREES_PER_ROUND = 0.5


def main() -> None:
    """Print a row for each number of pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--numbers", nargs="*", type=int, default=NUMBERS)
    choices = parser.parse_args()
    before: tuple[int, float, int] | None = None
    for number in sorted(choices.numbers):
        with tempfile.TemporaryDirectory() as name:
            place = Path(name)
            make_pictures(choices.folder, place / "pictures", number)
            done = train(place / "pictures", place / "home", "--strategy", "feature_extraction")
        now = number, done.seconds, done.peak_bytes
        print(
            f"{number} pictures: first accuracy after {first_result_s(done.events):.1f} s, all "
            f"over after {done.seconds:.1f} s, at most {done.peak_bytes / 1e6:.0f} MB",
            end="",
        )
        if before:
            more = number - before[0]
            print(
                f"; {(now[1] - before[1]) / more * 1000:.1f} s and "
                f"{(now[2] - before[2]) / more * 1000 / 1e6:.0f} MB per further thousand",
                end="",
            )
        print(flush=True)
        before = now


def make_pictures(source: Path, folder: Path, number: int) -> None:
    """Make a folder of as many different pictures, classes in the shares of the source."""
    files = sorted(path for path in source.glob("*/*") if path.is_file())
    random.Random(0).shuffle(files)
    for count in range(number):
        path = files[count % len(files)]
        target = folder / path.parent.name / f"{count:06}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as picture:
            turned = picture.convert("RGB").rotate(count // len(files) * DEGREES_PER_ROUND)
        turned.save(target, quality=90)


if __name__ == "__main__":
    main()
