"""A run judged on samples it never saw."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.evaluation import Evaluation
from tlgui.core.events import ProblemFound
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.images import decode, write_thumbnail
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import match_classes
from tlgui.engine.models.classifiers import best_checkpoint, load_classifier
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.metrics import evaluate_predictions
from tlgui.engine.results.predictions import prediction_row, predictions_csv

MAX_THUMBNAILS: Final = 200
THUMBNAIL_PX: Final = 160


def evaluate_run(run: RunFolder, library: PresetLibrary, channel: Channel) -> Evaluation:
    """Evaluate the best epoch on the test split and write it to the run's folder.

    Raises:
        TlguiError: there is no result yet, or a picture is gone or damaged.
        JobStopped: a person asked for it; an older evaluation stays.
    """
    dataset = run.read_dataset()
    test = Judged(split="test", dataset=dataset, samples=dataset.of_split("test"))
    return _evaluate(run, library, test, run.evaluation, channel)


def evaluate_folder(
    run: RunFolder, library: PresetLibrary, source: Path, folder: Path, channel: Channel
) -> Evaluation:
    """Evaluate the best epoch on another folder of class folders.

    Pictures that the model has learned from are reported: they flatter the result.

    Raises:
        TlguiError: the classes do not match the run's, nothing can be read, or no result yet.
        JobStopped: a person asked for it.
    """
    own = run.read_dataset()
    dataset = match_classes(scan_folder(source, channel), own.classes)
    known = {s.digest for s in own.samples if s.split in ("train", "validation")}
    num_known = sum(sample.digest in known for sample in dataset.samples)
    if num_known:
        problem = Problem(code="seen_in_training", path=str(source), count=num_known)
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
    dataset, samples = judged.dataset, judged.samples
    size_px = library.catalog[run.read_plan().preset].input_size_px
    best = best_checkpoint(run)
    classifier = load_classifier(run, library)
    probabilities = apply_to_samples(classifier, dataset, samples, size_px, channel, "testing")
    evaluation = replace(
        evaluate_predictions(
            judged.split, dataset.classes, labels_of(samples), probabilities.argmax(axis=1)
        ),
        epoch=best.position.epoch,
        num_unreadable=sum(p.code == "file_unreadable" for p in dataset.problems),
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
    (folder / "predictions.csv").write_bytes(predictions_csv(classes, rows))
    thumbnails = folder / "thumbnails"
    thumbnails.mkdir()
    for row in worst_mistakes(labels_of(samples), probabilities)[:MAX_THUMBNAILS]:
        picture = decode(Path(dataset.folder, samples[row].path), THUMBNAIL_PX)
        write_thumbnail(picture.pixels, thumbnails / f"{row}.jpg", THUMBNAIL_PX)
        channel.progress("testing", len(samples), len(samples))  # a sign of life


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
