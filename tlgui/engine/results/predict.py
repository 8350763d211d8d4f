"""Answers for files that nobody labeled."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from tlgui.core import durable
from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished, ProblemFound, SamplePredicted
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import PixelFunction
from tlgui.engine.data.images import read_pixels
from tlgui.engine.data.scan import list_pictures
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.classifiers import load_classifier
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.predictions import prediction_row, predictions_csv

BATCH_SIZE: Final = 32

Row = list[object]


def predict_files(
    run: RunFolder,
    library: PresetLibrary,
    files: Sequence[Path],
    csv: Path,
    channel: Channel,
) -> None:
    """Send the class of every picture, then write them all as a table.

    Files that cannot be read are reported and have a row without an answer.

    Raises:
        TlguiError: a file does not exist, none can be read, or the table cannot be written.
        JobStopped: a person asked for it.
    """
    for file in files:
        if not file.exists():
            raise TlguiError("path_not_usable", path=str(file), reason="it does not exist")
    durable.make_folder(csv.parent)
    paths = list(list_pictures(files))
    classes = run.read_dataset().classes
    size_px = library.catalog[run.read_plan().preset].input_size_px
    classifier = load_classifier(run, library)
    rows: list[Row] = []
    for start in range(0, len(paths), BATCH_SIZE):
        channel.stop_if_requested()
        rows += _answers(paths[start : start + BATCH_SIZE], classifier, classes, size_px, channel)
        channel.progress("predicting", len(rows), len(paths))
    num_unreadable = sum(row[2] == "" for row in rows)
    if num_unreadable == len(rows):
        first = paths[0] if paths else files[0]
        raise TlguiError("path_not_usable", path=str(first), reason="no picture can be read")
    durable.replace_file(csv, predictions_csv(classes, rows))
    channel.send(
        PredictionFinished,
        num_samples=len(rows) - num_unreadable,
        num_unreadable=num_unreadable,
        csv=str(csv),
    )


def _answers(
    paths: Sequence[Path],
    classifier: PixelFunction,
    classes: Sequence[str],
    size_px: int,
    channel: Channel,
) -> Iterator[Row]:
    pixels = {}
    for path in paths:
        try:
            pixels[path] = read_pixels(path, size_px)
        except UnreadableFile as error:
            problem = Problem(code="file_unreadable", path=str(path), reason=error.reason)
            channel.send(ProblemFound, problem=problem)
    rows = classifier(np.stack([*pixels.values()])) if pixels else ()
    answers = dict(zip(pixels, rows, strict=True))
    for path in paths:
        if path not in answers:
            yield [str(path), *[""] * (3 + len(classes))]
            continue
        row = prediction_row(str(path), "", classes, answers[path])
        channel.send(
            SamplePredicted,
            file=str(path),
            predicted=str(row[2]),
            probability=float(answers[path].max()),
        )
        yield row
