"""A run judged on samples it never saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Modality, Problem, Sample
from tlgui.core.evaluation import Evaluation
from tlgui.core.events import ProblemFound
from tlgui.core.records import json_text
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.images import decode, write_thumbnail
from tlgui.engine.data.matching import scan_matching
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.data.text_source import read_texts
from tlgui.engine.models.classifiers import best_checkpoint, load_classifier, open_inputs
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.metrics import evaluate_predictions
from tlgui.engine.results.predictions import prediction_row, write_predictions
from tlgui.engine.results.reference import judge_reference

MAX_SHOWN: Final = 200
SNIPPET_LENGTH: Final = 300
THUMBNAIL_PX: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A folder or a table, and the columns of it that matter."""

    path: Path
    columns: TableColumns


def evaluate_run(run: RunFolder, library: PresetLibrary, channel: Channel) -> Evaluation:
    """Evaluate the best epoch on the test split and write it to the run's folder.

    Raises:
        TlguiError: there is no result yet, or a sample is gone or damaged.
        JobStopped: a person asked for it; an older evaluation stays.
    """
    dataset = run.read_dataset()
    test = Judged(split="test", dataset=dataset, samples=dataset.of_split("test"))
    return _evaluate(run, library, test, run.evaluation, channel)


def evaluate_folder(
    run: RunFolder, library: PresetLibrary, source: Source, folder: Path, channel: Channel
) -> Evaluation:
    """Evaluate the best epoch on another folder or table of samples with the same classes.

    Samples that the model has learned from are reported: they flatter the result.

    Raises:
        TlguiError: the samples or their classes are not those of the run, nothing can be read,
            or there is no result yet.
        JobStopped: a person asked for it.
    """
    own = run.read_dataset()
    dataset = scan_matching(source.path, source.columns, own, channel)
    known = {s.digest for s in own.samples if s.split in ("train", "validation")}
    num_known = sum(sample.digest in known for sample in dataset.samples)
    if num_known:
        problem = Problem(code="seen_in_training", path=str(source.path), count=num_known)
        channel.send(ProblemFound, problem=problem)
    judged = Judged(split=dataset.folder, dataset=dataset, samples=dataset.samples)
    return _evaluate(run, library, judged, folder, channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Labeled samples, whose classes are the run's, in its order.

    Attributes:
        split: Name of the split, or the folder.
        dataset: Whose samples they are.
        samples: All or some of them.
    """

    split: str
    dataset: Dataset
    samples: tuple[Sample, ...]


def _evaluate(
    run: RunFolder, library: PresetLibrary, judged: Judged, folder: Path, channel: Channel
) -> Evaluation:
    dataset, samples, plan = judged.dataset, judged.samples, run.read_plan()
    best = best_checkpoint(run)
    classifier = load_classifier(plan, library, best.tensors)
    inputs = open_inputs(dataset, plan, library, channel)
    probabilities = apply_to_samples(classifier, inputs, samples, channel, "testing")
    evaluation = replace(
        evaluate_predictions(
            judged.split, dataset.classes, labels_of(samples), probabilities.argmax(axis=1)
        ),
        epoch=best.position.epoch,
        num_unreadable=sum(p.count for p in dataset.problems if p.code == "file_unreadable"),
        modality=dataset.modality,
        reference=judge_reference(run, dataset, samples, channel),
    )
    with durable.published_folder(folder) as partial:
        _write(partial, judged, probabilities, evaluation, channel)
    return evaluation


def _write(
    folder: Path,
    judged: Judged,
    probabilities: NDArray[np.float32],
    evaluation: Evaluation,
    channel: Channel,
) -> None:
    dataset, samples = judged.dataset, judged.samples
    classes = dataset.classes
    rows = (
        prediction_row(sample.path, classes[sample.label], classes, row)
        for sample, row in zip(samples, probabilities, strict=True)
    )
    (folder / "evaluation.json").write_text(evaluation.to_json(), encoding="utf-8")
    with (folder / "predictions.csv").open("wb") as file:
        write_predictions(file, classes, rows)
    mistakes = worst_mistakes(labels_of(samples), probabilities)[:MAX_SHOWN]
    _SHOWING[dataset.modality](folder, dataset, samples, mistakes, channel)


def _write_thumbnails(
    folder: Path,
    dataset: Dataset,
    samples: Sequence[Sample],
    rows: NDArray[np.int64],
    channel: Channel,
) -> None:
    """Write ``thumbnails/ROW.jpg`` for some rows of the predictions."""
    thumbnails = folder / "thumbnails"
    thumbnails.mkdir()
    for row in rows:
        picture = decode(Path(dataset.folder, samples[row].path), THUMBNAIL_PX)
        write_thumbnail(picture.pixels, thumbnails / f"{row}.jpg", THUMBNAIL_PX)
        channel.progress("testing", len(samples), len(samples))  # a sign of life


def _write_snippets(
    folder: Path,
    dataset: Dataset,
    samples: Sequence[Sample],
    rows: NDArray[np.int64],
    channel: Channel,
) -> None:
    """Write ``snippets.jsonl``: the beginnings of the texts of some rows of the predictions."""
    shown = [samples[row] for row in rows]
    texts = read_texts(dataset, shown, lambda _: channel.stop_if_requested())
    lines = [
        json_text({"row": int(row), "text": text[:SNIPPET_LENGTH]}) + "\n"
        for row, text in zip(rows, texts, strict=True)
    ]
    (folder / "snippets.jsonl").write_text("".join(lines), encoding="utf-8")


_SHOWING: Final[dict[Modality, Callable[..., None]]] = {
    "image": _write_thumbnails,
    "text": _write_snippets,
}


def worst_mistakes(
    labels: NDArray[np.integer], probabilities: NDArray[np.floating]
) -> NDArray[np.int64]:
    """Return the indices of wrong answers, the most confident ones first.

    Args:
        labels: shape (num_samples,).
        probabilities: shape (num_samples, num_classes).
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1), kind="stable")
    return wrong[order]
