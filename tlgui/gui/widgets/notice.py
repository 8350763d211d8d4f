"""A sentence in place: something to look at, a question, an error."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.failure import Failure

Tone = Literal["plain", "warning"]


class Notice(QFrame):
    """A strip with a strong word, a sentence and actions; hidden while it has no sentence."""

    def __init__(self, tone: Tone = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("tone", tone)
        self.strong = make_label("", "strong")
        self.text = make_label("", wraps=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for label in (self.strong, self.text):
            label.setContentsMargins(0, 3, 0, 3)  # on one line with the links
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 8, 14, 8)
        self._row.setSpacing(12)
        self._row.addWidget(self.strong, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.text, 1, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_text(self, strong: str, text: str) -> None:
        """Say something; an empty text hides the notice."""
        self.strong.setText(strong)
        self.strong.setVisible(bool(strong))
        self.text.setText(text)
        self.setAccessibleName(f"{strong}: {text}" if strong else text)
        self.setVisible(bool(text))

    def add_action(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        """Add a link at the right end and return it."""
        link = make_button(text, "link", clicked)
        self._row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        return link


class FailureNotice(Notice):
    """What went wrong, why and what to do, with Copy details."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warning", parent)
        self._details = ""
        self.copy = self.add_action(self.tr("Copy details"), self._copy)

    def show_failure(self, failure: Failure | None) -> None:
        """Say what went wrong; None hides the notice."""
        self._details = failure.details if failure else ""
        self.show_text("", failure.sentence if failure else "")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
