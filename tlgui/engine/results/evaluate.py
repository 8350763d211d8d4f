"""A run judged on samples it never saw."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.evaluation import Evaluation
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.images import decode, write_thumbnail
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import match_classes
from tlgui.engine.models.classifiers import load_classifier
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
    samples = dataset.of_split("test")
    return evaluate_samples(run, library, dataset, samples, run.evaluation, channel)


def evaluate_folder(
    run: RunFolder, library: PresetLibrary, source: Path, folder: Path, channel: Channel
) -> Evaluation:
    """Evaluate the best epoch on another folder of class folders.

    Raises:
        TlguiError: the classes do not match the run's, nothing can be read, or no result yet.
        JobStopped: a person asked for it.
    """
    dataset = match_classes(scan_folder(source, channel), run.read_dataset().classes)
    return evaluate_samples(run, library, dataset, dataset.samples, folder, channel)


def evaluate_samples(
    run: RunFolder,
    library: PresetLibrary,
    dataset: Dataset,
    samples: tuple[Sample, ...],
    folder: Path,
    channel: Channel,
) -> Evaluation:
    """Evaluate the best epoch on labeled samples, whose classes are the run's, in its order.

    Writes ``evaluation.json``, ``predictions.csv`` and thumbnails of the worst mistakes.
    """
    size_px = library.catalog[run.read_plan().preset].input_size_px
    classifier = load_classifier(run, library)
    probabilities = apply_to_samples(classifier, dataset, samples, size_px, channel, "testing")
    labels = labels_of(samples)
    split = samples[0].split or dataset.folder
    evaluation = evaluate_predictions(split, dataset.classes, labels, probabilities.argmax(1))
    with durable.published_folder(folder) as partial:
        _write(partial, dataset, samples, probabilities, evaluation)
    return evaluation


def _write(
    folder: Path,
    dataset: Dataset,
    samples: tuple[Sample, ...],
    probabilities: NDArray[np.float32],
    evaluation: Evaluation,
) -> None:
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
