"""What every page looks like: a finding as the title, actions beside it, content below."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tlgui.gui.widgets.text import MAX_TEXT_PX, make_label, show_text

MARGIN_PX = 40


class Page(QWidget):
    """A page of the journey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = make_label("", "title", wraps=True)
        self.sub = make_label("", "muted", wraps=True)
        self.sub.setMaximumWidth(MAX_TEXT_PX)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(16)
        self.body = QVBoxLayout()
        self.body.setSpacing(16)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, 32, MARGIN_PX, 24)
        column.setSpacing(24)
        column.addLayout(self._header())
        column.addLayout(self.body, 1)

    def minimumSizeHint(self) -> QSize:
        """Return the least width; the height follows from it in a scroll area.

        What Qt guesses for wrapped texts is more than they need: a page would scroll for nothing.
        """
        return QSize(super().minimumSizeHint().width(), 0)

    def show_header(self, title: str, sub: str) -> None:
        """Say what the page found."""
        show_text(self.title, title)
        show_text(self.sub, sub)

    def add_action(self, button: QPushButton) -> QPushButton:
        """Put a button beside the title and return it."""
        self.buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def _header(self) -> QHBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.title)
        texts.addWidget(self.sub)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(texts, 1)
        row.addLayout(self.buttons)
        return row
