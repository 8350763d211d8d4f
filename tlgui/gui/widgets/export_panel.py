"""Taking a model elsewhere: where it will run, how large it may be, and what was proven."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from tlgui.core.export_words import FormatWords
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.viewmodels.export import ExportViewModel

WIDTH_PX = 320


class ExportPanel(Panel):
    """Draws an ExportViewModel."""

    folder_wanted = Signal()

    def __init__(self, viewmodel: ExportViewModel) -> None:
        super().__init__(self.tr("Take it elsewhere (export)"))
        self.setFixedWidth(WIDTH_PX)
        self._viewmodel = viewmodel
        self.format = self._box(self.tr("Where will it run?"))
        self.format_note = make_label("", "muted", wraps=True)
        self.storage = self._box(self.tr("How large may it be?"))
        self.storage_note = make_label("", "muted", wraps=True)
        self.format.activated.connect(lambda: viewmodel.choose_format(self.format.currentData()))
        self.storage.activated.connect(
            lambda: viewmodel.choose_quantization(self.storage.currentData())
        )
        self._add_making()
        self._add_result()
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        _show_choices(self.format, viewmodel.formats, viewmodel.format)
        _show_choices(self.storage, viewmodel.storages, viewmodel.quantize)
        self.format_note.setText(_note(viewmodel.format_words))
        self.storage_note.setText(_note(viewmodel.storage_words))
        for part in (self.storage_title, self.storage, self.storage_note):
            part.setVisible(len(viewmodel.storages) > 1)
        for control in (self.format, self.storage, self.export):
            control.setEnabled(not viewmodel.is_busy)
        self.cancel.setVisible(viewmodel.is_busy)
        self._show_progress()
        self.failure.show_failure(viewmodel.failure)
        for label, text in (
            (self.result, viewmodel.result),
            (self.cost, viewmodel.cost),
            (self.result_note, viewmodel.result_note),
        ):
            show_text(label, text)
        self.open_folder.setVisible(viewmodel.finished is not None)

    def _box(self, name: str) -> ChoiceBox:
        box = ChoiceBox()
        box.setAccessibleName(name)
        return box

    def _add_making(self) -> None:
        self.storage_title = make_label(self.tr("How large may it be?"), "card")
        self.proof = make_label(
            self.tr("It is opened in a fresh process and compared before it is called done."),
            "note",
            wraps=True,
        )
        self.export = make_button(self.tr("Export to a folder"), "primary", self.folder_wanted.emit)
        self.cancel = make_button(self.tr("Cancel"), "", self._viewmodel.cancel)
        self.progress = ProgressLine()
        for widget in (
            make_label(self.tr("Where will it run?"), "card"),
            self.format,
            self.format_note,
            self.storage_title,
            self.storage,
            self.storage_note,
            self.export,
            self.proof,
            self.progress,
            self.cancel,
        ):
            self.column.addWidget(widget)

    def _add_result(self) -> None:
        self.failure = FailureNotice()
        self.result = make_label("", "", wraps=True)
        self.cost = make_label("", "", wraps=True)
        self.result_note = make_label("", "note", wraps=True)
        self.open_folder = make_button(self.tr("Open the folder"), "link", self._open_folder)
        for widget in (self.failure, self.result, self.cost, self.result_note, self.open_folder):
            self.column.addWidget(widget)

    def _show_progress(self) -> None:
        viewmodel = self._viewmodel
        if viewmodel.is_busy and viewmodel.progress is None:
            self.progress.show_words(self.tr("Writing the model"))
        else:
            progress = viewmodel.progress if viewmodel.is_busy else None
            self.progress.show_progress(progress, viewmodel.pace)

    def _open_folder(self) -> None:
        if self._viewmodel.finished is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(self._viewmodel.finished.folder))


def _show_choices(box: ChoiceBox, choices: Sequence[tuple[str, FormatWords]], chosen: str) -> None:
    with QSignalBlocker(box):
        if [box.itemData(number) for number in range(box.count())] != [key for key, _ in choices]:
            box.clear()
            for key, words in choices:
                box.addItem(words.where, key)
        box.setCurrentIndex(box.findData(chosen))


def _note(words: FormatWords) -> str:
    return f"{words.sentence} ({words.term})"
