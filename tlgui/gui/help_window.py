"""What tlgui is, and the keys it knows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from tlgui import __version__
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.text import make_label


class HelpWindow(QDialog):
    """A small window beside the main one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About tlgui"))
        self.setMinimumWidth(440)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(make_label(f"tlgui {__version__}", "card"))
        about = self.tr(
            "Teaches pretrained models your own kinds of pictures and texts. "
            "Everything happens on this computer: nothing is sent anywhere, "
            "and your files are only read."
        )
        column.addWidget(make_label(about, wraps=True))
        column.addLayout(self._keys())
        close = make_button(self.tr("Close"), "primary", self.close)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(1, 1)
        keys = (
            ("Ctrl+O", self.tr("Open a folder")),
            ("Ctrl+1 … 5", self.tr("Go to a stage")),
            ("Esc", self.tr("Cancel looking through a folder")),
            ("Ctrl+Z", self.tr("Bring a discarded run back")),
            ("Ctrl+Q", self.tr("Close; training is paused and saved")),
            ("F1", self.tr("This window; where a plan is made, the ways to learn")),
        )
        for row, (key, words) in enumerate(keys):
            grid.addWidget(make_label(key, "strong"), row, 0)
            grid.addWidget(make_label(words, "muted"), row, 1)
        return grid
