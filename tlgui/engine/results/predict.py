"""New files and their classes, one by one."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core import durable
from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import is_unfamiliar
from tlgui.core.events import PredictionFinished, ProblemFound, SamplePredicted, Share
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.found_files import list_files
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.results.model_in_use import ModelInUse, open_model
from tlgui.engine.results.new_samples import NewSample, NewSamples
from tlgui.engine.results.predictions import (
    HEADER,
    is_predictions,
    prediction_row,
    write_predictions,
)

MAX_TOLD: Final = 5_000  # answers that are sent one by one; the table has all of them
MAX_SHARES: Final = 20  # classes whose probabilities are sent along
MAX_CHARACTERS: Final = 300  # of a text that are sent along

Row = list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a model is asked for.

    Attributes:
        files: Files, folders or tables.
        csv: Where the table goes.
        threshold: Less sure answers are marked "not sure"; None takes the model's own.
        thumbnails: Folder for small pictures of the first files; None writes none.
    """

    files: Sequence[Path]
    csv: Path
    threshold: float | None = None
    thumbnails: Path | None = None


def predict_files(model: Path, library: PresetLibrary, wanted: Wanted, channel: Channel) -> None:
    """Send the class of every sample, then write them all as a table.

    Folders are searched for what the model sorts; of a table of texts every row is answered.
    Files that cannot be read are reported and have a row without an answer.

    Args:
        model: The folder of a run, whose best model answers, or of a bundle.
        library: Holds the presets of runs.
        wanted: What is asked for.
        channel: Events out, requests in.

    Raises:
        TlguiError: a file does not exist, none can be read, or the table cannot be written or
            would replace something else than an older one.
        JobStopped: a person asked for it; there is no table then.
    """
    for file in wanted.files:
        if not file.exists():
            raise TlguiError("path_not_usable", path=str(file), reason="it does not exist")
    _require_own(wanted.csv, wanted.files)
    durable.make_folder(wanted.csv.parent)
    with open_model(model, library, channel) as opened:
        _answer(opened, wanted, channel)


def _answer(model: ModelInUse, wanted: Wanted, channel: Channel) -> None:
    tick = lambda _: channel.stop_if_requested()  # noqa: E731
    paths = list(list_files(wanted.files, model.modality, tick))
    found = NewSamples(paths=paths, model=model, thumbnails=wanted.thumbnails)
    threshold = model.threshold if wanted.threshold is None else wanted.threshold
    table = _Table(model, threshold, channel)
    with durable.published_file(wanted.csv) as stream, closing(found.samples(tick)) as samples:
        write_predictions(stream, model.classes, table.rows(samples, found.total))
        if not table.num_answered:
            raise _nothing_answered(wanted.files[0], table)
    channel.send(
        PredictionFinished,
        num_samples=table.num_answered,
        num_unreadable=table.num_unreadable,
        csv=str(wanted.csv),
        num_unfamiliar=table.num_unfamiliar,
    )


def _require_own(csv: Path, files: Sequence[Path]) -> None:
    """Refuse to replace what a person would miss."""
    is_free = not os.path.lexists(csv)
    if is_free or (is_predictions(csv) and not any(csv.samefile(file) for file in files)):
        return
    reason = "it exists and is no table of answers; name another file for them"
    raise TlguiError("path_not_usable", path=str(csv), reason=reason)


def _nothing_answered(first: Path, table: "_Table") -> TlguiError:
    reason = "nothing in it can be read"
    if table.first_problem is not None:
        path, why = table.first_problem
        reason = why if path == str(first) else f"{reason}, such as {path} ({why})"
    return TlguiError("path_not_usable", path=str(first), reason=reason)


class _Table:
    """What turns samples into rows of the table, and tells of them.

    Attributes:
        first_problem: Name of the first sample without an answer, and why it has none.
    """

    def __init__(self, model: ModelInUse, threshold: float, channel: Channel) -> None:
        self._model, self._threshold, self._channel = model, threshold, channel
        self.num_answered = self.num_unreadable = self.num_unfamiliar = 0
        self.first_problem: tuple[str, str] | None = None

    def rows(self, samples: Iterator[NewSample], total: int) -> Iterator[Row]:
        """Yield a row of the table for every sample; ``total`` is 0 where nobody knows it."""
        while batch := list(islice(samples, BATCH_SIZE)):
            self._channel.stop_if_requested()
            yield from self._batch(batch)
            done = self.num_answered + self.num_unreadable
            self._channel.progress("predicting", done, total)

    def _batch(self, samples: Sequence[NewSample]) -> Iterator[Row]:
        batch = [sample.contents for sample in samples if not sample.reason]
        rows = iter([*self._model.answerer.told(batch).rows()] if batch else [])
        for sample in samples:
            yield self._unreadable(sample) if sample.reason else self._answer(sample, *next(rows))

    def _unreadable(self, sample: NewSample) -> Row:
        self.num_unreadable += 1
        self.first_problem = self.first_problem or (sample.name, sample.reason)
        problem = Problem(code="file_unreadable", path=sample.name, reason=sample.reason)
        if self.num_unreadable <= MAX_TOLD:
            self._channel.send(ProblemFound, problem=problem)
        return [sample.name, *[""] * (len(HEADER) - 1 + len(self._model.classes))]

    def _answer(
        self, sample: NewSample, probabilities: NDArray[np.float32], strangeness: float | None
    ) -> Row:
        self.num_answered += 1
        self.num_unfamiliar += is_unfamiliar(strangeness)
        classes = self._model.classes
        row = prediction_row(sample.name, "", classes, probabilities, self._threshold, strangeness)
        if self.num_answered <= MAX_TOLD:
            probability = float(probabilities.max())
            self._channel.send(
                SamplePredicted,
                file=sample.name,
                predicted=str(row[2]),
                probability=probability,
                is_sure=probability >= self._threshold,
                is_unfamiliar=is_unfamiliar(strangeness),
                shares=_shares(classes, probabilities),
                thumbnail=sample.thumbnail,
                text=sample.text[:MAX_CHARACTERS],
            )
        return row


def _shares(classes: Sequence[str], probabilities: NDArray[np.float32]) -> tuple[Share, ...]:
    """Return the most probable classes, the first one first."""
    order = np.argsort(-probabilities, kind="stable")[:MAX_SHARES]
    return tuple(Share(name=classes[i], probability=float(probabilities[i])) for i in order)
