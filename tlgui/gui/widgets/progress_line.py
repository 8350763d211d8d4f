"""Progress of long work: what, how far, how fast, how long."""

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from tlgui.core.events import Progressed
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.pace import Pace
from tlgui.viewmodels.run_words import activity_words


class ProgressLine(QWidget):
    """A sentence above a bar; hidden while nothing is being done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = make_label("", "small", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.label)
        column.addWidget(self.bar)
        self.hide()

    def show_progress(self, progress: Progressed | None, pace: Pace) -> None:
        """Draw where the work is; None hides the line."""
        self.setVisible(progress is not None)
        if progress is None:
            return
        words = activity_words(progress.activity, pace, progress.done, progress.total)
        total = progress.total if progress.total > 1 else 0  # one piece shows no progress
        self.show_words(words, progress.done, total)

    def show_words(self, words: str, done: int = 0, total: int = 0) -> None:
        """Draw work whose words are known; a total of 0 is work of unknown length."""
        self.label.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setRange(0, total)
        self.bar.setValue(min(done, total))
        self.show()
