"""A plot whose axes both go from 0 to 100 %: calibration, coverage, ROC and the like."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget, faded

LEFT_PX = 42
BOTTOM_PX = 36
TOP_PX = 22
RIGHT_PX = 20
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
MIN_DOT_PX, MAX_DOT_PX = 5.0, 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point with the interval of its height, the larger the more samples it stands for.

    Attributes:
        x: From 0 to 1.
        y: Likewise.
        low: Lower end of the interval of y.
        high: Upper end.
        share: Of all samples, from 0 to 1.
    """

    x: float
    y: float
    low: float
    high: float
    share: float


class UnitPlot(PaintedWidget):
    """Draws one line or two, dots, a mark, and the diagonal where that means something."""

    def __init__(self, theme: Theme, across: str, up: str, *, has_diagonal: bool = False) -> None:
        """Prepare.

        Args:
            theme: Colors.
            across: What the horizontal axis is.
            up: What the vertical axis is.
            has_diagonal: Whether points on the diagonal are special.
        """
        super().__init__(theme)
        self._across, self._up = across, up
        self._has_diagonal = has_diagonal
        self.line: tuple[tuple[float, float], ...] = ()
        self.other: tuple[tuple[float, float], ...] = ()
        self.names = ("", "")
        self.dots: tuple[Dot, ...] = ()
        self.mark: tuple[float, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 110)

    def sizeHint(self) -> QSize:
        """Return the least height: it takes what the page has left."""
        return QSize(260, 110)

    def name_axes(self, across: str, up: str) -> None:
        """Give the axes other meanings."""
        self._across, self._up = across, up
        self.update()

    def show_line(
        self, line: Sequence[tuple[float, float]], mark: tuple[float, float] | None = None
    ) -> None:
        """Draw a line, and a mark on it."""
        self.line, self.mark = tuple(line), mark
        self.update()

    def show_pair(
        self,
        line: Sequence[tuple[float, float]],
        other: Sequence[tuple[float, float]],
        names: tuple[str, str],
    ) -> None:
        """Draw two lines, each with its name at its end."""
        self.line, self.other, self.names = tuple(line), tuple(other), names
        self.update()

    def show_dots(self, dots: Sequence[Dot]) -> None:
        """Draw dots."""
        self.dots = tuple(dots)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw everything."""
        painter = self.new_painter()
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        self._paint_grid(painter)
        self._paint_line(painter)
        for dot in self.dots:
            self._paint_dot(painter, dot)
        if self.mark is not None:
            self._paint_mark(painter, self._place(*self.mark))
        painter.end()

    @property
    def _frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT_PX, TOP_PX, -RIGHT_PX, -BOTTOM_PX)

    def _place(self, x: float, y: float) -> QPointF:
        frame = self._frame
        return QPointF(frame.left() + x * frame.width(), frame.bottom() - y * frame.height())

    def _paint_grid(self, painter: QPainter) -> None:
        frame = self._frame
        for tick in TICKS:
            across, up = self._place(tick, 0), self._place(0, tick)
            painter.setPen(QColor(self.colors.line))
            painter.drawLine(QPointF(across.x(), frame.top()), across)
            painter.drawLine(up, QPointF(frame.right(), up.y()))
            painter.setPen(QColor(self.colors.muted))
            words = f"{tick:.0%}".replace("%", " %")
            below = QRectF(across.x() - 30, frame.bottom() + 3, 60, 14)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, words)
            beside = QRectF(0, up.y() - 8, LEFT_PX - 6, 16)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(beside, right, words)
        bottom = QRectF(frame.left(), frame.bottom() + 18, frame.width(), 16)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignHCenter, self._across)
        painter.drawText(QRectF(0, 0, self.width(), 16), Qt.AlignmentFlag.AlignLeft, self._up)
        if self._has_diagonal:
            painter.setPen(QPen(QColor(self.colors.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(self._place(0, 0), self._place(1, 1))

    def _paint_line(self, painter: QPainter) -> None:
        lines, colors = (self.other, self.line), (self.colors.train, self.colors.unseen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for points, color, name in zip(lines, colors, self.names[::-1], strict=True):
            painter.setPen(QPen(QColor(color), 2.2))
            painter.drawPolyline(QPolygonF([self._place(x, y) for x, y in points]))
            if points and name:
                self._paint_name(painter, name, points[-1][1], is_above=points is self.line)

    def _paint_name(self, painter: QPainter, name: str, y: float, *, is_above: bool) -> None:
        """Write a name at the right end of its line, on its own side of it."""
        frame = self._frame
        top = self._place(1, y).y() + (-18 if is_above else 4)
        top = min(max(top, frame.top()), frame.bottom() - 14)
        place = QRectF(frame.left(), top, frame.width() - 4, 14)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, name)

    def _paint_dot(self, painter: QPainter, dot: Dot) -> None:
        painter.setPen(QPen(faded(self.colors.unseen, 0.5), 2))
        painter.drawLine(self._place(dot.x, dot.low), self._place(dot.x, dot.high))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colors.unseen))
        radius = (MIN_DOT_PX + (MAX_DOT_PX - MIN_DOT_PX) * dot.share**0.5) / 2
        painter.drawEllipse(self._place(dot.x, dot.y), radius, radius)

    def _paint_mark(self, painter: QPainter, place: QPointF) -> None:
        painter.setPen(QPen(QColor(self.colors.panel), 2))
        painter.setBrush(QColor(self.colors.accent))
        painter.drawEllipse(place, 6.5, 6.5)
