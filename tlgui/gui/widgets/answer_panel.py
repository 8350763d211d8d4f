"""Trying a model out: a text box, and beside it what the model says of what is typed."""

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from tlgui.core.wording import percent
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.bar_list import Bar, BarList
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.text import make_label, show_text
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.explanation import MAX_CHARACTERS, ExplanationViewModel

BOX_PX = 200


class AnswerPanel(QWidget):
    """Draws an AnsweringViewModel."""

    def __init__(self, viewmodel: AnsweringViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self._reasons: ExplanationViewModel | None = None
        self.box = QPlainTextEdit()
        self.box.setPlaceholderText(self.tr("Type or paste a text. The answer comes as you type."))
        self.box.setAccessibleName(self.tr("Text to try"))
        self.box.setTabChangesFocus(True)
        self.box.setAcceptDrops(False)  # a file belongs to the window, not its name in here
        self.box.setFixedHeight(BOX_PX)
        self.box.textChanged.connect(lambda: viewmodel.type_text(self.box.toPlainText()))
        self.failure = FailureNotice()
        self.again = self.failure.add_action(self.tr("Try again"), viewmodel.restart)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.box, 5)
        row.addWidget(self._answer(theme), 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.failure)
        column.addSpacing(4)
        viewmodel.changed.connect(self.refresh)
        self.setFocusProxy(self.box)
        self.refresh()

    def offer_reasons(self, reasons: ExplanationViewModel) -> None:
        """Let people ask why the answer is what it is."""
        self._reasons = reasons
        reasons.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        show_text(self.headline, viewmodel.headline)
        self.headline.setAccessibleName(viewmodel.headline)
        self.bars.show_bars(
            tuple(
                Bar(name=name, fraction=share, value=percent(share), hint=name)
                for name, share in viewmodel.shown
            )
        )
        show_text(self.note, viewmodel.note)
        self.failure.show_failure(viewmodel.failure)
        self._show_reasons()

    def _show_reasons(self) -> None:
        reasons, text = self._reasons, self._viewmodel.text
        if reasons is not None and reasons.typed and reasons.typed != text[:MAX_CHARACTERS]:
            reasons.hide()  # they are those of another text
        is_answered = reasons is not None and bool(self._viewmodel.shown)
        self.why.setVisible(is_answered and not (reasons and reasons.typed))

    def _ask_why(self) -> None:
        if self._reasons is not None:
            self._reasons.explain_text(self._viewmodel.text)

    def _answer(self, theme: Theme) -> QWidget:
        answer = QWidget()
        answer.setFixedHeight(BOX_PX)
        self.headline = make_label("", "strong", wraps=True)
        self.bars = BarList(theme, is_inline=True)
        self.bars.setAccessibleName(self.tr("How probable each kind is"))
        self.note = make_label("", "note", wraps=True)
        self.why = make_button(self.tr("Why?"), "link", self._ask_why)
        column = QVBoxLayout(answer)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self.bars, 1)
        column.addWidget(self.note)
        column.addWidget(self.why)
        column.addStretch(0)
        return answer
