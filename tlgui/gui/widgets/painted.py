"""What widgets that paint themselves share."""

from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from tlgui.gui.colors import Colors
from tlgui.gui.theme import Theme


class PaintedWidget(QWidget):
    """Redraws itself when the colors change."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    @property
    def colors(self) -> Colors:
        """The colors in force."""
        return self._theme.colors

    def new_painter(self) -> QPainter:
        """Return a painter with smooth edges; end it before the paint event returns."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        return painter


def faded(color: str, alpha: float) -> QColor:
    """Return a color with an opacity in [0, 1]."""
    result = QColor(color)
    result.setAlphaF(alpha)
    return result
