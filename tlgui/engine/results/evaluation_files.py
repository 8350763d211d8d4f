"""The folder of an evaluation: figures, a row per answer, and what people will look at."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Modality, Sample
from tlgui.core.evaluation import ClassCurves, Evaluation
from tlgui.core.records import json_text
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import decode, write_thumbnail
from tlgui.engine.data.text_source import read_texts
from tlgui.engine.models.answerer import Told
from tlgui.engine.results.predictions import prediction_row, write_predictions
from tlgui.engine.results.self_knowledge import SelfKnowledge

Floats = NDArray[np.floating]

MAX_MISTAKES: Final = 200
MAX_UNSURE: Final = 100
MAX_STRANGE: Final = 24
MAX_RIGHT: Final = 300  # of all classes together
SNIPPET_LENGTH: Final = 300
THUMBNAIL_PX: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model says to samples whose classes are known.

    Attributes:
        labels: shape (num_samples,), class indices.
        told: What people get.
        uncorrected: Probabilities, shape (num_samples, num_classes), as training left them.
        known: What turned these into those.
        curves: Of each class against all others.
    """

    labels: NDArray[np.int64]
    told: Told
    uncorrected: Floats
    known: SelfKnowledge
    curves: tuple[ClassCurves, ...]


def write_evaluation(
    folder: Path,
    dataset: Dataset,
    samples: Sequence[Sample],
    answers: Answers,
    evaluation: Evaluation,
    channel: Channel,
) -> None:
    """Write everything that the result page shows.

    Args:
        folder: Exists and is empty.
        dataset: Whose samples were judged.
        samples: In the order of the answers.
        answers: To them.
        evaluation: Of them.
        channel: Requests in.

    Raises:
        TlguiError: a sample is gone by now.
        JobStopped: a person asked for it.
    """
    classes = dataset.classes
    rows = (
        prediction_row(sample.path, classes[sample.label], classes, row, strangeness=stranger)
        for sample, (row, stranger) in zip(samples, answers.told.rows(), strict=True)
    )
    (folder / "evaluation.json").write_text(evaluation.to_json(), encoding="utf-8")
    lines = [json_text(asdict(curves)) + "\n" for curves in answers.curves]
    (folder / "curves.jsonl").write_text("".join(lines), encoding="utf-8")  # a line per class
    with (folder / "predictions.csv").open("wb") as file:
        write_predictions(file, classes, rows)
    # by which two runs know whether they were asked about the same
    digests = "".join(f"{sample.digest}\n" for sample in samples)
    (folder / "digests.txt").write_text(digests, encoding="utf-8")
    shown = shown_rows(answers.labels, *answers.told)
    write_shown(folder, dataset, samples, shown, channel)


def write_shown(
    folder: Path, dataset: Dataset, samples: Sequence[Sample], rows: Iterable[int], channel: Channel
) -> None:
    """Write small pictures or beginnings of texts of some rows of the samples, by their number.

    Pictures go to ``thumbnails/ROW.jpg``, texts to ``snippets.jsonl``.

    Raises:
        TlguiError: a sample is gone by now.
        JobStopped: a person asked for it.
    """
    _SHOWING[dataset.modality](folder, dataset, samples, [*rows], channel)


def shown_rows(
    labels: NDArray[np.integer], probabilities: Floats, strangeness: Floats | None = None
) -> NDArray[np.int64]:
    """Return the rows that people look at: mistakes, doubtful and odd ones, and some right ones.

    Args:
        labels: shape (num_samples,).
        probabilities: shape (num_samples, num_classes).
        strangeness: shape (num_samples,); None where nobody knows.
    """
    sureness = probabilities.max(axis=1)
    right = np.flatnonzero(probabilities.argmax(axis=1) == labels)
    right = right[np.argsort(-sureness[right], kind="stable")]
    per_class = max(1, MAX_RIGHT // probabilities.shape[1])
    surest = [right[labels[right] == label][:per_class] for label in np.unique(labels)]
    mistakes = worst_mistakes(labels, probabilities)[:MAX_MISTAKES]
    unsure = np.argsort(sureness, kind="stable")[:MAX_UNSURE]
    strange = np.argsort(-(-sureness if strangeness is None else strangeness), kind="stable")
    return np.unique(np.concatenate([mistakes, unsure, strange[:MAX_STRANGE], *surest]))


def worst_mistakes(labels: NDArray[np.integer], probabilities: Floats) -> NDArray[np.int64]:
    """Return the indices of wrong answers, the most confident ones first.

    Args:
        labels: shape (num_samples,).
        probabilities: shape (num_samples, num_classes).
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1), kind="stable")
    return wrong[order]


def _write_thumbnails(
    folder: Path,
    dataset: Dataset,
    samples: Sequence[Sample],
    rows: Sequence[int],
    channel: Channel,
) -> None:
    thumbnails = folder / "thumbnails"
    thumbnails.mkdir()
    for number, row in enumerate(rows):
        picture = decode(Path(dataset.folder, samples[row].path), THUMBNAIL_PX)
        write_thumbnail(picture.pixels, thumbnails / f"{row}.jpg", THUMBNAIL_PX)
        channel.stop_if_requested()
        channel.progress("showing", number + 1, len(rows))


def _write_snippets(
    folder: Path,
    dataset: Dataset,
    samples: Sequence[Sample],
    rows: Sequence[int],
    channel: Channel,
) -> None:
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
