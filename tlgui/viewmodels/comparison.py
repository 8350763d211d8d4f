"""The run on the screen beside another one on the same data."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from PySide6.QtCore import Slot

from tlgui.core.catalog import PresetInfo
from tlgui.core.comparing import Comparison, comparing, plan_differences
from tlgui.core.comparing_words import comparison_sentence, difference_sentence
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Prediction
from tlgui.core.prediction_table import read_predictions
from tlgui.core.run_folder import RunFolder, list_runs
from tlgui.core.run_state import RunState
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.samples import Shown, read_snippets
from tlgui.viewmodels.slices import SlicedWork
from tlgui.viewmodels.view_model import ViewModel

Points = tuple[tuple[float, float], ...]

MAX_OTHERS: Final = 50
MAX_FLIPS: Final = 200


class ComparisonViewModel(ViewModel):
    """Lays the answers of two runs beside each other; the first is the one on the screen.

    Attributes:
        others: Runs of the same kind that have a result, the latest first.
        other: The chosen one.
        comparison: Of both, once their answers are read.
    """

    def __init__(self, presets: Mapping[str, PresetInfo], home: Home) -> None:
        super().__init__()
        self._presets, self._home = presets, home
        self._reading = SlicedWork()
        self._reading.finished.connect(self._on_read)
        self._answers: tuple[list[Prediction], list[Prediction]] = ([], [])
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.others: tuple[RunFolder, ...] = ()
        self.other: RunFolder | None = None
        self.comparison: Comparison | None = None
        self.differences: tuple[str, ...] = ()
        self._gallery: tuple[Shown, ...] = ()
        self._states = (RunState(), RunState())
        self.failure: Failure | None = None

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Compare this run from now on."""
        if run == self.run:
            return
        self.run, self.modality = run, modality
        self.others = ()
        self._forget()
        self.announce_now()

    def clear(self) -> None:
        """Know of no run."""
        self.run, self.others = None, ()
        self._forget()
        self.announce_now()

    def look_for_others(self) -> None:
        """Find out which runs there are to compare with by now."""
        found = (run for run in list_runs(self._home.runs) if run != self.run)
        self.others = tuple(islice(filter(self._is_alike, found), MAX_OTHERS))
        if self.other not in self.others:
            self._forget()
        self.announce_now()

    def choose(self, index: int) -> None:
        """Compare with another run, by its place among ``others``; -1 with none."""
        self._forget()
        self.other = self.others[index] if 0 <= index < len(self.others) else None
        if self.run is not None and self.other is not None:
            self._reading.start(self._read(self.run, self.other))
        self.announce_now()

    @property
    def names(self) -> tuple[str, ...]:
        """What the others are called."""
        return tuple(run.path.name for run in self.others)

    @property
    def invitation(self) -> str:
        """What to do, or why there is nothing to do; "" once something is chosen."""
        if self.other is not None:
            return ""
        if not self.others:
            return self.tr(
                "There is no other run with a result yet. Train another model on the same data, "
                "and both can be compared here."
            )
        return self.tr("Which of two runs is better, and is that more than chance?")

    @property
    def sentence(self) -> str:
        """Which of the two is better, if that can be told."""
        return comparison_sentence(self.comparison, self.modality) if self.comparison else ""

    @property
    def curves(self) -> tuple[Points, Points]:
        """Accuracy on unseen samples over the share of its epochs, of this run and the other."""
        first, second = (_curve(state) for state in self._states)
        return first, second

    @property
    def curve_names(self) -> tuple[str, str]:
        """What the two curves are called."""
        runs = (self.run, self.other)
        first, second = (run.path.name if run else "" for run in runs)
        return first, second

    @property
    def gallery_title(self) -> str:
        """What the gallery shows."""
        if self.comparison is None or not self.comparison.flips:
            return ""
        text = self.tr("What only one of them gets right · {count:,}, first what is won")
        return text.format(count=len(self.comparison.flips))

    @property
    def gallery(self) -> tuple[Shown, ...]:
        """What only one of them gets right."""
        return self._gallery

    def _shown(self, run: RunFolder, comparison: Comparison) -> tuple[Shown, ...]:
        flips = comparison.flips[:MAX_FLIPS]
        files = {flip.file for flip in flips}
        rows = {p.file: row for row, p in enumerate(self._answers[0]) if p.file in files}
        snippets = read_snippets(run.evaluation) if self.modality == "text" else {}
        text = self.tr("{true}: {first} → {second}")
        return tuple(
            Shown(
                file=flip.file,
                caption=text.format(true=flip.true, first=flip.first, second=flip.second),
                thumbnail=_thumbnail(run, rows[flip.file]),
                text=snippets.get(rows[flip.file], ""),
            )
            for flip in flips
        )

    def _is_alike(self, run: RunFolder) -> bool:
        """Whether a run has a result on samples of the same modality."""
        if not run.has_evaluation():
            return False
        try:
            info = self._presets.get(run.read_plan().presets[0])
        except TlguiError:  # told where its run is opened
            return False
        return info is not None and info.task == self.modality

    def _forget(self) -> None:
        self._reading.stop()
        self._answers = ([], [])
        self.other = self.comparison = self.failure = None
        self.differences, self._gallery = (), ()
        self._states = (RunState(), RunState())

    def _read(self, first: RunFolder, second: RunFolder) -> Iterator[None]:
        try:
            differences = plan_differences(first.read_plan(), second.read_plan(), self._presets)
            self.differences = tuple(map(difference_sentence, differences))
            states = []
            for run in (first, second):
                state = RunState()
                for event in run.events():
                    state = state.after(event)
                    yield
                states.append(state)
            self._states = (states[0], states[1])
            for run, answers in zip((first, second), self._answers, strict=True):
                for prediction in read_predictions(run.evaluation / "predictions.csv"):
                    answers.append(prediction)
                    yield
            for compared in comparing(*self._answers):
                self.comparison = compared
                yield
        except TlguiError as error:
            self.failure = failure_of_error(error)

    @Slot()
    def _on_read(self) -> None:
        if self.comparison is not None and self.run is not None:
            self._gallery = self._shown(self.run, self.comparison)
        self.announce_now()


def _thumbnail(run: RunFolder, row: int) -> str:
    path = run.evaluation / "thumbnails" / f"{row}.jpg"
    return str(path) if path.is_file() else ""


def _curve(state: RunState) -> Points:
    last = state.epochs[-1].epoch if state.epochs else 1
    return tuple((epoch.epoch / last, epoch.val_accuracy) for epoch in state.epochs)
