"""Which class is taken for which, as a grid that one can click and walk through."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget, faded

MAX_CELL = QSize(64, 46)
MAX_LABEL_PX = 120
COLUMN_LABEL_PX = 20
NUMBER_PX = 20  # smallest cell with room for a number
LABEL_PX = 13  # smallest row with room for a name
COLUMN_NAME_PX = 34  # smallest column with room for a name
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    row: int
    column: int
    count: int
    fraction: float  # of its row


class ConfusionMatrix(PaintedWidget):
    """Rows are what a picture is, columns what the model said.

    Only cells that hold something are kept and drawn, so a thousand classes stay cheap.
    """

    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.names: tuple[str, ...] = ()
        self.chosen: tuple[int, int] | None = None
        self._confusion: tuple[tuple[int, ...], ...] = ()
        self._counts: list[_Count] = []
        self._at = (0, 0)
        self._label_px = MAX_LABEL_PX
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_confusion(
        self, names: tuple[str, ...], confusion: tuple[tuple[int, ...], ...]
    ) -> None:
        """Draw these counts."""
        if confusion is self._confusion:
            return
        self.names, self._confusion = names, confusion
        self._counts = list(_counts(confusion))
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        self._label_px = min(MAX_LABEL_PX, widest + 12)
        self._at = (0, 0)
        self.setAccessibleDescription(self._description())
        self.updateGeometry()
        self.update()

    def show_chosen(self, cell: tuple[int, int] | None) -> None:
        """Mark one cell, or none."""
        self.chosen = cell
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size at which cells can be read; they grow with the room that there is."""
        count = max(1, len(self.names))
        width = self._label_px + min(count, 8) * MAX_CELL.width()
        return QSize(width, COLUMN_LABEL_PX + min(count, 4) * MAX_CELL.height())

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is drawn."""
        width, height = self._cell_size()
        left, top = self._label_px + column * width, COLUMN_LABEL_PX + row * height
        gap = 1.0 if min(width, height) > 6 else 0.0
        return QRectF(left + gap, top + gap, width - 2 * gap, height - 2 * gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, the cells that hold something, and the names."""
        if not self.names:
            return
        painter = self.new_painter()
        self._paint_ground(painter)
        for cell in self._counts:
            self._paint_cell(painter, cell)
        self._paint_names(painter)
        self._paint_marks(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        cell = self._cell_at(event.position())
        if cell is not None:
            self._choose(cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the cell under the pointer means."""
        cell = self._cell_at(event.position())
        self.setToolTip(self._sentence(*cell) if cell else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys, choose with Enter or Space."""
        key = Qt.Key(event.key())
        if key in MOVES and self.names:
            self._walk(*MOVES[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self._at)
        else:
            super().keyPressEvent(event)

    def _walk(self, rows: int, columns: int) -> None:
        last = len(self.names) - 1
        row = min(last, max(0, self._at[0] + rows))
        column = min(last, max(0, self._at[1] + columns))
        self._at = (row, column)
        self.setAccessibleName(self._sentence(row, column))
        self.update()

    def _choose(self, cell: tuple[int, int]) -> None:
        self._at = cell
        if self._count(*cell):
            self.cell_chosen.emit(*cell)
        self.update()

    def _cell_size(self) -> tuple[float, float]:
        count = max(1, len(self.names))
        width = (self.width() - self._label_px) / count
        height = (self.height() - COLUMN_LABEL_PX) / count
        # room grows the cells, but never into tiles that look like a picture
        width = min(width, max(MAX_CELL.width(), 1.6 * height))
        return width, min(height, max(MAX_CELL.height(), 0.8 * width))

    def _cell_at(self, position: QPointF) -> tuple[int, int] | None:
        width, height = self._cell_size()
        column = int((position.x() - self._label_px) // width)
        row = int((position.y() - COLUMN_LABEL_PX) // height)
        inside = 0 <= row < len(self.names) and 0 <= column < len(self.names)
        return (row, column) if inside else None

    def _count(self, row: int, column: int) -> int:
        return self._confusion[row][column] if self._confusion else 0

    def _paint_ground(self, painter: QPainter) -> None:
        width, height = self._cell_size()
        count = len(self.names)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self.colors.accent, 0.05))
        if min(width, height) <= NUMBER_PX:
            painter.drawRect(QRectF(self._label_px, COLUMN_LABEL_PX, count * width, count * height))
            return
        for row in range(count):
            for column in range(count):
                painter.drawRoundedRect(self.cell_rect(row, column), 4, 4)

    def _paint_cell(self, painter: QPainter, cell: _Count) -> None:
        rect = self.cell_rect(cell.row, cell.column)
        alpha = 0.12 + 0.8 * cell.fraction
        radius = 4 if rect.height() > 10 else 0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(self.colors.accent, alpha))
        painter.drawRoundedRect(rect, radius, radius)
        if min(rect.width(), rect.height()) >= NUMBER_PX:
            color = self.colors.accent_text if alpha > 0.6 else self.colors.text
            painter.setPen(QColor(color))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(cell.count))

    def _paint_names(self, painter: QPainter) -> None:
        width, height = self._cell_size()
        painter.setPen(QColor(self.colors.muted))
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        if height >= LABEL_PX:
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            for row, name in enumerate(self.names):
                rect = QRectF(0, COLUMN_LABEL_PX + row * height, self._label_px - 10, height)
                self._paint_name(painter, rect, side, name)
        if width >= COLUMN_NAME_PX:
            for column, name in enumerate(self.names):
                rect = QRectF(self._label_px + column * width + 2, 0, width - 4, COLUMN_LABEL_PX)
                self._paint_name(painter, rect, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_name(
        self, painter: QPainter, rect: QRectF, side: Qt.AlignmentFlag, name: str
    ) -> None:
        width = int(rect.width())
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width)
        painter.drawText(rect, side, text)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.chosen is not None:
            painter.setPen(QPen(QColor(self.colors.text), 2))
            painter.drawRoundedRect(self.cell_rect(*self.chosen), 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.colors.accent), 2, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(self.cell_rect(*self._at), 4, 4)

    def _sentence(self, row: int, column: int) -> str:
        count, total = self._count(row, column), sum(self._confusion[row])
        if row == column:
            text = self.tr("{true}: {count} of {total} recognized")
        else:
            text = self.tr("{true}: {count} of {total} taken for {said}")
        return text.format(true=self.names[row], said=self.names[column], count=count, total=total)

    def _description(self) -> str:
        wrong = sorted((c for c in self._counts if c.row != c.column), key=lambda c: -c.count)
        if not wrong:
            return self.tr("No kind is ever taken for another.")
        return "; ".join(self._sentence(c.row, c.column) for c in wrong[:5])


def _counts(confusion: tuple[tuple[int, ...], ...]) -> list[_Count]:
    return [
        _Count(row=row, column=column, count=count, fraction=count / sum(counts))
        for row, counts in enumerate(confusion)
        for column, count in enumerate(counts)
        if count
    ]
