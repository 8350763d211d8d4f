"""Named bars below each other; a thousand of them are as cheap as ten."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget

BAR_PX = 8
VALUE_PX = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line: a name, a share of the full width, what the share means."""

    name: str
    fraction: float
    value: str
    hint: str = ""


class BarList(QScrollArea):
    """A scrollable list of bars."""

    def __init__(self, theme: Theme, *, is_inline: bool, parent: QWidget | None = None) -> None:
        """Prepare.

        Args:
            theme: Colors.
            is_inline: Name, bar and value on one line; otherwise the bar is below the words.
            parent: As in Qt.
        """
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._canvas = _Canvas(theme, is_inline)
        self.setWidget(self._canvas)
        self.viewport().setAutoFillBackground(False)
        self._canvas.setAutoFillBackground(False)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is drawn."""
        return self._canvas.bars

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Draw these bars."""
        if bars != self._canvas.bars:
            self._canvas.show_bars(bars)
            self.setMaximumHeight(self._canvas.minimumHeight() + 2)
            words = "; ".join(f"{bar.name}: {bar.value}" for bar in bars[:30])
            self.setAccessibleDescription(words)


class _Canvas(PaintedWidget):
    def __init__(self, theme: Theme, is_inline: bool) -> None:
        super().__init__(theme)
        self.bars: tuple[Bar, ...] = ()
        self._is_inline = is_inline
        self._row_px = 29 if is_inline else 40
        self.setMouseTracking(True)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        self.bars = bars
        self.setMinimumHeight(len(bars) * self._row_px)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.new_painter()
        first = event.rect().top() // self._row_px
        last = event.rect().bottom() // self._row_px
        for index in range(first, min(last + 1, len(self.bars))):
            row = QRect(0, index * self._row_px, self.width() - 4, self._row_px)
            self._paint_row(painter, row, self.bars[index])
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = int(event.position().y()) // self._row_px
        self.setToolTip(self.bars[index].hint if 0 <= index < len(self.bars) else "")
        super().mouseMoveEvent(event)

    def _paint_row(self, painter: QPainter, row: QRect, bar: Bar) -> None:
        name, value, track = self._places(row)
        metrics = painter.fontMetrics()
        painter.setPen(QColor(self.colors.text))
        text = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QColor(self.colors.muted))
        side = Qt.AlignmentFlag.AlignLeft if self._is_inline else Qt.AlignmentFlag.AlignRight
        painter.drawText(value, side | Qt.AlignmentFlag.AlignVCenter, bar.value)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colors.line))
        painter.drawRoundedRect(track, BAR_PX / 2, BAR_PX / 2)
        painter.setBrush(QColor(self.colors.accent))
        filled = QRectF(track)
        filled.setWidth(track.width() * min(1.0, max(0.0, bar.fraction)))
        painter.drawRoundedRect(filled, BAR_PX / 2, BAR_PX / 2)

    def _places(self, row: QRect) -> tuple[QRect, QRect, QRectF]:
        if self._is_inline:
            name_px = min(120, row.width() // 4)
            name = QRect(row.left(), row.top(), name_px, row.height())
            value = QRect(row.right() - VALUE_PX, row.top(), VALUE_PX, row.height())
            left = name.right() + 12
            middle = row.center().y() - BAR_PX / 2
            return name, value, QRectF(left, middle, value.left() - 12 - left, BAR_PX)
        words = QRect(row.left(), row.top(), row.width(), 20)
        name = words.adjusted(0, 0, -60, 0)
        return name, words, QRectF(row.left(), row.top() + 22, row.width(), BAR_PX)
