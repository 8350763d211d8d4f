"""How long ``tlgui scan`` takes for many pictures, the first time and after that.

    python benchmarks/scan.py FOLDER [--number N]

The pictures are those of the folder and slightly turned copies of them, see ``scaling.py``. The
first scan decodes every one, to say which are damaged; the second only looks whether they changed.
"""

import argparse
import tempfile
from pathlib import Path

from commands import run_tlgui
from scaling import make_pictures


def main() -> None:
    """Print a row for each scan."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=20_000)
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        make_pictures(choices.folder, place / "pictures", choices.number)
        for which in ("first", "second"):
            done = run_tlgui(place / "home", "scan", str(place / "pictures"))
            print(
                f"{which} scan of {choices.number} pictures: {done.seconds:.1f} s, "
                f"at most {done.peak_bytes / 1e6:.0f} MB"
            )


if __name__ == "__main__":
    main()
