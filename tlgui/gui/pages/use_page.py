"""The use & export page: let the model sort new pictures or texts, and take it elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.prediction_panel import PredictionPanel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.export import FORMATS, ExportViewModel
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

    export_folder_wanted = Signal()

    def __init__(self, viewmodels: UseViewModels, theme: Theme) -> None:
        super().__init__()
        self._prediction, self._export = viewmodels.prediction, viewmodels.export
        self.panel = PredictionPanel(viewmodels.prediction, viewmodels.answering, theme)
        self.panel.show_reasons(viewmodels.explanation, theme)
        self.setFocusProxy(self.panel)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.panel, 1)
        row.addLayout(self._export_column())
        self.body.addLayout(row, 1)
        self._prediction.changed.connect(self.refresh)
        self._export.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        name = self._prediction.run.path.name if self._prediction.run else ""
        samples = samples_word(self._prediction.modality)
        self.show_header(
            self.tr("Let it sort new {samples}").format(samples=samples),
            self.tr("With the model of {name}. Your files are only read.").format(name=name),
        )
        self._show_export()

    def _export_column(self) -> QVBoxLayout:
        panel = Panel(self.tr("Take it elsewhere (export)"))
        panel.setFixedWidth(320)
        self.format = QComboBox()
        self.format.setAccessibleName(self.tr("Format"))
        for key, title in FORMATS.items():
            self.format.addItem(title, key)
        self.format.activated.connect(lambda: self._export.choose_format(self.format.currentData()))
        note = make_label(
            self.tr(
                "A folder with the model, its labels and a page that says how to use it. "
                "It is opened in a fresh process and compared before it is called done."
            ),
            "muted",
            wraps=True,
        )
        self.export = make_button(
            self.tr("Export to a folder"), "primary", self.export_folder_wanted.emit
        )
        self.export_progress = ProgressLine()
        self.export_failure = FailureNotice()
        self.result = make_label("", "", wraps=True)
        self.result_note = make_label("", "note", wraps=True)
        self.open_folder = make_button(self.tr("Open the folder"), "link", self._open_folder)
        for widget in (
            make_label(self.tr("Where will it run?"), "card"),
            self.format,
            note,
            self.export,
            self.export_progress,
            self.export_failure,
            self.result,
            self.result_note,
            self.open_folder,
        ):
            panel.column.addWidget(widget)
        column = QVBoxLayout()
        column.addWidget(panel, 0, Qt.AlignmentFlag.AlignTop)
        return column

    def _show_export(self) -> None:
        viewmodel = self._export
        if viewmodel.is_busy and viewmodel.progress is None:
            self.export_progress.show_words(self.tr("Writing the model"))
        else:
            self.export_progress.show_progress(
                viewmodel.progress if viewmodel.is_busy else None, viewmodel.pace
            )
        self.export_failure.show_failure(viewmodel.failure)
        self.export.setEnabled(not viewmodel.is_busy)
        show_text(self.result, viewmodel.result)
        show_text(self.result_note, viewmodel.result_note)
        self.open_folder.setVisible(viewmodel.finished is not None)

    def _open_folder(self) -> None:
        if self._export.finished is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._export.finished.folder))
