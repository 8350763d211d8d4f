"""The use & export page: let the model sort new pictures or texts, and take it elsewhere."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.answer_panel import AnswerPanel
from tlgui.gui.widgets.answers_table import AnswersTable
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.drop_area import DropArea
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.export import FORMATS, ExportViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.samples import samples_word

DROP_PX = 112  # beside a table
QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own word for no limit


@dataclass(frozen=True, slots=True, kw_only=True)
class UseViewModels:
    """Everything the page draws."""

    prediction: PredictionViewModel
    answering: AnsweringViewModel
    export: ExportViewModel


class UsePage(Page):
    """Draws what a model can be used for."""

    files_wanted = Signal()
    folder_wanted = Signal()
    table_target_wanted = Signal()
    export_folder_wanted = Signal()

    def __init__(self, viewmodels: UseViewModels, theme: Theme) -> None:
        super().__init__()
        self._prediction, self._export = viewmodels.prediction, viewmodels.export
        self.answer = AnswerPanel(viewmodels.answering, theme)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self._use_panel(), 1)
        row.addLayout(self._export_column())
        self.body.addLayout(row, 1)
        self._prediction.changed.connect(self.refresh)
        self._export.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-models' current state."""
        name = self._prediction.run.path.name if self._prediction.run else ""
        samples = samples_word(self._prediction.modality)
        is_text = self._prediction.modality == "text"
        self.answer.setVisible(is_text)
        self.setFocusProxy(self.answer if is_text else self.choose_files)
        self.drop.text.setText(
            self.tr("Drop texts, a table or a folder here")
            if is_text
            else self.tr("Drop pictures or a folder here")
        )
        self.choose_files.setText(self.tr("Choose {samples}").format(samples=samples))
        self.show_header(
            self.tr("Let it sort new {samples}").format(samples=samples),
            self.tr("With the model of {name}. Your files are only read.").format(name=name),
        )
        self._show_prediction()
        self._show_export()

    def _use_panel(self) -> Panel:
        panel = Panel()
        self.drop = DropArea("")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self.choose_files = make_button("", "", self.files_wanted.emit)
        self.choose_folder = make_button(self.tr("Choose a folder"), "", self.folder_wanted.emit)
        buttons.addWidget(self.choose_files)
        buttons.addWidget(self.choose_folder)
        buttons.addStretch(1)
        self.drop.column.addLayout(buttons)
        self.drop.column.addStretch(1)
        self.predict_progress = ProgressLine()
        self.predict_failure = FailureNotice()
        self.table = AnswersTable()
        self.summary = make_label("", "muted", wraps=True)
        self.cancel_predict = make_button(self.tr("Cancel"), "", self._prediction.cancel)
        self.save_table = make_button(
            self.tr("Save table as CSV"), "", self.table_target_wanted.emit
        )
        last = QHBoxLayout()
        last.addWidget(self.summary, 1)
        last.addWidget(self.cancel_predict)
        last.addWidget(self.save_table)
        panel.column.addWidget(self.answer)
        for widget in (self.drop, self.predict_progress, self.predict_failure):
            panel.column.addWidget(widget, 1 if widget is self.drop else 0)
        panel.column.addWidget(self.table, 8)
        panel.column.addLayout(last)
        return panel

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

    def _show_prediction(self) -> None:
        viewmodel = self._prediction
        progress = viewmodel.progress if viewmodel.is_busy else None
        self.predict_progress.show_progress(progress, viewmodel.pace)
        self.predict_failure.show_failure(viewmodel.failure)
        self.table.answers.show_rows(viewmodel.answers)
        self.table.setVisible(bool(viewmodel.answers))
        self.drop.setMaximumHeight(DROP_PX if viewmodel.answers else QWIDGETSIZE_MAX)
        self.summary.setText(viewmodel.summary)
        self.cancel_predict.setVisible(viewmodel.is_busy)
        self.save_table.setVisible(viewmodel.finished is not None)

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
