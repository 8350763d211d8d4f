"""A large choice of the first page: a drawing, a title and a sentence."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget, faded
from tlgui.gui.widgets.text import make_label

Motif = Literal["example", "pictures", "texts"]


class Tile(QPushButton):
    """A button as large as its importance."""

    def __init__(
        self, theme: Theme, motif: Motif, title: str, sentence: str, clicked: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 28, 28, 24)
        column.setSpacing(4)
        drawing = _Drawing(theme, motif)
        words = (make_label(title, "tile"), make_label(sentence, "muted", wraps=True))
        column.addWidget(drawing)
        column.addSpacing(12)
        for part in (drawing, *words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for label in words:
            column.addWidget(label)
        column.addStretch(1)
        self.clicked.connect(lambda: clicked())

    def sizeHint(self) -> QSize:
        """Return room for the drawing and three lines of words."""
        return QSize(312, 270)


class _Drawing(PaintedWidget):
    def __init__(self, theme: Theme, motif: Motif, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._motif = motif
        self.setFixedHeight(132)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.new_painter()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colors.soft))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        if self._motif == "example":
            self._paint_rising_dots(painter)
        else:
            self._paint_sorted_cards(painter)
        painter.end()

    def _paint_rising_dots(self, painter: QPainter) -> None:
        heights = (0.22, 0.42, 0.56, 0.66, 0.73, 0.78, 0.81)
        left = self.width() / 2 - 105
        for index, height in enumerate(heights):
            x = left + index * 35
            for share, color in ((height, self.colors.train), (height - 0.12, self.colors.unseen)):
                y = self.height() * (0.95 - share)
                painter.setBrush(QColor(color))
                painter.drawEllipse(QRectF(x - 4, y - 4, 8, 8))

    def _paint_sorted_cards(self, painter: QPainter) -> None:
        colors = (self.colors.accent, self.colors.good, self.colors.unseen)
        left = self.width() / 2 - 105
        for column, color in enumerate(colors):
            for depth in range(3):
                x, y = left + column * 76 + depth * 6, 48 - depth * 11
                painter.setBrush(QColor(self.colors.panel))
                painter.drawRoundedRect(QRectF(x, y, 46, 58), 6, 6)
                painter.setBrush(faded(color, 0.35 + 0.25 * (2 - depth)))
                for part in _content(self._motif):
                    painter.drawRoundedRect(part.translated(x, y), 3, 3)


def _content(motif: Motif) -> tuple[QRectF, ...]:
    """Return what is on a card: a picture, or lines of a text."""
    if motif == "pictures":
        return (QRectF(6, 6, 34, 34),)
    widths = (34, 28, 34, 18)
    return tuple(QRectF(6, 7 + 9 * line, width, 5) for line, width in enumerate(widths))
