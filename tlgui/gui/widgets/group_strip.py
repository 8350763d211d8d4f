"""The layer groups of a network: which are frozen, which learn."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.painted import PaintedWidget

GAP_PX = 3
HEAD_RISE_PX = 8


class GroupStrip(PaintedWidget):
    """Blocks from the input to the head: grey is frozen, blue learns, the head is green."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.trained: tuple[bool, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_groups(self, trained: tuple[bool, ...]) -> None:
        """Draw these groups; the last one is the head."""
        self.trained = trained
        count = sum(trained)
        self.setAccessibleName(
            self.tr("{count} of {total} layer groups learn").format(count=count, total=len(trained))
        )
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for blocks that are easy to see."""
        return QSize(200, 42)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw one block per group."""
        if not self.trained:
            return
        painter = self.new_painter()
        painter.setPen(Qt.PenStyle.NoPen)
        width = (self.width() + GAP_PX) / len(self.trained)
        for index, trained in enumerate(self.trained):
            is_head = index == len(self.trained) - 1
            top = 0 if is_head else HEAD_RISE_PX
            painter.setBrush(QColor(self._color(trained, is_head)))
            block = QRectF(index * width, top, width - GAP_PX, self.height() - top)
            painter.drawRoundedRect(block, 4, 4)
        painter.end()

    def _color(self, trained: bool, is_head: bool) -> str:
        if not trained:
            return self.colors.line
        return self.colors.good if is_head else self.colors.accent
