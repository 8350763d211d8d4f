"""How far answers can be believed, and what they are worth where doubtful ones are left open."""

import json
import logging
from typing import Final, Literal, get_args

from PySide6.QtCore import QTimer, Slot

from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Answered, ClassCurves, ConfidenceBin, Evaluation
from tlgui.core.evaluation_words import (
    answered_sentence,
    calibration_sentence,
    familiarity_sentence,
)
from tlgui.core.records import from_record
from tlgui.core.run_folder import RunFolder
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.view_model import ViewModel

log = logging.getLogger(__name__)

CurveKind = Literal["roc", "precision_recall"]
CURVE_KINDS: Final[tuple[CurveKind, ...]] = get_args(CurveKind)

PAUSE_MS: Final = 300  # after which a threshold that was moved is written down

Points = tuple[tuple[float, float], ...]


class CertaintyViewModel(ViewModel):
    """Holds what one evaluation says of its probabilities.

    Attributes:
        threshold: In percent; answers that are less sure count as "not sure".
        class_index: The class whose curve is shown.
        kind: Of the curve.
    """

    def __init__(self) -> None:
        super().__init__()
        self._evaluation: Evaluation | None = None
        self._run: RunFolder | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        self._is_moved = False
        self.failure: Failure | None = None
        self._known: dict[int, ClassCurves] = {}
        self.threshold = 0
        self.class_index = 0
        self.kind: CurveKind = "roc"

    def open(self, evaluation: Evaluation | None, run: RunFolder | None) -> None:
        """Show this evaluation of a run; None shows nothing."""
        self.keep()
        self._evaluation, self._run, self._known = evaluation, run, {}
        self.threshold = self.class_index = 0
        self.failure = None
        if run is not None:
            try:
                self.threshold = min(99, round(100 * run.read_threshold()))
            except TlguiError as error:
                self.failure = failure_of_error(error)
        self.announce_now()

    def choose_threshold(self, percent: int) -> None:
        """Leave answers open that are less sure than this, wherever the model is used."""
        self.threshold, self._is_moved = percent, True
        self._pause.start()
        self.announce_now()

    def keep(self) -> None:
        """Write the threshold down, if it was moved; nobody need wait for the pause."""
        self._pause.stop()
        if self._run is None or not self._is_moved:
            return
        self._is_moved = False
        try:
            self._run.write_threshold(self.threshold / 100)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
        else:
            if self.failure is not None:
                self.failure = None
                self.announce_now()

    def choose_class(self, index: int) -> None:
        """Show the curve of another class."""
        self.class_index = index
        self.announce_now()

    def choose_kind(self, kind: CurveKind) -> None:
        """Show the other curve."""
        self.kind = kind
        self.announce_now()

    @property
    def is_known(self) -> bool:
        """Whether anything is known; runs of earlier versions have to be evaluated again."""
        return self._evaluation is not None and self._evaluation.certainty is not None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes, in their order."""
        return tuple(c.name for c in self._evaluation.classes) if self._evaluation else ()

    @property
    def bins(self) -> tuple[ConfidenceBin, ...]:
        """What answers claim and how often they are right."""
        calibration = self._evaluation.calibration if self._evaluation else None
        return calibration.bins if calibration else ()

    @property
    def calibration_sentence(self) -> str:
        """The same in words."""
        return calibration_sentence(self._evaluation) if self._evaluation else ""

    @property
    def familiarity_words(self) -> tuple[str, str]:
        """How many samples are unlike anything that was learned from, in brief and whole, or ""."""
        evaluation = self._evaluation
        if evaluation is None or evaluation.familiarity is None:
            return "", ""
        whole, found = familiarity_sentence(evaluation), evaluation.familiarity
        if found.expected is None:
            return self.tr("too few to mark strange ones"), whole
        brief = self.tr("{count:,} of {total:,} unlike the training data")
        brief = brief.format(count=found.num_unfamiliar, total=evaluation.num_samples)
        return brief, whole

    @property
    def trade_off(self) -> Points:
        """Share of samples with an answer, and share of these that is right, by threshold."""
        return tuple(filter(None, map(self._point, self._answered)))

    @property
    def chosen_point(self) -> tuple[float, float] | None:
        """The same at the chosen threshold; None where nothing is sure enough."""
        answered = self._answered
        return self._point(answered[self.threshold]) if answered else None

    @property
    def answered_sentence(self) -> str:
        """What the chosen threshold does, in words."""
        if self._evaluation is None or not self._answered:
            return ""
        return answered_sentence(self._evaluation, self._answered[self.threshold])

    @property
    def curve(self) -> Points:
        """The chosen curve of the chosen class; () where there is none."""
        curves = self._class_curves()
        return curves.roc if self.kind == "roc" else curves.precision_recall

    @property
    def curve_sentence(self) -> str:
        """What the curve comes to."""
        if not self.class_names:
            return ""
        curves, name = self._class_curves(), self.class_names[self.class_index]
        area = curves.roc_auc if self.kind == "roc" else curves.average_precision
        if area is None:
            return self.tr("No curve: there are no test samples of {name}, or no others").format(
                name=name
            )
        what = {
            "roc": self.tr("area under the curve (ROC AUC)"),
            "precision_recall": self.tr("average precision"),
        }
        n = self._evaluation.classes[self.class_index].num_samples if self._evaluation else 0
        text = self.tr("{name} against all others: {what} {area:.3f}, n = {n:,}")
        return text.format(name=name, what=what[self.kind], area=area, n=n)

    @Slot()
    def _on_pause(self) -> None:
        self.keep()

    @property
    def _answered(self) -> tuple[Answered, ...]:
        certainty = self._evaluation.certainty if self._evaluation else None
        return certainty.answered if certainty else ()

    def _point(self, answered: Answered) -> tuple[float, float] | None:
        certainty = self._evaluation.certainty if self._evaluation else None
        if certainty is None or answered.accuracy is None:
            return None
        return answered.num_answered / certainty.num_samples, answered.accuracy.value

    def _class_curves(self) -> ClassCurves:
        if self.class_index not in self._known:
            self._known[self.class_index] = self._read_curves(self.class_index)
        return self._known[self.class_index]

    def _read_curves(self, index: int) -> ClassCurves:
        """Read the line of one class: of a thousand classes nobody looks at all."""
        if self._run is None:
            return ClassCurves()
        file = self._run.evaluation / "curves.jsonl"
        try:
            with file.open(encoding="utf-8") as lines:
                line = next(line for number, line in enumerate(lines) if number == index)
            return from_record(ClassCurves, json.loads(line))
        except (OSError, ValueError, StopIteration) as error:
            log.info("no curves in %s: %s", file, error)
            return ClassCurves()
