"""How many strangers several ways of looking at features find, beside plain probabilities.

    .venv/bin/python benchmarks/unfamiliar.py RUN STRANGERS...

The run is trained; each folder of strangers holds files of other kinds. Models of pictures meet
three kinds of drawn ones as well: noise, one color, and blots. What is printed stands in
``docs/unfamiliar.md``.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.covariance import ledoit_wolf
from sklearn.metrics import roc_auc_score

from tlgui.core.run_folder import RunFolder
from tlgui.core.settings import application_home
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE, labels_of
from tlgui.engine.data.found_files import list_files
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.answerer import AnsweringModel, open_answerer
from tlgui.engine.models.library import open_library
from tlgui.engine.models.strangeness import unit_rows
from tlgui.engine.models.temperature import cooled
from tlgui.engine.results.familiarity import MAX_TRAIN, fit_strangeness, some_of_all
from tlgui.engine.worker import prepare_environment

Floats = NDArray[np.floating]
Labels = NDArray[np.integer]
Score = Callable[[Floats], Floats]  # of what the head is given; larger for strangers

MAX_STRANGERS = 300  # of one folder
NUM_DRAWN = 100
NUM_NEIGHBORS = 10
FALSE_ALARMS = 0.05


def main() -> None:
    """Print what finds how many."""
    prepare_environment()
    run, folders = RunFolder(Path(sys.argv[1])), [Path(name) for name in sys.argv[2:]]
    answerer = open_answerer(run, open_library(application_home(os.environ)))
    [model] = answerer.models
    dataset = run.read_dataset()
    train, validation, test = map(dataset.of_split, ("train", "validation", "test"))
    picked = [train[row] for row in some_of_all(labels_of(train), MAX_TRAIN, model.plan.seed)]
    learned, unseen, ordinary = (
        model.rows(dataset, samples, Channel(), "") for samples in (picked, validation, test)
    )
    start_s = time.perf_counter()
    labels = labels_of(picked)
    strangeness, expected = fit_strangeness(_pooled(model, learned), labels, _pooled(model, unseen))
    seconds = time.perf_counter() - start_s
    assert strangeness is not None
    scores: dict[str, Score] = {
        "probability": lambda rows: -_sureness(model, answerer.temperature, rows),
        **_others(_pooled(model, learned), labels),
        "tlgui": strangeness.of,
    }
    flagged = (strangeness.of(_pooled(model, ordinary)) > 1).sum()
    print(
        f"{run.path.name}: {len(picked)} training, {len(validation)} validation, {len(test)} test "
        f"samples; fitted in {seconds:.1f} s; flagged {flagged} of {len(test)} test samples, "
        f"expected {expected:.1%}"
    )
    for name, rows in _strangers(model, folders):
        told = [
            f"{how} {_found(*_both(how, score, model, ordinary, rows))}"
            for how, score in scores.items()
        ]
        share = (strangeness.of(_pooled(model, rows)) > 1).mean()
        print(f"  {name}, n = {len(rows)}: {' | '.join(told)} | flagged {share:.0%}", flush=True)


def _both(
    how: str, score: Score, model: AnsweringModel, ordinary: Floats, strange: Floats
) -> tuple[Floats, Floats]:
    if how == "probability":
        return score(ordinary), score(strange)
    return score(_pooled(model, ordinary)), score(_pooled(model, strange))


def _found(ordinary: Floats, strange: Floats) -> str:
    """Return the area under the ROC curve, and the share that is found at few false alarms."""
    is_strange = np.repeat([False, True], [len(ordinary), len(strange)])
    area = roc_auc_score(is_strange, np.concatenate([ordinary, strange]))
    found = (strange > np.quantile(ordinary, 1 - FALSE_ALARMS)).mean()
    return f"{area:.3f} {found:.0%}"


def _sureness(model: AnsweringModel, temperature: float, rows: Floats) -> Floats:
    """Source: Hendrycks and Gimpel 2017, arXiv:1610.02136."""
    return cooled(model.network.probabilities(rows), temperature).max(axis=1)


def _others(features: Floats, labels: Labels) -> dict[str, Score]:
    """Return what else could have been chosen.

    Source:
        Lee et al. 2018, arXiv:1807.03888 (Mahalanobis); Ren et al. 2021, arXiv:2106.09022
        (relative Mahalanobis); Sun et al. 2022, arXiv:2204.06507 (neighbors).
    """
    whole = np.asarray(features, np.float64)
    to_class = _mahalanobis(whole, labels)
    to_all = _mahalanobis(whole, np.zeros_like(labels))
    units = unit_rows(features)
    nearest = min(NUM_NEIGHBORS, len(units))

    def neighbors(rows: Floats) -> Floats:
        return -np.partition(unit_rows(rows) @ units.T, -nearest, axis=1)[:, -nearest]

    return {
        "Mahalanobis": to_class,
        "relative": lambda rows: to_class(rows) - to_all(rows),
        "neighbors": neighbors,
    }


def _mahalanobis(features: Floats, labels: Labels) -> Score:
    """Return the squared distance to the nearest mean, of features as they are."""
    present, own = np.unique(labels, return_inverse=True)
    means = np.stack([features[own == number].mean(axis=0) for number in range(len(present))])
    covariance, _ = ledoit_wolf(features - means[own], assume_centered=True)
    whitening = np.linalg.cholesky(np.linalg.inv(covariance))

    def squared(rows: Floats) -> Floats:
        distances = [(((rows - mean) @ whitening) ** 2).sum(axis=1) for mean in means]
        return np.min(distances, axis=0)

    return squared


def _strangers(
    model: AnsweringModel, folders: Sequence[Path]
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield kinds of strangers by name, each as the head is given it."""
    is_picture = model.library.catalog[model.plan.preset].task == "image"
    for folder in folders:
        files = sorted(list_files([folder], "image" if is_picture else "text"))
        random.Random(0).shuffle(files)
        items = [*_read(model, files[: 2 * MAX_STRANGERS])][:MAX_STRANGERS]
        yield folder.name, _rows_of(model, items)
    if is_picture:
        size_px = model.library.catalog[model.plan.preset].input_size_px
        for name, draw in (("noise", _noise), ("one color", _color), ("blots", _blots)):
            chance = np.random.default_rng(0)
            yield name, _rows_of(model, [draw(chance, size_px) for _ in range(NUM_DRAWN)])


def _read(model: AnsweringModel, files: Sequence[Path]) -> Iterator[object]:
    for file in files:
        try:
            item = model.reader.read(file)
        except UnreadableFile:
            continue
        if not model.reader.why_not(item) and (not isinstance(item, str) or item.strip()):
            yield item


def _rows_of(model: AnsweringModel, items: Sequence[object]) -> NDArray[np.float32]:
    batches = (items[start : start + BATCH_SIZE] for start in range(0, len(items), BATCH_SIZE))
    return np.concatenate([model.network.lower(model.reader.collate(b)) for b in batches])


def _pooled(model: AnsweringModel, rows: Floats) -> Floats:
    features = model.network.features(rows)
    assert features is not None, "words are only counted"
    return features


def _noise(chance: np.random.Generator, size_px: int) -> NDArray[np.float32]:
    return chance.integers(0, 256, (size_px, size_px, 3)).astype(np.float32)


def _color(chance: np.random.Generator, size_px: int) -> NDArray[np.float32]:
    return np.full((size_px, size_px, 3), chance.integers(0, 256, 3), np.float32)


def _blots(chance: np.random.Generator, size_px: int) -> NDArray[np.float32]:
    small = Image.fromarray(chance.integers(0, 256, (8, 8, 3), np.uint8))
    return np.asarray(small.resize((size_px, size_px), Image.Resampling.BICUBIC), np.float32)


if __name__ == "__main__":
    main()
