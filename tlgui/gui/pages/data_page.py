"""The data page: what is in a folder, and what is wrong with it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy

from tlgui.core.wording import problem_sentence
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.bar_list import Bar, BarList
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.column_chooser import ColumnChooser
from tlgui.gui.widgets.gallery import Gallery, Picture
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.snippet_panel import SnippetPanel
from tlgui.gui.widgets.text import make_label, show_text
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
        self.decisions = Notice("plain")
        self.take_back = self.decisions.add_action(self.tr("Take back"), viewmodel.take_back)
        self.columns = ColumnChooser(viewmodel)
        for widget in (
            self.progress,
            self.failure,
            self.problems,
            self.problem_list,
            self.decisions,
            self.question,
            self.columns,
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
        self.decisions.show_text("", viewmodel.decisions)
        self.question.show_text(self.tr("One question"), viewmodel.question)
        self.columns.refresh()
        self._show_samples()
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
        self.texts = SnippetPanel(self._viewmodel, theme)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.texts, 1)
        row.addWidget(self._bars_panel(theme))
        return row

    def _bars_panel(self, theme: Theme) -> Panel:
        self.bars_panel = Panel(" ")
        self.bars_panel.setFixedWidth(300)
        self.bars_panel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.bars = BarList(theme, is_inline=False)
        self.bars.chosen.connect(self._viewmodel.choose_class)
        self.class_words = make_label("", "small", wraps=True)
        self.facts = make_label("", "note", wraps=True)
        column = self.bars_panel.column
        column.addWidget(self.bars, 1)
        column.addWidget(self.class_words)
        column.addStretch(0)
        column.addWidget(self.facts)
        return self.bars_panel

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

    def _show_samples(self) -> None:
        is_text = self._viewmodel.modality == "text"
        self.gallery.setVisible(not is_text)
        always, never = Qt.ScrollBarPolicy.ScrollBarAlwaysOn, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        has_pictures = bool(self._viewmodel.thumbnails)
        self.gallery.setVerticalScrollBarPolicy(always if has_pictures else never)
        self.texts.setVisible(is_text)
        if self._viewmodel.thumbnails is not self._shown_source:
            self._shown_source = self._viewmodel.thumbnails
            self.gallery.pictures.show_pictures([])
            self.problem_list.hide()
        if is_text:
            self.texts.refresh()
        else:
            self._show_thumbnails()

    def _show_thumbnails(self) -> None:
        model = self.gallery.pictures
        new = self._viewmodel.thumbnails[len(model.pictures) :]
        if new:
            model.add([Picture(thumbnail=t.file, caption=t.class_name, file=t.path) for t in new])

    def _show_bars(self) -> None:
        viewmodel = self._viewmodel
        counts = viewmodel.class_counts
        heading = self.tr("{samples} per kind").format(samples=viewmodel.samples.capitalize())
        self.bars_panel.heading.setText(heading)
        self.bars.setAccessibleName(heading)
        show_text(self.class_words, viewmodel.class_words)
        show_text(self.facts, viewmodel.facts)
        most = max((count for _, count in counts), default=1) or 1
        self.bars_panel.setVisible(bool(counts))
        self.bars.show_bars(
            tuple(
                Bar(name=name, fraction=count / most, value=f"{count:,}", hint=name)
                for name, count in counts
            )
        )
        self.bars.show_chosen(viewmodel.snippets.class_name, can_choose=bool(viewmodel.class_words))
