"""Letting a model sort: files in by several ways, and the answers beside each other."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QGuiApplication,
    QImage,
    QImageWriter,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.answer_detail import AnswerDetail
from tlgui.gui.widgets.answer_panel import AnswerPanel
from tlgui.gui.widgets.answer_view import AnswerView
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.drop_area import DropArea
from tlgui.gui.widgets.explanation_panel import ExplanationPanel
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.gui.widgets.why_answer import WhyAnswer
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.samples import samples_word

DROP_PX = 96  # beside answers
DROP_MARGINS = (24, 12, 24, 12)
QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own word for no limit


class PredictionPanel(Panel):
    """Draws a PredictionViewModel, and for texts an AnsweringViewModel."""

    files_wanted = Signal()
    folder_wanted = Signal()
    table_target_wanted = Signal()
    copies_folder_wanted = Signal()

    def __init__(
        self, viewmodel: PredictionViewModel, answering: AnsweringViewModel, theme: Theme
    ) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.answer = AnswerPanel(answering, theme)
        self.drop = self._drop_area()
        self.note = Notice()
        self.problems = Notice("warning")
        self.failure = FailureNotice()
        self.progress = ProgressLine()
        self.answers = AnswerView(theme)
        self.answers.chosen.connect(viewmodel.choose_answer)
        self.answers.filter_chosen.connect(viewmodel.choose_filter)
        self.detail = AnswerDetail(viewmodel.detail, theme)
        self.summary = make_label("", "muted", wraps=True)
        self._arrange()
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.paste_clipboard)
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self._show_ways_in()
        self.note.show_text("", viewmodel.note)
        self.problems.show_text("", viewmodel.problem_note)
        self.failure.show_failure(viewmodel.failure)
        self.progress.show_progress(
            viewmodel.progress if viewmodel.is_busy else None, viewmodel.pace
        )
        self.answers.show_answers(viewmodel.list, viewmodel.modality)
        self.found.setVisible(bool(viewmodel.answers))
        self.drop.setMaximumHeight(DROP_PX if viewmodel.answers else QWIDGETSIZE_MAX)
        show_text(self.summary, viewmodel.summary)
        self.summary.setToolTip(viewmodel.place)
        self.cancel.setVisible(viewmodel.is_busy)
        is_done = viewmodel.finished is not None and not viewmodel.is_busy
        self.save_table.setVisible(is_done)
        self.sort_copies.setVisible(is_done)
        self.open_copies.setVisible(viewmodel.copies is not None)

    def show_reasons(self, viewmodel: ExplanationViewModel, theme: Theme) -> None:
        """Let people ask why, for one of the answers and for a text that was typed."""
        self.why = WhyAnswer(viewmodel, self._viewmodel.detail, theme)
        self.detail.more.addWidget(self.why)
        self.why_typed = ExplanationPanel(viewmodel, theme, of_typed=True)
        self.column.insertWidget(self.column.indexOf(self.drop), self.why_typed, 6)
        self.answer.offer_reasons(viewmodel)

    def paste_clipboard(self) -> None:
        """Take files, a picture or a text that was copied elsewhere."""
        copied = QGuiApplication.clipboard().mimeData()
        files = [url.toLocalFile() for url in copied.urls() if url.isLocalFile()]
        if files:
            self._viewmodel.predict(files)
        elif self._viewmodel.modality == "text" and copied.text().strip():
            self.answer.box.setPlainText(copied.text())
        elif self._viewmodel.modality == "image" and copied.hasImage():
            self._viewmodel.predict_pasted(_png(QImage(copied.imageData())))
        else:
            self._viewmodel.tell_nothing_to_paste()

    def _show_ways_in(self) -> None:
        is_text = self._viewmodel.modality == "text"
        samples = samples_word(self._viewmodel.modality)
        self.answer.setVisible(is_text)
        self.setFocusProxy(self.answer if is_text else self.choose_files)
        self.drop.text.setText(
            self.tr("Drop texts, a table or a folder here")
            if is_text
            else self.tr("Drop pictures or a folder here")
        )
        self.choose_files.setText(self.tr("Choose {samples}").format(samples=samples))

    def _drop_area(self) -> DropArea:
        drop = DropArea("")
        drop.column.setContentsMargins(*DROP_MARGINS)
        self.choose_files = make_button("", "", self.files_wanted.emit)
        self.choose_folder = make_button(self.tr("Choose a folder"), "", self.folder_wanted.emit)
        self.paste = make_button(self.tr("Paste"), "", self.paste_clipboard)
        keys = QKeySequence(QKeySequence.StandardKey.Paste)
        self.paste.setToolTip(keys.toString(QKeySequence.SequenceFormat.NativeText))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.choose_files, self.choose_folder, self.paste):
            buttons.addWidget(button)
        buttons.addStretch(1)
        drop.column.addLayout(buttons)
        drop.column.addStretch(1)
        return drop

    def _arrange(self) -> None:
        self.cancel = make_button(self.tr("Cancel"), "", self._viewmodel.cancel)
        self.save_table = make_button(
            self.tr("Save table as CSV"), "", self.table_target_wanted.emit
        )
        self.sort_copies = make_button(
            self.tr("Make sorted copies"), "", self.copies_folder_wanted.emit
        )
        self.sort_copies.setToolTip(
            self.tr("Copies every file into a folder of its kind; the files stay where they are.")
        )
        self.open_copies = make_button(self.tr("Open the folder"), "link", self._open_copies)
        self.found = QWidget()
        middle = QHBoxLayout(self.found)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(16)
        middle.addWidget(self.answers, 1)
        middle.addWidget(self.detail)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self.summary, 1)
        last.addStretch(0)
        for button in (self.open_copies, self.cancel, self.sort_copies, self.save_table):
            last.addWidget(button)
        self.column.addWidget(self.answer)
        self.column.addWidget(self.drop, 1)
        for widget in (self.note, self.problems, self.failure, self.progress):
            self.column.addWidget(widget)
        self.column.addWidget(self.found, 8)
        self.column.addLayout(last)

    def _open_copies(self) -> None:
        if self._viewmodel.copies is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._viewmodel.copies.folder))


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(0)  # packing a large one would keep the window waiting
    writer.write(image)
    return bytes(buffer.data().data())
