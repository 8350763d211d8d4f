"""Labels in the window's type scale."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

MAX_TEXT_PX = 720  # about 100 characters; a sentence below a title rarely has more


class Paragraph(QLabel):
    """Wrapped text whose height is right where its maximum width makes it wrap earlier."""

    def heightForWidth(self, width: int) -> int:
        """Return the height at the width the text really gets."""
        return super().heightForWidth(min(width, self.maximumWidth()))


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
