"""New files and their classes, one by one."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Modality, Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished, ProblemFound, SamplePredicted
from tlgui.core.run_folder import RunFolder
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.found_files import list_files
from tlgui.engine.data.table_formats import FORMATS
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.text_tables import row_path, unlabeled_texts
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.answerer import Answerer, Contents, open_answerer
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.predictions import (
    HEADER,
    is_predictions,
    prediction_row,
    write_predictions,
)

MAX_TOLD: Final = 5_000  # answers that are sent one by one; the table has all of them

Row = list[object]


def predict_files(
    run: RunFolder,
    library: PresetLibrary,
    files: Sequence[Path],
    csv: Path,
    channel: Channel,
    threshold: float | None = None,
) -> None:
    """Send the class of every sample, then write them all as a table.

    Folders are searched for what the model sorts; of a table of texts every row is answered.
    Files that cannot be read are reported and have a row without an answer.

    Args:
        run: Whose best model answers.
        library: Holds its preset.
        files: Files, folders or tables.
        csv: Where the table goes.
        channel: Events out, requests in.
        threshold: Less sure answers are marked "not sure"; None takes the run's own.

    Raises:
        TlguiError: a file does not exist, none can be read, or the table cannot be written or
            would replace something else than an older one.
        JobStopped: a person asked for it.
    """
    for file in files:
        if not file.exists():
            raise TlguiError("path_not_usable", path=str(file), reason="it does not exist")
    _require_own(csv, files)
    durable.make_folder(csv.parent)
    dataset, answerer = run.read_dataset(), open_answerer(run, library)
    found = _Samples(list(list_files(files, dataset.modality)), dataset.modality, answerer)
    if threshold is None:
        threshold = run.read_threshold()
    table = _Table(answerer, dataset.classes, threshold, channel)
    samples = found.samples(dataset.text_column, lambda _: channel.stop_if_requested())
    with durable.published_file(csv) as stream:
        write_predictions(stream, dataset.classes, table.rows(samples, found.total))
        if not table.num_answered:
            reason = "nothing in it can be read"
            raise TlguiError("path_not_usable", path=str(files[0]), reason=reason)
    channel.send(
        PredictionFinished,
        num_samples=table.num_answered,
        num_unreadable=table.num_unreadable,
        csv=str(csv),
    )


def _require_own(csv: Path, files: Sequence[Path]) -> None:
    """Refuse to replace what a person would miss."""
    is_free = not os.path.lexists(csv)
    if is_free or (is_predictions(csv) and not any(csv.samefile(file) for file in files)):
        return
    reason = "it exists and is no table of answers; name another file for them"
    raise TlguiError("path_not_usable", path=str(csv), reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """What a file or a row holds, or the reason why it holds nothing."""

    name: str
    contents: Contents = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Samples:
    paths: Sequence[Path]
    modality: Modality
    answerer: Answerer

    @property
    def total(self) -> int:
        """How many samples there are; 0 where the rows of a table would have to be counted."""
        return 0 if any(map(self._is_table, self.paths)) else len(self.paths)

    def samples(self, text_column: str, tick: Tick) -> Iterator[_Sample]:
        """Yield them; of tables the column of that name is read, if there is one."""
        for path in self.paths:
            if self._is_table(path):
                yield from self._rows_of(path, text_column, tick)
            else:
                yield self._file(path)

    def _file(self, path: Path) -> _Sample:
        try:
            contents = self.answerer.read(path)
            reason = self.answerer.why_not(contents)
            return _Sample(name=str(path), contents=contents, reason=reason)
        except UnreadableFile as error:
            return _Sample(name=str(path), reason=error.reason)

    def _rows_of(self, path: Path, text_column: str, tick: Tick) -> Iterator[_Sample]:
        try:
            for number, text, reason in unlabeled_texts(path, text_column, tick):
                contents = self.answerer.of_text(text)
                reason = reason or self.answerer.why_not(contents)
                yield _Sample(name=f"{path} {row_path(number)}", contents=contents, reason=reason)
        except TlguiError as error:
            # the answers of other files are not lost because of this one
            reason = str(error.detail.get("reason", error_sentence(error.code, error.detail)))
            yield _Sample(name=str(path), reason=reason)

    def _is_table(self, path: Path) -> bool:
        return self.modality == "text" and path.suffix.lower() in FORMATS


class _Table:
    """What turns samples into rows of the table, and tells of them."""

    def __init__(
        self,
        answerer: Answerer,
        classes: Sequence[str],
        threshold: float,
        channel: Channel,
    ) -> None:
        self._answerer, self._classes = answerer, classes
        self._threshold, self._channel = threshold, channel
        self.num_answered = self.num_unreadable = 0

    def rows(self, samples: Iterator[_Sample], total: int) -> Iterator[Row]:
        """Yield a row of the table for every sample; ``total`` is 0 where nobody knows it."""
        while batch := list(islice(samples, BATCH_SIZE)):
            self._channel.stop_if_requested()
            yield from self._batch(batch)
            done = self.num_answered + self.num_unreadable
            self._channel.progress("predicting", done, total)

    def _batch(self, samples: Sequence[_Sample]) -> Iterator[Row]:
        batch = [sample.contents for sample in samples if not sample.reason]
        rows = iter([*self._answerer.answers(batch)] if batch else [])
        for sample in samples:
            yield self._unreadable(sample) if sample.reason else self._answer(sample, next(rows))

    def _unreadable(self, sample: _Sample) -> Row:
        self.num_unreadable += 1
        problem = Problem(code="file_unreadable", path=sample.name, reason=sample.reason)
        if self.num_unreadable <= MAX_TOLD:
            self._channel.send(ProblemFound, problem=problem)
        return [sample.name, *[""] * (len(HEADER) - 1 + len(self._classes))]

    def _answer(self, sample: _Sample, probabilities: NDArray[np.float32]) -> Row:
        self.num_answered += 1
        row = prediction_row(sample.name, "", self._classes, probabilities, self._threshold)
        if self.num_answered <= MAX_TOLD:
            probability = float(probabilities.max())
            self._channel.send(
                SamplePredicted,
                file=sample.name,
                predicted=str(row[2]),
                probability=probability,
                is_sure=probability >= self._threshold,
            )
        return row
