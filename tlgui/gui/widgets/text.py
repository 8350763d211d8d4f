"""Labels in the window's type scale."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

RADIO_PX = 20  # a button of a list of choices: where room is short Qt would cut its circle
MAX_TEXT_PX = 720  # about 100 characters; a sentence below a title rarely has more


class Paragraph(QLabel):
    """Wrapped text whose height is right where its maximum width makes it wrap earlier."""

    def heightForWidth(self, width: int) -> int:
        """Return the height at the width the text really gets."""
        return super().heightForWidth(min(width, self.maximumWidth()))


class ElidedLabel(QLabel):
    """One line that ends with dots where there is no room; the tooltip has all of it."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def show_whole(self, text: str) -> None:
        """Show as much of a text as fits."""
        self._whole = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self._elide()

    def sizeHint(self) -> QSize:
        """Return the room for all of it."""
        width = self.fontMetrics().horizontalAdvance(self._whole) + 2
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the room for some letters."""
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        side = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._whole, side, self.width()))


def make_label(text: str = "", role: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label; the style sheet knows the role."""
    label = Paragraph(text) if wraps else QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        label.setProperty("role", role)
    if wraps:
        label.setWordWrap(True)
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return label


def show_text(label: QLabel, text: str) -> None:
    """Set a label's text; an empty one takes no room."""
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at; polishing again is what makes it look."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
