"""The result page: how good the model is, and where it errs."""

import heapq
import json
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, Literal

from PySide6.QtCore import Signal, Slot

from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import ClassScore, Evaluation, Prediction
from tlgui.core.evaluation_words import best_member_sentence, caution, reference_sentence, verdict
from tlgui.core.prediction_table import read_predictions
from tlgui.core.run_folder import RunFolder
from tlgui.core.wording import percent
from tlgui.viewmodels.certainty import CertaintyViewModel
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.samples import Shown, samples_word
from tlgui.viewmodels.slices import SlicedWork
from tlgui.viewmodels.view_model import ViewModel

log = logging.getLogger(__name__)

Lens = Literal["errors", "certainty", "labels", "comparison"]

MAX_WORST: Final = 24
MAX_CELL: Final = 200
FEW_SAMPLES: Final = 10
GOOD_F1: Final = 0.9


class EvaluationViewModel(ViewModel):
    """Holds the evaluation of one run; the predictions follow in slices.

    Attributes:
        lens: What of it is looked at.
        cell: Of the confusion matrix, whose samples are shown; None for mistakes.
        class_name: The class whose mistakes are shown; "" for those of all.
        certainty: What it says of its own probabilities.
        shows_strangest: Whether the strangest samples are shown there, not the least certain.
    """

    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reading = SlicedWork()
        self._reading.finished.connect(self._on_read)
        self.run: RunFolder | None = None
        self.evaluation: Evaluation | None = None
        self.failure: Failure | None = None
        self.predictions: list[Prediction] = []
        self.snippets: dict[int, str] = {}  # by row of the predictions
        self.cell: tuple[int, int] | None = None
        self.class_name = ""
        self._rows: dict[tuple[str, str], list[int]] = {}  # by class and answer
        self._found: dict[object, list[int]] = {}  # what was sorted once
        self.lens: Lens = "errors"
        self.shows_strangest = False
        self.certainty = CertaintyViewModel()

    def open_run(self, run: RunFolder) -> None:
        """Show the evaluation of a run's test split."""
        self._reading.stop()
        self.run, self.evaluation, self.failure = run, None, None
        self._forget_answers()
        try:
            self.evaluation = run.read_evaluation()
        except TlguiError as error:
            self.failure = failure_of_error(error)
        else:
            self._reading.start(self._read(run.evaluation))
        self.certainty.open(self.evaluation, run)
        if self.lens == "certainty" and not self.certainty.is_known:
            self.lens = "errors"
        self.announce_now()
        self.opened.emit()

    def clear(self) -> None:
        """Show no result."""
        self._reading.stop()
        self.run, self.evaluation, self.failure = None, None, None
        self._forget_answers()
        self.certainty.open(None, None)
        self.announce_now()

    def choose_lens(self, lens: Lens) -> None:
        """Look at something else of the same result."""
        self.lens = lens
        self.announce_now()

    def choose_cell(self, row: int, column: int) -> None:
        """Show the samples of one cell of the confusion matrix."""
        self.cell, self.class_name = (row, column), ""
        self.announce_now()

    def choose_class(self, name: str) -> None:
        """Show the mistakes about one class; a second time shows all again."""
        self.cell, self.class_name = None, "" if name == self.class_name else name
        self.announce_now()

    def show_worst(self) -> None:
        """Show the worst mistakes again."""
        self.cell, self.class_name = None, ""
        self.announce_now()

    def toggle_strangest(self) -> None:
        """Show the strangest samples, or the least certain ones again."""
        self.shows_strangest = not self.shows_strangest
        self.announce_now()

    @property
    def can_show_strangest(self) -> bool:
        """Whether it is known how strange samples are."""
        return any(p.strangeness is not None for p in self.predictions[:1])

    @property
    def title(self) -> str:
        """The verdict."""
        return verdict(self.evaluation)[0] if self.evaluation else self.tr("No result yet")

    @property
    def sub(self) -> str:
        """The verdict put into proportion."""
        return verdict(self.evaluation)[1] if self.evaluation else ""

    @property
    def caution(self) -> str:
        """Why the verdict proves nothing, or ""."""
        return caution(self.evaluation) if self.evaluation else ""

    @property
    def reference(self) -> str:
        """What a plain method and the best of several models reach on the same samples, or ""."""
        if self.evaluation is None:
            return ""
        told = (best_member_sentence(self.evaluation), reference_sentence(self.evaluation))
        return "\n".join(filter(None, told))

    @property
    def modality(self) -> Modality:
        """What the samples are."""
        return self.evaluation.modality if self.evaluation else "image"

    @property
    def classes(self) -> tuple[ClassScore, ...]:
        """The figures of each class."""
        return self.evaluation.classes if self.evaluation else ()

    @property
    def advice(self) -> str:
        """What would help most, or a warning about tiny numbers."""
        weak = [c for c in self.classes if c.f1 < GOOD_F1 and c.num_samples]
        worst = min(weak, key=lambda c: c.f1, default=None)
        if worst is not None and worst.num_samples < FEW_SAMPLES:
            return self.tr(
                "Only {count} of {name} were tested, so its figure is rough. "
                "More {samples} of {name} would help most."
            ).format(count=worst.num_samples, samples=self._samples, name=worst.name)
        if worst is not None:
            return self.tr("More {samples} of {name} would help most.").format(
                samples=self._samples, name=worst.name
            )
        few = [c for c in self.classes if c.num_samples < FEW_SAMPLES]
        if few:
            return self.tr(
                "Kinds with fewer than {count} tested {samples} have rough figures."
            ).format(count=FEW_SAMPLES, samples=self._samples)
        return ""

    @property
    def gallery_title(self) -> str:
        """What the gallery shows."""
        if self.lens == "certainty":
            strangest = self._is_strangest
            return self.tr("Strangest first") if strangest else self.tr("Least certain answers")
        if self.cell is not None and self.evaluation is not None:
            return self._cell_title(*self.cell)
        if self._reading.is_running:
            return self.tr("Worst mistakes")
        count = len(self._mistakes())
        if self.class_name:
            text = self.tr("Mistakes about {name}: {count:,}")
            return text.format(name=self.class_name, count=count)
        if not count:
            return self.tr("No mistakes on the test {samples}").format(samples=self._samples)
        return self.tr("Worst mistakes · {count:,} in all").format(count=count)

    @property
    def gallery(self) -> tuple[Shown, ...]:
        """The least certain samples, those of the chosen cell, or the worst mistakes."""
        if self.lens == "certainty":
            rows = self._strangest() if self._is_strangest else self._least_certain()
            return tuple(self._shown(index) for index in rows)
        if self.cell is not None:
            return tuple(self._shown(index) for index in self._of_cell(*self.cell)[:MAX_CELL])
        return tuple(self._shown(index) for index in self._mistakes()[:MAX_WORST])

    @property
    def _samples(self) -> str:
        return samples_word(self.modality)

    def _cell_title(self, row: int, column: int) -> str:
        true, said = self.classes[row].name, self.classes[column].name
        count = self.evaluation.confusion[row][column] if self.evaluation else 0
        if row == column:
            return self.tr("{name}, rightly recognized: {count:,}").format(name=true, count=count)
        return self.tr("{true} taken for {said}: {count:,}").format(
            true=true, said=said, count=count
        )

    def _forget_answers(self) -> None:
        self.predictions, self.snippets = [], {}
        self.cell, self.class_name = None, ""
        self._rows, self._found = {}, {}

    def _mistakes(self) -> list[int]:
        """Rows of wrong answers about the class that is looked at, the most certain first."""
        key = ("mistakes", self.class_name)
        return self._once(key, lambda: self._surest(self._is_mistake))

    def _least_certain(self) -> list[int]:
        def find() -> list[int]:
            rows = range(len(self.predictions))
            return heapq.nsmallest(MAX_WORST, rows, key=lambda i: self.predictions[i].probability)

        return self._once("least certain", find)

    @property
    def _is_strangest(self) -> bool:
        return self.shows_strangest and self.can_show_strangest

    def _strangest(self) -> list[int]:
        def find() -> list[int]:
            rows = range(len(self.predictions))
            return heapq.nlargest(
                MAX_WORST, rows, key=lambda i: self.predictions[i].strangeness or 0
            )

        return self._once("strangest", find)

    def _of_cell(self, row: int, column: int) -> list[int]:
        said = (self.classes[row].name, self.classes[column].name)
        return self._once(("cell", said), lambda: self._surest(lambda key: key == said))

    def _is_mistake(self, said: tuple[str, str]) -> bool:
        """Whether an answer is wrong, and about the class that is looked at."""
        return said[0] != said[1] and (not self.class_name or self.class_name in said)

    def _surest(self, accepts: Callable[[tuple[str, str]], bool]) -> list[int]:
        """Return the rows whose class and answer are accepted, the most certain answer first."""
        rows = chain.from_iterable(rows for said, rows in self._rows.items() if accepts(said))
        return sorted(sorted(rows), key=lambda i: -self.predictions[i].probability)

    def _once(self, key: object, find: Callable[[], list[int]]) -> list[int]:
        """Return what is found; every refresh asks for it, and it takes long among very many."""
        if self._reading.is_running:  # there are more to come
            return find()
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def _shown(self, index: int) -> Shown:
        prediction = self.predictions[index]
        thumbnail = self._thumbnail(index)
        said = percent(prediction.probability)
        if prediction.true == prediction.predicted:
            caption = f"{prediction.predicted} {said}"
        else:
            caption = self.tr("{true}, said {predicted} {percent}").format(
                true=prediction.true, predicted=prediction.predicted, percent=said
            )
        return Shown(
            file=prediction.file,
            caption=caption,
            thumbnail=str(thumbnail) if thumbnail.exists() else "",
            text=self.snippets.get(index, ""),
        )

    def _thumbnail(self, index: int) -> Path:
        folder = self.run.evaluation if self.run else Path()
        return folder / "thumbnails" / f"{index}.jpg"

    def _read(self, folder: Path) -> Iterator[None]:
        yield from self._read_predictions(folder / "predictions.csv")
        yield from self._read_snippets(folder / "snippets.jsonl")

    def _read_predictions(self, path: Path) -> Iterator[None]:
        try:
            for prediction in read_predictions(path):
                said = (prediction.true, prediction.predicted)
                self._rows.setdefault(said, []).append(len(self.predictions))
                self.predictions.append(prediction)
                yield
        except TlguiError as error:
            self.failure = failure_of_error(error)

    def _read_snippets(self, path: Path) -> Iterator[None]:
        """Take in what there is; without it the names of the files stand in."""
        try:
            with path.open(encoding="utf-8") as file:
                for line in file:
                    record = json.loads(line)
                    self.snippets[int(record["row"])] = str(record["text"])
                    yield
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.info("no snippets in %s: %s", path, error)

    @Slot()
    def _on_read(self) -> None:
        self.announce_now()
