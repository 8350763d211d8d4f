"""A look at every label of a run's data, with the eyes of its pretrained model."""

import csv
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.events import ReviewFinished
from tlgui.core.job import ReviewJob
from tlgui.core.planning import make_plan
from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.core.run_folder import RunFolder, open_run
from tlgui.engine.channel import Channel
from tlgui.engine.data.dealing import unit_numbers
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.data.text_source import read_texts
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models import word_counts
from tlgui.engine.models.classifiers import inputs_key, open_inputs
from tlgui.engine.models.frozen import open_kept
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.evaluation_files import write_shown
from tlgui.engine.results.predictions import neutralized
from tlgui.engine.reviewing.picture_hints import picture_hints
from tlgui.engine.reviewing.shortcuts import MIN_SAMPLES, find_shortcuts
from tlgui.engine.reviewing.suspects import Suspicion, find_suspects
from tlgui.engine.reviewing.text_hints import text_hints
from tlgui.engine.training.head_solver import Features
from tlgui.engine.training.word_count_solver import texts_of

MAX_SHOWN: Final = 200
MAX_HINTED: Final = 2_000  # files that are looked into for shortcuts: more show no other ones
HEADER: Final = ("file", "label", "suggested", "quality", "is_suspect")


def run_review_job(job: ReviewJob, library: PresetLibrary, channel: Channel) -> None:
    """Do the job; ends with ``review_finished``.

    Raises:
        TlguiError: the run was not started yet, or a sample is gone or damaged.
        JobStopped: a person asked for it; an older review stays.
    """
    run = open_run(Path(job.run))
    with run.locked():
        review = review_run(run, library, channel)
    channel.send(ReviewFinished, folder=str(run.review), review=review)


def review_run(run: RunFolder, library: PresetLibrary, channel: Channel) -> Review:
    """Look at every label and write what is odd to the run's folder; see ``run_review_job``."""
    dataset = run.read_dataset()
    labels, units = labels_of(dataset.samples), np.array(unit_numbers(dataset.samples))
    features, strengths = _features(run, dataset, library, channel)
    suspicion = find_suspects(features, labels, units, strengths, _ticking(channel, "suspecting"))
    order = np.argsort(suspicion.quality, kind="stable")
    hints, num_hinted, shortcuts = _shortcuts(dataset, labels, units, channel)
    shown = order[suspicion.is_suspect[order]][:MAX_SHOWN]
    review = Review(
        source=dataset.source,
        modality=dataset.modality,
        classes=dataset.classes,
        num_samples=len(labels),
        num_suspects=int(suspicion.is_suspect.sum()),
        suspects=tuple(_suspect(dataset, suspicion, row) for row in shown),
        hints=hints,
        num_hinted=num_hinted,
        shortcuts=shortcuts,
    )
    with durable.published_folder(run.review) as partial:
        (partial / "review.json").write_text(review.to_json(), encoding="utf-8")
        _write_table(partial / "suspects.csv", dataset, suspicion, order)
        samples = [dataset.samples[row] for row in shown]
        write_shown(partial, dataset, samples, range(len(samples)), channel)
    return review


def _features(
    run: RunFolder, dataset: Dataset, library: PresetLibrary, channel: Channel
) -> tuple[Features, Sequence[float]]:
    """Return a row per sample that owes nothing to the labels, and the L2 strengths to try."""
    plan, samples = run.members[0].read_plan(), dataset.samples
    preset = library.catalog[plan.preset]
    strengths = make_plan(preset, strategy="feature_extraction").phases[0].l2_strengths
    if preset.family == word_counts.FAMILY:
        texts = texts_of(RawTexts(dataset, channel), samples)
        return word_counts.WordCounts.fitted(texts).features(texts), strengths
    frozen = open_kept(library.folder(preset.id), plan.pooling, inputs_key(plan), library.store)
    inputs = open_inputs(dataset, plan, library, channel)
    features = apply_to_samples(frozen, inputs, samples, channel, "features")
    return features.mean(axis=1) if plan.pooling == "layer_mixture" else features, strengths


def _shortcuts(
    dataset: Dataset, labels: NDArray[np.int64], units: NDArray[np.int64], channel: Channel
) -> tuple[tuple[str, ...], int, tuple[Shortcut, ...]]:
    """Return what was tried, on how many samples, and what works."""
    rows = some_of_each_class(labels)
    samples = [dataset.samples[row] for row in rows]
    hints = _hints(dataset, samples, channel)
    found = find_shortcuts(
        hints, labels[rows], units[rows], dataset.classes, _ticking(channel, "shortcuts")
    )
    return tuple(hints), len(rows), found


def some_of_each_class(labels: NDArray[np.int64]) -> list[int]:
    """Return about ``MAX_HINTED`` rows in their order, and of each class enough to judge it."""
    by_class = [[*np.flatnonzero(labels == label)] for label in np.unique(labels)]
    chance = random.Random(0)
    for rows in by_class:
        chance.shuffle(rows)
    most = max(MIN_SAMPLES, MAX_HINTED // len(by_class))
    return sorted(int(row) for rows in by_class for row in rows[:most])


def _hints(
    dataset: Dataset, samples: Sequence[Sample], channel: Channel
) -> dict[str, NDArray[np.float64]]:
    folder = Path(dataset.folder)
    paths = [] if dataset.text_column else [folder / sample.path for sample in samples]
    try:
        if dataset.modality == "image":
            return picture_hints(paths, _ticking(channel, "hints"))
        texts = [*read_texts(dataset, samples, lambda _: channel.stop_if_requested())]
        return text_hints(texts, paths)
    except UnreadableFile as error:
        path = str(error.path or folder)
        raise TlguiError("dataset_changed", path=path, reason=error.reason) from error


def _suspect(dataset: Dataset, suspicion: Suspicion, row: int) -> Suspect:
    sample = dataset.samples[row]
    return Suspect(
        file=sample.path,
        digest=sample.digest,
        label=dataset.classes[sample.label],
        suggested=dataset.classes[suspicion.suggested[row]],
        quality=float(suspicion.quality[row]),
    )


def _write_table(
    path: Path, dataset: Dataset, suspicion: Suspicion, order: NDArray[np.int64]
) -> None:
    """Write a line for every sample, the worst label first, safe to open as a spreadsheet."""
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_cells(dataset, suspicion, order))


def _cells(dataset: Dataset, suspicion: Suspicion, order: NDArray[np.int64]) -> Iterator[list[str]]:
    for row in order:
        found = _suspect(dataset, suspicion, row)
        cells = (found.file, found.label, found.suggested, f"{found.quality:.4f}")
        yield [neutralized(cell) for cell in (*cells, int(suspicion.is_suspect[row]))]


def _ticking(channel: Channel, activity: str) -> Callable[[int, int], None]:
    def tick(done: int, total: int) -> None:
        channel.stop_if_requested()
        channel.progress(activity, done, total)

    return tick
