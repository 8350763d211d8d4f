"""The layer groups of a network: which are frozen, which learn, and what is added."""

from PySide6.QtCore import QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget, faded
from tlgui.viewmodels.strip import Block, strip_words

GAP_PX = 3
TALL_PX = 42
FADE_MS = 600


class GroupStrip(PaintedWidget):
    """Blocks from the input to the head.

    Grey is frozen, blue learns, the head is green and taller. What is added or only partly learns
    is a thin blue mark on a grey block: below it, before it, on top of it, or dots.
    """

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, height_px: int = TALL_PX
    ) -> None:
        super().__init__(theme, parent)
        self.blocks: tuple[Block, ...] = ()
        self._before: tuple[Block, ...] = ()
        self._height_px = height_px
        self.fade = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=FADE_MS)
        self.fade.valueChanged.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_blocks(self, blocks: tuple[Block, ...], *, fades: bool = False) -> None:
        """Draw these groups, at once or by a short fade from those that were there."""
        if blocks == self.blocks:
            return
        self._before, self.blocks = self.blocks, blocks
        self.fade.stop()
        if fades and len(self._before) == len(blocks) and self._is_animated():
            self.fade.start()
        self.setAccessibleName(strip_words(blocks))
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for blocks that are easy to see."""
        return QSize(120, self._height_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one block per group."""
        painter = self.new_painter()
        if self.fade.state() != QVariantAnimation.State.Stopped:
            self._paint(painter, self._before)
            painter.setOpacity(float(self.fade.currentValue() or 0.0))
        self._paint(painter, self.blocks)
        painter.end()

    def _is_animated(self) -> bool:
        """Whether the system wants things to move."""
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        return self.isVisible() and self.style().styleHint(hint, None, self) > 0

    def _paint(self, painter: QPainter, blocks: tuple[Block, ...]) -> None:
        width = (self.width() + GAP_PX) / max(1, len(blocks))
        rise = self._height_px / 5
        for index, block in enumerate(blocks):
            top = 0.0 if block.is_head else rise
            place = QRectF(index * width, top, width - GAP_PX, self.height() - top)
            painter.setPen(Qt.PenStyle.NoPen)
            self._paint_block(painter, place, block)

    def _paint_block(self, painter: QPainter, place: QRectF, block: Block) -> None:
        radius = min(4.0, place.height() / 4)
        colors = self.colors
        body, mark = _parts(place, block)
        painter.setBrush(QColor(colors.line))
        if block.mark == "fresh":
            painter.setBrush(QColor(colors.soft))
            painter.setPen(QPen(QColor(colors.accent), 1.2))
            body = body.adjusted(0.6, 0.6, -0.6, -0.6)
        painter.drawRoundedRect(body, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        if block.mark == "trained":
            color = colors.good if block.is_head else colors.accent
            painter.setBrush(faded(color, block.strength))
            painter.drawRoundedRect(body, radius, radius)
        painter.setBrush(QColor(colors.accent))
        for part in mark:
            roundness = min(part.width(), part.height()) / 2
            painter.drawRoundedRect(part, roundness, roundness)


def _parts(place: QRectF, block: Block) -> tuple[QRectF, tuple[QRectF, ...]]:
    """Return the block itself, and what is drawn in blue beside it or on it."""
    height, width = place.height(), place.width()
    bar = max(2.5, min(5.0, height / 6, width / 4))
    match block.mark:
        case "beside":
            lower = QRectF(place.left(), place.bottom() - bar, width, bar)
            return place.adjusted(0, 0, 0, -bar - 1.5), (lower,)
        case "between":
            left = QRectF(place.left(), place.top(), bar, height)
            return place.adjusted(bar + 1, 0, 0, 0), (left,)
        case "inside":
            upper = QRectF(place.left(), place.top(), width, bar)
            return place, (upper,)
        case "tokens":
            return place, _dots(place, bar)
    return place, ()


def _dots(place: QRectF, size: float) -> tuple[QRectF, ...]:
    """Return dots in a column, as many as fit."""
    count = 3 if place.height() > 16 else 2
    step = place.height() / count
    left = place.center().x() - size / 2
    return tuple(
        QRectF(left, place.top() + (number + 0.5) * step - size / 2, size, size)
        for number in range(count)
    )
