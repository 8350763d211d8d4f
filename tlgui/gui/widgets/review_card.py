"""A card of the result page: labels that are probably wrong, and shortcuts."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.choice_box import ChoiceBox
from tlgui.gui.widgets.flow import FlowLayout
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.sample_view import SampleView
from tlgui.gui.widgets.text import MAX_TEXT_PX, make_label, show_text
from tlgui.viewmodels.review import ReviewViewModel

MAX_SHORTCUTS = 3  # the best of them; each takes two lines


class ReviewCard(Panel):
    """Draws a ReviewViewModel."""

    def __init__(self, viewmodel: ReviewViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.invitation = make_label("", wraps=True)
        self.start = make_button(self.tr("Look for them"), "primary", viewmodel.start)
        self.stop = make_button(self.tr("Stop"), "link", viewmodel.cancel)
        self.failure = FailureNotice()
        self.progress = ProgressLine()
        self.no_shortcut = make_label("", "note", wraps=True)
        self.shortcuts = Notice("warning")
        self.suspects = make_label("", "strong", wraps=True)
        for label in (self.invitation, self.no_shortcut, self.suspects):
            label.setMaximumWidth(MAX_TEXT_PX)
        self.samples = SampleView(
            theme,
            self.tr("Pictures that may have a wrong label"),
            self.tr("Texts that may have a wrong label"),
        )
        self.samples.chosen.connect(viewmodel.choose)
        self._build_actions()
        self._arrange()
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        show_text(self.invitation, viewmodel.invitation)
        self.start.setVisible(viewmodel.can_start)
        self.stop.setVisible(viewmodel.is_busy)
        self.failure.show_failure(viewmodel.failure)
        self.progress.show_progress(viewmodel.progress, viewmodel.pace)
        found = viewmodel.shortcut_list
        show_text(self.no_shortcut, "" if found else viewmodel.shortcuts)
        told = "\n".join((viewmodel.shortcuts, *found[:MAX_SHORTCUTS]))
        self.shortcuts.show_text(self.tr("A shortcut?"), told if found else "")
        show_text(self.suspects, viewmodel.suspects)
        self.samples.show_samples(viewmodel.gallery, viewmodel.modality)
        if viewmodel.chosen is None:
            self.samples.clear_choice()
        self._show_actions()

    def _show_actions(self) -> None:
        viewmodel, suspect = self._viewmodel, self._viewmodel.suspect
        for button in (self.set_aside, self.agree, self.other):
            button.setVisible(suspect is not None and not viewmodel.is_corrected)
        self.undo.setVisible(viewmodel.is_corrected)
        for button in (self.open_file, self.show_folder):
            button.setVisible(viewmodel.chosen_file is not None)
        if suspect is not None:
            self.agree.setText(self.tr("It is {name}").format(name=suspect.suggested))
            self._offer([name for name in self._classes if name != suspect.label])
        show_text(self.changes, viewmodel.changes)
        self.again.setVisible(bool(viewmodel.changes))

    @property
    def _classes(self) -> tuple[str, ...]:
        return self._viewmodel.review.classes if self._viewmodel.review else ()

    def _offer(self, names: list[str]) -> None:
        if names != [self.other.itemText(i) for i in range(self.other.count())]:
            self.other.clear()
            self.other.addItems(names)
        self.other.setCurrentIndex(-1)

    def _build_actions(self) -> None:
        viewmodel = self._viewmodel
        self.set_aside = make_button(self.tr("Set aside"), "link", viewmodel.set_aside)
        self.agree = make_button("", "link", self._agree)
        self.other = ChoiceBox()
        self.other.setPlaceholderText(self.tr("Another kind"))
        self.other.setAccessibleName(self.tr("Another kind"))
        self.other.textActivated.connect(viewmodel.relabel)
        self.undo = make_button(self.tr("Undo"), "link", viewmodel.undo)
        self.open_file = make_button(self.tr("Open file"), "link", self._open_file)
        self.show_folder = make_button(self.tr("Show in folder"), "link", self._show_folder)
        self.changes = make_label("", "note")
        self.again = make_button(self.tr("Look through the data again"), "", viewmodel.look_again)

    def _agree(self) -> None:
        if self._viewmodel.suspect is not None:
            self._viewmodel.relabel(self._viewmodel.suspect.suggested)

    def _open_file(self) -> None:
        file = self._viewmodel.chosen_file
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file)))

    def _show_folder(self) -> None:
        file = self._viewmodel.chosen_file
        if file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.start)
        row.addWidget(self.stop)
        row.addStretch(1)
        column: QVBoxLayout = self.column
        column.addWidget(self.failure)
        column.addWidget(self.invitation)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.shortcuts)
        column.addWidget(self.suspects)
        column.addWidget(self.samples, 1)
        column.addLayout(self._action_row())
        column.addWidget(self.no_shortcut)
        column.addStretch(0)

    def _action_row(self) -> FlowLayout:
        row = FlowLayout(gap_px=16)
        choices = (self.set_aside, self.agree, self.other, self.undo)
        for widget in (*choices, self.open_file, self.show_folder, self.again, self.changes):
            row.addWidget(widget)
        return row
