"""Samples in rows: each as it is, and beside it as a model may see it."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.gallery import middle_of, pixmap_of
from tlgui.gui.widgets.painted import PaintedWidget
from tlgui.viewmodels.augmentation_preview import PreviewRow

GAP_PX: Final = 6
PART_PX: Final = 14  # between a picture and its variants
BLOCK_PX: Final = 32  # between samples beside each other
MAX_TILE_PX: Final = 128


class VariantRows(PaintedWidget):
    """Paints the rows one below the other, or in blocks where that makes them larger."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.rows: tuple[PreviewRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.hide()

    def show_rows(self, rows: tuple[PreviewRow, ...]) -> None:
        """Draw these; without any there is nothing to see."""
        if rows == self.rows:
            return
        self.rows = rows
        words = self.tr("{count} of your pictures, each as it is and in {variants} variants")
        self.setAccessibleName(words.format(count=len(rows), variants=self._num_variants))
        self.setVisible(bool(rows))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the least: it takes what the page has left."""
        return QSize(640, 116)

    def minimumSizeHint(self) -> QSize:
        """Return the room in which they can be told apart at all."""
        return QSize(280, 116)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures."""
        if not self.rows:
            return
        painter = self.new_painter()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        num_blocks, tile_px = self._arrangement()
        for file, place in self.places(num_blocks, tile_px):
            self._paint_picture(painter, file, place)
        painter.end()

    def places(self, num_blocks: int, tile_px: float) -> Iterator[tuple[str, QRectF]]:
        """Yield every file and where it is drawn."""
        size = QSizeF(tile_px, tile_px)
        for number, row in enumerate(self.rows):
            left = (number % num_blocks) * (self._block_px(tile_px) + BLOCK_PX)
            top = (number // num_blocks) * (tile_px + GAP_PX)
            yield row.original, QRectF(QPointF(left, top), size)
            left += PART_PX - GAP_PX
            for index, file in enumerate(row.variants, start=1):
                yield file, QRectF(QPointF(left + index * (tile_px + GAP_PX), top), size)

    @property
    def _num_variants(self) -> int:
        return max((len(row.variants) for row in self.rows), default=0)

    def _block_px(self, tile_px: float) -> float:
        gaps = PART_PX + max(0, self._num_variants - 1) * GAP_PX
        return (1 + self._num_variants) * tile_px + gaps

    def _arrangement(self) -> tuple[int, float]:
        """Return how many samples stand beside each other, and the side of a picture in px."""
        ways = (1, 2, 4)
        return max(((n, self._tile_px(n)) for n in ways), key=lambda way: (way[1], -way[0]))

    def _tile_px(self, num_blocks: int) -> float:
        num_lines = -(-len(self.rows) // num_blocks)
        gaps = num_blocks * self._block_px(0) + (num_blocks - 1) * BLOCK_PX
        wide = (self.width() - gaps) / (num_blocks * (1 + self._num_variants))
        high = (self.height() - (num_lines - 1) * GAP_PX) / num_lines
        return max(1.0, min(wide, high, MAX_TILE_PX))

    def _paint_picture(self, painter: QPainter, file: str, place: QRectF) -> None:
        path = QPainterPath()
        path.addRoundedRect(place, 6, 6)
        painter.fillPath(path, QColor(self.colors.soft))
        pixmap = pixmap_of(file)
        if not pixmap.isNull():
            painter.save()
            painter.setClipPath(path)
            frame = place.toAlignedRect()
            painter.drawPixmap(frame, pixmap, middle_of(pixmap.size(), frame.size()))
            painter.restore()
        painter.setPen(QColor(self.colors.line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
