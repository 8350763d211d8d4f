"""The slider from Quick to Thorough, with what the plan in force takes."""

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.text import make_label, show_text

HANDLE_PX = 16
STOP_PX = 6
TRACK_PX = 4


class EffortSlider(QWidget):
    """A few stops between the quickest and the most thorough plan."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.slider = _StopSlider(theme)
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


class _StopSlider(QSlider):
    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        theme.changed.connect(self.update)
        self.setPageStep(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = self._theme.colors, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left, right, here = self._x(0), self._x(self.maximum()), self._x(self.value())
        for start, end, color in ((left, right, colors.line), (left, here, colors.accent)):
            painter.setBrush(QColor(color))
            track = QRectF(start, self.height() / 2 - TRACK_PX / 2, end - start, TRACK_PX)
            painter.drawRoundedRect(track, TRACK_PX / 2, TRACK_PX / 2)
        for stop in range(self.maximum() + 1):
            is_passed = stop <= self.value()
            self._dot(painter, self._x(stop), STOP_PX, colors.accent if is_passed else colors.muted)
        if self.hasFocus():
            self._dot(painter, here, HANDLE_PX + 6, colors.soft)
        self._dot(painter, here, HANDLE_PX, colors.accent)
        painter.end()

    def _x(self, stop: int) -> float:
        share = stop / max(1, self.maximum())
        return HANDLE_PX / 2 + 3 + share * (self.width() - HANDLE_PX - 6)

    def _dot(self, painter: QPainter, x: float, size: float, color: str) -> None:
        painter.setBrush(QColor(color))
        painter.drawEllipse(QRectF(x - size / 2, self.height() / 2 - size / 2, size, size))
