"""Three cards of the result page: what answers claim, where to draw the line, one kind alone."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from tlgui.core.evaluation import ConfidenceBin
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.painted_slider import PaintedSlider
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.pills import Pills
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.gui.widgets.unit_plot import Dot, UnitPlot
from tlgui.viewmodels.certainty import CURVE_KINDS, CertaintyViewModel


class CertaintyCards(QWidget):
    """Draws a CertaintyViewModel."""

    def __init__(self, viewmodel: CertaintyViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for card in (self._claims(theme), self._threshold(theme), self._curves(theme)):
            row.addWidget(card, 1)
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.claims.show_dots(_dots(viewmodel.bins))
        show_text(self.claims_words, viewmodel.calibration_sentence)
        self.claims.setAccessibleDescription(viewmodel.calibration_sentence)
        with QSignalBlocker(self.slider):
            self.slider.setValue(viewmodel.threshold)
        self.trade_off.show_line(viewmodel.trade_off, viewmodel.chosen_point)
        self.trade_off.setAccessibleDescription(viewmodel.answered_sentence)
        show_text(self.threshold_words, viewmodel.answered_sentence)
        self._show_classes()
        self.curve.name_axes(*self._axes[viewmodel.kind])
        self.curve.show_line(viewmodel.curve)
        self.curve.setAccessibleDescription(viewmodel.curve_sentence)
        show_text(self.curve_words, viewmodel.curve_sentence)

    def _show_classes(self) -> None:
        names = self._viewmodel.class_names
        with QSignalBlocker(self.kinds):
            if names != tuple(self.kinds.itemText(i) for i in range(self.kinds.count())):
                self.kinds.clear()
                self.kinds.addItems(names)
            self.kinds.setCurrentIndex(self._viewmodel.class_index if names else -1)
        self.pills.show_chosen(self._viewmodel.kind)

    def _claims(self, theme: Theme) -> Panel:
        card = Panel(self.tr("Do answers claim too much? · calibration"))
        across, up = self.tr("what answers claim"), self.tr("right")
        self.claims = UnitPlot(theme, across, up, has_diagonal=True)
        self.claims.setAccessibleName(self.tr("Calibration"))
        self.claims_words = _words()
        card.column.addWidget(self.claims, 1)
        card.column.addWidget(self.claims_words)
        return card

    def _threshold(self, theme: Theme) -> Panel:
        card = Panel(self.tr("Leave doubtful ones open · “not sure”"))
        self.slider = PaintedSlider(theme)
        self.slider.setRange(0, 99)
        self.slider.setAccessibleName(self.tr("Smallest probability of an answer, in percent"))
        self.slider.valueChanged.connect(self._viewmodel.choose_threshold)
        self.trade_off = UnitPlot(theme, self.tr("answered"), self.tr("right"))
        self.trade_off.setAccessibleName(self.tr("Right answers by how many are given"))
        self.threshold_words = _words()
        card.column.addWidget(self.slider)
        card.column.addWidget(self.trade_off, 1)
        card.column.addWidget(self.threshold_words)
        return card

    def _curves(self, theme: Theme) -> Panel:
        card = Panel(self.tr("One kind against all others"))
        self._axes = {
            "roc": (self.tr("others taken for it"), self.tr("recognized")),
            "precision_recall": (self.tr("recognized (recall)"), self.tr("right (precision)")),
        }
        names = (self.tr("ROC"), self.tr("Precision and recall"))
        self.kinds = ChoiceBox()
        self.kinds.setAccessibleName(self.tr("Kind"))
        self.kinds.currentIndexChanged.connect(self._viewmodel.choose_class)
        self.pills = Pills(dict(zip(CURVE_KINDS, names, strict=True)))
        self.pills.chosen.connect(self._viewmodel.choose_kind)
        self.curve = UnitPlot(theme, *self._axes["roc"])
        self.curve.setAccessibleName(self.tr("Curve of one kind"))
        self.curve_words = _words()
        choices = QHBoxLayout()
        choices.addWidget(self.kinds, 1)
        choices.addWidget(self.pills)
        card.column.addLayout(choices)
        card.column.addWidget(self.curve, 1)
        card.column.addWidget(self.curve_words)
        return card


def _words() -> QLabel:
    return make_label("", "note", wraps=True)


def _dots(bins: tuple[ConfidenceBin, ...]) -> list[Dot]:
    total = sum(found.num_samples for found in bins)
    return [
        Dot(
            x=found.confidence,
            y=found.accuracy.value,
            low=found.accuracy.low,
            high=found.accuracy.high,
            share=found.num_samples / total,
        )
        for found in bins
    ]
