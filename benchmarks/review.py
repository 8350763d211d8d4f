"""How many planted wrong labels and shortcuts a review finds.

    .venv/bin/python benchmarks/review.py FOLDER...

Each folder has one subfolder of pictures per class. Of a copy every twentieth picture gets the
label of another class, drawn at random, three times over; of other copies one class is saved at
another JPEG quality, or with a colored border. What is printed stands in ``docs/review.md``.
"""

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageOps

from tlgui.core.planning import DEFAULT_PRESETS, make_plan
from tlgui.core.review import Review
from tlgui.core.run_folder import create_run
from tlgui.core.settings import Home
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.models.library import open_library
from tlgui.engine.reviewing.review import review_run

SHARE = 0.05
MAX_PER_CLASS = 60  # of the copies with a shortcut, which are encoded anew


def main() -> None:
    """Print what was found in each folder."""
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as place:
            _judge(Path(name), Path(place))


def _judge(folder: Path, place: Path) -> None:
    home = Home(place / "home")  # features of a picture are computed once for all copies
    review, _, seconds = _reviewed(folder, home)
    told = ", ".join(f"{s.hint} of {s.class_name}" for s in review.shortcuts) or "none"
    print(
        f"{folder.name}, {review.num_samples} pictures as they are: "
        f"{review.num_suspects} suspects, shortcuts: {told}; {seconds:.1f} s"
    )
    for seed in range(3):
        print(f"  {_wrong_labels(folder, place / str(seed), home, seed)}")
    for what in ("quality", "border"):
        print(f"  {_shortcut(folder, place / what, home, what)}")
    sys.stdout.flush()


def _wrong_labels(folder: Path, copy: Path, home: Home, seed: int) -> str:
    chance = random.Random(seed)
    files = sorted(p for p in folder.glob("*/*") if p.is_file())
    classes = sorted({p.parent.name for p in files})
    planted = set(chance.sample(files, round(SHARE * len(files))))
    names = set()
    for file in files:
        others = [c for c in classes if c != file.parent.name]
        label = chance.choice(others) if file in planted else file.parent.name
        target = copy / label / f"{file.parent.name}-{file.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        if file in planted:
            names.add(target.relative_to(copy).as_posix())
    review, worst, seconds = _reviewed(copy, home)
    top = worst[: review.num_samples // 10]
    suspects = {suspect.file for suspect in review.suspects}
    return (
        f"{len(names)} wrong labels: {len(names & set(top)) / len(names):.1%} of them in the most "
        f"doubtful tenth; {review.num_suspects} suspects, of the {len(suspects)} shown "
        f"{len(names & suspects)} wrong; {seconds:.1f} s"
    )


def _shortcut(folder: Path, copy: Path, home: Home, what: str) -> str:
    classes = sorted(p for p in folder.iterdir() if p.is_dir())
    marked = classes[len(classes) // 2]
    for kind in classes:
        (copy / kind.name).mkdir(parents=True)
        for file in sorted(kind.iterdir())[:MAX_PER_CLASS]:
            picture, quality = Image.open(file).convert("RGB"), 90
            if kind == marked and what == "quality":
                quality = 60
            elif kind == marked:
                inner = picture.crop((2, 2, picture.width - 2, picture.height - 2))
                picture = ImageOps.expand(inner, 2, (200, 30, 30))
            picture.save(copy / kind.name / f"{file.stem}.jpg", quality=quality)
    review, _, seconds = _reviewed(copy, home)
    told = [f"{s.hint} of {s.class_name} ({s.roc_auc.value:.3f})" for s in review.shortcuts]
    return f"{what} of {marked.name} changed: {', '.join(told) or 'nothing found'}; {seconds:.1f} s"


def _reviewed(folder: Path, home: Home) -> tuple[Review, list[str], float]:
    """Return the review, the files by doubt, and the seconds it took, features at hand or not."""
    library = open_library(home)
    dataset = scan_folder(folder, Channel(), home=home)
    plan = make_plan(library.catalog[DEFAULT_PRESETS["image"]])
    with tempfile.TemporaryDirectory() as place:
        run = create_run(Path(place) / "run", dataset, plan)
        start_s = time.perf_counter()
        review = review_run(run, library, Channel())
        seconds = time.perf_counter() - start_s
        lines = (run.review / "suspects.csv").read_text(encoding="utf-8").splitlines()[1:]
    if library.store:
        library.store.flush()
    return review, [line.split(",")[0] for line in lines], seconds


if __name__ == "__main__":
    main()
