"""New files and their classes, one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tlgui.core import durable
from tlgui.core.dataset import Modality, Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished, ProblemFound, SamplePredicted
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.inputs import BatchFunction, FileReader
from tlgui.engine.data.listing import list_files
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.tables import FORMATS
from tlgui.engine.data.text_tables import row_path, unlabeled_texts
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.classifiers import load_classifier, open_reader
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.predictions import prediction_row, predictions_csv

MAX_TOLD: Final = 5_000  # answers that are sent one by one; the table has all of them

Row = list[object]


def predict_files(
    run: RunFolder,
    library: PresetLibrary,
    files: Sequence[Path],
    csv: Path,
    channel: Channel,
) -> None:
    """Send the class of every sample, then write them all as a table.

    Folders are searched for what the model sorts; of a table of texts every row is answered.
    Files that cannot be read are reported and have a row without an answer.

    Raises:
        TlguiError: a file does not exist, none can be read, or the table cannot be written.
        JobStopped: a person asked for it.
    """
    for file in files:
        if not file.exists():
            raise TlguiError("path_not_usable", path=str(file), reason="it does not exist")
    durable.make_folder(csv.parent)
    plan, dataset = run.read_plan(), run.read_dataset()
    reader = open_reader(plan, library.catalog[plan.preset], library.folder(plan.preset))
    found = _Samples(list(list_files(files, dataset.modality)), dataset.modality, reader)
    answerer = _Answerer(load_classifier(run, library), dataset.classes, reader, channel)
    samples = found.samples(dataset.text_column, lambda _: channel.stop_if_requested())
    rows: list[Row] = []
    while batch := list(islice(samples, BATCH_SIZE)):
        channel.stop_if_requested()
        rows += answerer.answers(batch)
        channel.progress("predicting", len(rows), found.total)
    num_unreadable = sum(row[2] == "" for row in rows)
    if num_unreadable == len(rows):
        raise TlguiError("path_not_usable", path=str(files[0]), reason="nothing in it can be read")
    durable.replace_file(csv, predictions_csv(dataset.classes, rows))
    channel.send(
        PredictionFinished,
        num_samples=len(rows) - num_unreadable,
        num_unreadable=num_unreadable,
        csv=str(csv),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """What a file or a row holds, or the reason why it holds nothing."""

    name: str
    content: Any = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Samples:
    paths: Sequence[Path]
    modality: Modality
    reader: FileReader

    @property
    def total(self) -> int:
        """How many samples there are; 0 where the rows of a table would have to be counted."""
        return 0 if any(map(self._is_table, self.paths)) else len(self.paths)

    def samples(self, text_column: str, tick: Tick) -> Iterator[_Sample]:
        """Yield them; of tables the column of that name is read, if there is one."""
        for path in self.paths:
            if self._is_table(path):
                yield from _rows_of(path, text_column, tick)
            else:
                yield self._file(path)

    def _file(self, path: Path) -> _Sample:
        try:
            return _Sample(name=str(path), content=self.reader.read(path))
        except UnreadableFile as error:
            return _Sample(name=str(path), reason=error.reason)

    def _is_table(self, path: Path) -> bool:
        return self.modality == "text" and path.suffix.lower() in FORMATS


def _rows_of(path: Path, text_column: str, tick: Tick) -> Iterator[_Sample]:
    for number, text, reason in unlabeled_texts(path, text_column, tick):
        yield _Sample(name=f"{path} {row_path(number)}", content=text, reason=reason)


class _Answerer:
    def __init__(
        self,
        classifier: BatchFunction,
        classes: Sequence[str],
        reader: FileReader,
        channel: Channel,
    ) -> None:
        self._classifier, self._classes = classifier, classes
        self._reader, self._channel = reader, channel
        self._num_told = 0

    def answers(self, samples: Sequence[_Sample]) -> Iterator[Row]:
        """Yield a row of the table for every sample."""
        readable = [sample for sample in samples if not sample.reason]
        batch = [sample.content for sample in readable]
        rows = iter([*self._classifier(self._reader.collate(batch))] if batch else [])
        for sample in samples:
            if sample.reason:
                problem = Problem(code="file_unreadable", path=sample.name, reason=sample.reason)
                self._channel.send(ProblemFound, problem=problem)
                yield [sample.name, *[""] * (3 + len(self._classes))]
                continue
            probabilities = next(rows)
            row = prediction_row(sample.name, "", self._classes, probabilities)
            self._tell(row, float(probabilities.max()))
            yield row

    def _tell(self, row: Row, probability: float) -> None:
        self._num_told += 1
        if self._num_told <= MAX_TOLD:
            file, predicted = str(row[0]), str(row[2])
            self._channel.send(
                SamplePredicted, file=file, predicted=predicted, probability=probability
            )
