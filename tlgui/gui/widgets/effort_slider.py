"""The slider from Quick to Thorough, with what the plan in force takes."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted_slider import PaintedSlider
from tlgui.gui.widgets.text import make_label, show_text


class EffortSlider(QWidget):
    """A few stops between the quickest and the most thorough plan."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.slider = PaintedSlider(theme, has_stops=True)
        self.slider.setAccessibleName(self.tr("Quick to thorough"))
        self.slider.valueChanged.connect(self.chosen)
        self.words = make_label("", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(make_label(self.tr("Quick"), "strong"))
        row.addWidget(self.slider, 1)
        row.addWidget(make_label(self.tr("Thorough"), "strong"))
        row.addSpacing(10)
        row.addWidget(self.words)

    def show_level(self, level: int, num_levels: int, words: str) -> None:
        """Draw the stop in force, 0 is the quickest, and what the plan takes."""
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, num_levels - 1)
            self.slider.setValue(level)
        self.slider.setAccessibleDescription(words)
        show_text(self.words, words)
