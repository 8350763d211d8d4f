"""A slider in the window's colors."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from tlgui.gui.theme import Theme

HANDLE_PX = 16
STOP_PX = 6
TRACK_PX = 4


class PaintedSlider(QSlider):
    """A track, what of it lies behind the handle, and a dot for each stop if there are few."""

    def __init__(self, theme: Theme, *, has_stops: bool = False) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._has_stops = has_stops
        theme.changed.connect(self.update)
        if has_stops:
            self.setPageStep(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room it likes."""
        return QSize(240, 24)

    def minimumSizeHint(self) -> QSize:
        """Return the room it needs."""
        return QSize(100, 24)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll: nobody means to move a slider by that."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        colors, painter = self._theme.colors, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        left, right, here = self._x(0), self._x(self.maximum()), self._x(self.value())
        for start, end, color in ((left, right, colors.line), (left, here, colors.accent)):
            painter.setBrush(QColor(color))
            track = QRectF(start, self.height() / 2 - TRACK_PX / 2, end - start, TRACK_PX)
            painter.drawRoundedRect(track, TRACK_PX / 2, TRACK_PX / 2)
        for stop in range(self.maximum() + 1 if self._has_stops else 0):
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
