"""A quiet place that invites to drop something; the window itself takes the drop."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tlgui.gui.widgets.text import make_label


class DropArea(QFrame):
    """A dashed box with a sentence."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop")
        self.text = make_label(text, "muted", wraps=True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.addStretch(1)
        self.column.addWidget(self.text)

    def show_hover(self, is_hovered: bool) -> None:
        """Show whether something is about to be dropped."""
        self.setProperty("hover", is_hovered)
        self.style().unpolish(self)
        self.style().polish(self)
