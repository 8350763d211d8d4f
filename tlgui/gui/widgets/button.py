"""Buttons in the window's few styles."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSizePolicy


def make_button(
    text: str, role: str = "", clicked: Callable[[], object] | None = None
) -> QPushButton:
    """Return a button; roles are primary, train, quiet, link, tile and row.

    Args:
        text: What it says.
        role: Its style.
        clicked: What a click does.
    """
    button = QPushButton(text)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.setAutoDefault(True)  # Enter presses what has the focus
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if role:
        button.setProperty("role", role)
    if clicked is not None:
        button.clicked.connect(lambda: clicked())
    return button
