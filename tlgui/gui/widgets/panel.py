"""A calm box that holds what belongs together."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tlgui.gui.widgets.text import make_label


class Panel(QFrame):
    """A framed column of widgets with an optional small heading."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 18, 20, 18)
        self.column.setSpacing(8)
        self.heading = make_label(heading, "note", wraps=True)
        self.column.addWidget(self.heading)
        self.heading.setVisible(bool(heading))  # a parent first: alone it would be a window
