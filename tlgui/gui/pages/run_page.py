"""The run page: watch a model learn, and stop it in three different ways."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.gui.widgets.learning_plot import LearningPlot
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.coach import coach_line
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.run_words import (
    facts,
    first_answer,
    headline,
    learning_blocks,
    learning_note,
    sub_line,
    waiting_words,
)


class RunPage(Page):
    """Draws a RunViewModel."""

    result_wanted = Signal()

    def __init__(self, viewmodel: RunViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self._add_buttons()
        self.progress = ProgressLine()
        self.failure = FailureNotice()
        self.trashed = Notice("plain")
        self.undo = self.trashed.add_action(self.tr("Undo"), viewmodel.undo_discard)
        self.coach = Notice("plain")
        for widget in (self.failure, self.trashed, self.progress):
            self.body.addWidget(widget)
        self._content = QWidget()
        row = QHBoxLayout(self._content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self._plot_panel(theme), 1)
        self.side = self._side(theme)
        row.addWidget(self.side)
        self.body.addWidget(self._content, 1)
        self.body.addWidget(self.coach)
        self.body.addStretch(0)
        viewmodel.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.show_header(headline(viewmodel), sub_line(viewmodel))
        self._show_buttons()
        progress = viewmodel.shown_progress
        self.progress.show_progress(progress, viewmodel.pace)
        if viewmodel.is_training and viewmodel.state.started is None and progress is None:
            self.progress.show_words(self.tr("Starting"))
        self.failure.show_failure(viewmodel.failure)
        is_trashed = viewmodel.discarded is not None and viewmodel.run is None
        self.trashed.show_text("", self.tr("The run was moved to the trash.") if is_trashed else "")
        self._content.setVisible(viewmodel.run is not None)
        has_curves = bool(viewmodel.state.epochs) or viewmodel.state.last_step is not None
        self.plot.setVisible(has_curves)
        self.waiting.setVisible(not has_curves)
        self.waiting.setText(waiting_words(viewmodel))
        self.coach.show_text(self.tr("Coach"), coach_line(viewmodel.state) if viewmodel.run else "")
        self.side.setVisible(viewmodel.state.ensemble is None)  # which has nothing to say there
        self._show_side()

    def _add_buttons(self) -> None:
        viewmodel = self._viewmodel
        self.pause = self.add_action(make_button(self.tr("Pause"), "", viewmodel.pause))
        self.stop = self.add_action(make_button(self.tr("Stop and keep"), "", viewmodel.stop))
        self.discard = self.add_action(make_button(self.tr("Discard"), "quiet", viewmodel.discard))
        self.resume = self.add_action(make_button(self.tr("Continue"), "primary", viewmodel.resume))
        self.see_result = self.add_action(
            make_button(self.tr("See the result"), "primary", self.result_wanted.emit)
        )
        self.pause.setToolTip(self.tr("Saves everything and frees the memory. Continue later."))
        self.stop.setToolTip(self.tr("Ends here. The best model so far is the result."))
        self.discard.setToolTip(self.tr("Moves the run to the trash. Can be undone."))

    def _show_buttons(self) -> None:
        viewmodel = self._viewmodel
        is_open = viewmodel.is_training and not viewmodel.request
        is_ended = viewmodel.status in ("finished", "stopped")
        self.pause.setVisible(is_open and not is_ended)
        self.stop.setVisible(is_open and not is_ended)
        self.discard.setVisible(
            (viewmodel.run is not None and not viewmodel.request and viewmodel.status != "running")
            or is_open
        )
        self.resume.setVisible(viewmodel.can_resume)
        self.see_result.setVisible(viewmodel.has_result)

    def _plot_panel(self, theme: Theme) -> Panel:
        panel = Panel()
        panel.column.setContentsMargins(12, 12, 12, 8)
        self.plot = LearningPlot(self._viewmodel, theme)
        panel.column.addWidget(self.plot, 1)
        self.waiting = make_label("", "muted")
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        panel.column.addWidget(self.waiting, 1)
        return panel

    def _side(self, theme: Theme) -> QWidget:
        side = QWidget()
        side.setFixedWidth(296)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for panel in (self._answer_panel(), self._groups_panel(theme), self._facts_panel()):
            column.addWidget(panel)
        column.addStretch(1)
        return side

    def _answer_panel(self) -> Panel:
        self.answer_panel = Panel(" ")
        self.answer = make_label("", "big")
        self.answer_note = make_label("", "muted", wraps=True)
        self.answer_panel.column.addWidget(self.answer)
        self.answer_panel.column.addWidget(self.answer_note)
        return self.answer_panel

    def _groups_panel(self, theme: Theme) -> Panel:
        self.groups_panel = Panel(" ")
        self.groups = GroupStrip(theme)
        self.groups_note = make_label("", "note", wraps=True)
        self.groups_panel.column.addWidget(self.groups)
        self.groups_panel.column.addWidget(self.groups_note)
        return self.groups_panel

    def _facts_panel(self) -> Panel:
        self.facts_panel = Panel()
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(4)
        self._facts.setColumnStretch(1, 1)
        self.facts_panel.column.addLayout(self._facts)
        self.fact_labels: list[tuple[QLabel, QLabel]] = []
        return self.facts_panel

    def _show_side(self) -> None:
        state = self._viewmodel.state
        answer = first_answer(state)
        self.answer_panel.setVisible(answer is not None)
        if answer is not None:
            self.answer_panel.heading.setText(answer.label)
            self.answer.setText(answer.value)
            self.answer_note.setText(answer.note)
        self.groups_panel.setVisible(bool(state.phases))
        if state.phases:
            self._show_groups()
        self._show_facts(facts(state))

    def _show_groups(self) -> None:
        phase = self._viewmodel.state.phases[-1]
        heading = (
            self.tr("What is learning now")
            if self._viewmodel.is_training
            else self.tr("What has learned last")
        )
        self.groups_panel.heading.setText(heading)
        self.groups.show_blocks(learning_blocks(self._viewmodel), fades=self._viewmodel.is_training)
        self.groups_note.setText(learning_note(phase))

    def _show_facts(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self.facts_panel.setVisible(bool(pairs))
        while len(self.fact_labels) < len(pairs):
            row = len(self.fact_labels)
            name, value = make_label("", "note"), make_label("", "small")
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setWordWrap(True)
            self._facts.addWidget(name, row, 0)
            self._facts.addWidget(value, row, 1)
            self.fact_labels.append((name, value))
        for index, (name, value) in enumerate(self.fact_labels):
            is_used = index < len(pairs)
            name.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                name.setText(pairs[index][0])
                value.setText(pairs[index][1])
