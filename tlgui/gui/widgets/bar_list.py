"""Named bars below each other; a thousand of them are as cheap as ten."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget

BAR_PX = 8
MIN_VALUE_PX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line: a name, a share of the full width, what the share means."""

    name: str
    fraction: float
    value: str
    hint: str = ""


class BarList(QScrollArea):
    """A scrollable list of bars, which can be chosen where that leads to something."""

    chosen = Signal(str)  # name of a bar

    def __init__(self, theme: Theme, *, is_inline: bool, parent: QWidget | None = None) -> None:
        """Prepare.

        Args:
            theme: Colors.
            is_inline: Name, bar and value on one line; otherwise the bar is below the words.
            parent: As in Qt.
        """
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._canvas = _Canvas(theme, is_inline)
        self.setWidget(self._canvas)
        self.viewport().setAutoFillBackground(False)
        self._canvas.setAutoFillBackground(False)
        self._canvas.chosen.connect(self.chosen)
        self._canvas.reached.connect(self._show_row)

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

    def show_chosen(self, name: str, *, can_choose: bool) -> None:
        """Draw which bar is chosen, "" for none, and take clicks and keys if that is possible."""
        self._canvas.show_chosen(name, can_choose)

    def _show_row(self, top: int, bottom: int) -> None:
        self.ensureVisible(0, top)
        self.ensureVisible(0, bottom)


class _Canvas(PaintedWidget):
    chosen = Signal(str)
    reached = Signal(int, int)  # top and bottom of the row that the keyboard is at

    def __init__(self, theme: Theme, is_inline: bool) -> None:
        super().__init__(theme)
        self.bars: tuple[Bar, ...] = ()
        self._chosen, self._can_choose, self._current = "", False, 0
        self._is_inline = is_inline
        self._value_px = MIN_VALUE_PX
        self._row_px = 29 if is_inline else 40
        self.setMouseTracking(True)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        self.bars, self._current = bars, 0
        advance = self.fontMetrics().horizontalAdvance
        self._value_px = max([MIN_VALUE_PX, *(advance(bar.value) + 4 for bar in bars)])
        self.setMinimumHeight(len(bars) * self._row_px)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.new_painter()
        first = event.rect().top() // self._row_px
        last = event.rect().bottom() // self._row_px
        for index in range(first, min(last + 1, len(self.bars))):
            row = QRect(0, index * self._row_px, self.width() - 4, self._row_px)
            self._paint_state(painter, row, index)
            self._paint_row(painter, row, self.bars[index])
        painter.end()

    def show_chosen(self, name: str, can_choose: bool) -> None:
        if (name, can_choose) == (self._chosen, self._can_choose):
            return
        self._chosen, self._can_choose = name, can_choose
        policy = Qt.FocusPolicy.StrongFocus if can_choose else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        hand, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(hand if can_choose else arrow)
        self._describe()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int(event.position().y()) // self._row_px)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps and self.bars:
            self._current += steps[Qt.Key(event.key())]
            self._current = min(len(self.bars) - 1, max(0, self._current))
            top = self._current * self._row_px
            self.reached.emit(top, top + self._row_px)
            self._describe()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._describe()

    def _choose(self, index: int) -> None:
        if self._can_choose and 0 <= index < len(self.bars):
            self._current = index
            self.chosen.emit(self.bars[index].name)

    def _describe(self) -> None:
        """Say to a screen reader which bar the keyboard is at."""
        if self.bars:
            bar = self.bars[self._current]
            state = self.tr(", chosen") if bar.name == self._chosen else ""
            self.setAccessibleName(f"{bar.name}: {bar.value}{state}")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = int(event.position().y()) // self._row_px
        self.setToolTip(self.bars[index].hint if 0 <= index < len(self.bars) else "")
        super().mouseMoveEvent(event)

    def _paint_state(self, painter: QPainter, row: QRect, index: int) -> None:
        """Draw the ground of a chosen row and the frame of the one the keyboard is at."""
        is_chosen = bool(self._chosen) and self.bars[index].name == self._chosen
        is_current = self._can_choose and self.hasFocus() and index == self._current
        if is_chosen or is_current:
            frame = QRectF(row).adjusted(0.5, 0.5, -0.5, -4.5)
            painter.setPen(QColor(self.colors.accent if is_current else self.colors.soft))
            painter.setBrush(QColor(self.colors.soft if is_chosen else self.colors.panel))
            painter.drawRoundedRect(frame, 6, 6)

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
            name_px = min(120, row.width() // 3)
            name = QRect(row.left(), row.top(), name_px, row.height())
            value = QRect(row.right() - self._value_px, row.top(), self._value_px, row.height())
            left = name.right() + 12
            middle = row.center().y() - BAR_PX / 2
            return name, value, QRectF(left, middle, value.left() - 12 - left, BAR_PX)
        words = QRect(row.left(), row.top(), row.width(), 20)
        name = words.adjusted(0, 0, -60, 0)
        return name, words, QRectF(row.left(), row.top() + 22, row.width(), BAR_PX)
