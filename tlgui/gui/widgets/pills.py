"""A few views of the same thing, of which one is chosen."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.flow import FlowLayout

PADDING_PX = 26  # of the style sheet, both sides


class Pills(QWidget):
    """Buttons in a row, or in two where there is no room; exactly one is down."""

    chosen = Signal(str)

    def __init__(self, names: Mapping[str, str]) -> None:
        """Prepare.

        Args:
            names: What each says, by what ``chosen`` carries.
        """
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        row = FlowLayout(self, gap_px=4)
        for key, name in names.items():
            button = make_button(name, "pill", partial(self.chosen.emit, key))
            button.setCheckable(True)
            button.setMinimumWidth(width_when_down(button))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[key] = button

    def show_chosen(self, key: str) -> None:
        """Draw which one is chosen."""
        self.buttons[key].setChecked(True)


def width_when_down(button: QPushButton) -> int:
    """Return the width that the bold letters of the chosen one need, so that nothing moves."""
    font = QFont(button.font())
    font.setWeight(QFont.Weight.DemiBold)
    return QFontMetrics(font).horizontalAdvance(button.text()) + PADDING_PX
