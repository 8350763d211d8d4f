"""The data page: what is in a folder, and what is wrong with it."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy

from tlgui.core.wording import problem_sentence
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.bar_list import Bar, BarList
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.gallery import Gallery, Picture
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.viewmodels.dataset import DatasetViewModel

MAX_LISTED = 2000  # problems; more than anybody reads


class DataPage(Page):
    """Draws a DatasetViewModel."""

    folder_wanted = Signal()

    def __init__(self, viewmodel: DatasetViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self._shown_source: object = None
        self._add_buttons()
        self.progress = ProgressLine()
        self.failure = FailureNotice()
        self.problems = Notice("warning")
        self.show_problems = self.problems.add_action(self.tr("Show"), self._toggle_problems)
        self.problem_list = QPlainTextEdit(readOnly=True)
        self.problem_list.setAccessibleName(self.tr("Problems"))
        self.problem_list.setFixedHeight(150)
        self.problem_list.hide()
        self.question = Notice("plain")
        self.keep_together = self.question.add_action(
            self.tr("Yes, keep together"), viewmodel.keep_together
        )
        for widget in (
            self.progress,
            self.failure,
            self.problems,
            self.problem_list,
            self.question,
        ):
            self.body.addWidget(widget)
        self.body.addLayout(self._content(theme), 1)
        viewmodel.changed.connect(self.refresh)
        self.setFocusProxy(self.go_on)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.show_header(viewmodel.title, viewmodel.sub)
        self.go_on.setVisible(viewmodel.is_usable)
        self.cancel.setVisible(viewmodel.is_busy)
        self.choose.setVisible(not viewmodel.is_busy)
        progress = viewmodel.progress if viewmodel.is_busy else None
        self.progress.show_progress(progress, viewmodel.pace)
        self.failure.show_failure(viewmodel.failure)
        self._show_problems()
        self.question.show_text(self.tr("One question"), viewmodel.question)
        self._show_thumbnails()
        self._show_bars()

    def _add_buttons(self) -> None:
        self.choose = self.add_action(
            make_button(self.tr("Choose another folder"), "", self.folder_wanted.emit)
        )
        self.cancel = self.add_action(make_button(self.tr("Cancel"), "", self._viewmodel.cancel))
        self.go_on = self.add_action(
            make_button(self.tr("Continue"), "primary", self._viewmodel.accept)
        )

    def _content(self, theme: Theme) -> QHBoxLayout:
        self.gallery = Gallery(theme, QSize(132, 138))
        self.gallery.setAccessibleName(self.tr("Pictures"))
        self.bars_panel = Panel(self.tr("Pictures per kind"))
        self.bars_panel.setFixedWidth(300)
        self.bars_panel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.bars = BarList(theme, is_inline=False)
        self.bars.setAccessibleName(self.tr("Pictures per kind"))
        self.bars_panel.column.addWidget(self.bars, 1)
        self.bars_panel.column.addStretch(0)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.bars_panel)
        return row

    def _show_problems(self) -> None:
        problems = self._viewmodel.problems
        count = len(problems)
        strong = (
            self.tr("One thing to look at")
            if count == 1
            else self.tr("{count:,} things to look at").format(count=count)
        )
        self.problems.show_text(strong, self._viewmodel.problem_summary)
        if not count:
            self.problem_list.hide()
        elif self.problem_list.isVisible():
            self._list_problems()

    def _toggle_problems(self) -> None:
        is_shown = not self.problem_list.isVisible()
        self.problem_list.setVisible(is_shown)
        self.show_problems.setText(self.tr("Hide") if is_shown else self.tr("Show"))
        self._list_problems()

    def _list_problems(self) -> None:
        problems = self._viewmodel.problems
        if self.problem_list.document().blockCount() == min(len(problems), MAX_LISTED) > 1:
            return
        lines = [problem_sentence(p) for p in problems[:MAX_LISTED]]
        self.problem_list.setPlainText("\n".join(lines))

    def _show_thumbnails(self) -> None:
        thumbnails, model = self._viewmodel.thumbnails, self.gallery.pictures
        if thumbnails is not self._shown_source:
            self._shown_source = thumbnails
            model.show_pictures([])
            self.problem_list.hide()
        new = thumbnails[len(model.pictures) :]
        if new:
            model.add([Picture(thumbnail=t.file, caption=t.class_name, file=t.path) for t in new])

    def _show_bars(self) -> None:
        counts = self._viewmodel.class_counts
        most = max((count for _, count in counts), default=1) or 1
        self.bars_panel.setVisible(bool(counts))
        self.bars.show_bars(
            tuple(
                Bar(name=name, fraction=count / most, value=f"{count:,}", hint=name)
                for name, count in counts
            )
        )
