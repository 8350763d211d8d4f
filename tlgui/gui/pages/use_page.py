"""The use & export page: let the model sort new pictures or texts, and take it elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.export_panel import ExportPanel
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.prediction_panel import PredictionPanel
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.export import ExportViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.samples import samples_word


@dataclass(frozen=True, slots=True, kw_only=True)
class UseViewModels:
    """Everything the page draws."""

    prediction: PredictionViewModel
    answering: AnsweringViewModel
    explanation: ExplanationViewModel
    export: ExportViewModel


class UsePage(Page):
    """Draws what a model can be used for."""

    def __init__(self, viewmodels: UseViewModels, theme: Theme) -> None:
        super().__init__()
        self._prediction = viewmodels.prediction
        self.panel = PredictionPanel(viewmodels.prediction, viewmodels.answering, theme)
        self.panel.show_reasons(viewmodels.explanation, theme)
        self.setFocusProxy(self.panel)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.panel, 1)
        self.export = ExportPanel(viewmodels.export)
        row.addWidget(self.export, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row, 1)
        self._prediction.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        name = self._prediction.run.path.name if self._prediction.run else ""
        samples = samples_word(self._prediction.modality)
        self.show_header(
            self.tr("Let it sort new {samples}").format(samples=samples),
            self.tr("With the model of {name}. Your files are only read.").format(name=name),
        )
