"""The style sheet of the window, made from the design tokens."""

from dataclasses import asdict
from string import Template
from typing import Final

from tlgui.core.settings import resources_folder
from tlgui.gui.colors import Colors

# "role" is a dynamic property that the widgets in gui/widgets set.
_TEMPLATE: Final = Template("""
QLabel { background: transparent; }
QLabel[role="brand"] { font-size: 16px; font-weight: 650; }
QLabel[role="title"] { font-size: 24px; font-weight: 650; }
QLabel[role="card"] { font-size: 18px; font-weight: 600; }
QLabel[role="tile"] { font-size: 16px; font-weight: 600; }
QLabel[role="big"] { font-size: 32px; font-weight: 650; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="note"] { color: $muted; font-size: 12px; }
QLabel[role="small"] { font-size: 12px; }
QLabel[role="good"] { color: $good; font-size: 12px; font-weight: 600; }
QLabel[role="error"] { color: $warning; font-size: 12px; }
QLabel[role="section"] { color: $muted; font-size: 11px; }
QLabel[role="code"] { font-family: monospace; font-size: 12px; }

QWidget#page, QWidget#sidebar, QStackedWidget { background: $background; }
QWidget#sidebar { border-right: 1px solid $line; }
QWidget#status { border-top: 1px solid $line; background: $background; }
QFrame[role="panel"] {
    background: $panel; border: 1px solid $line; border-radius: 12px;
}
QFrame[role="choice"] {
    background: $panel; border: 1px solid $line; border-radius: 8px;
}
QFrame[role="choice"]:hover { border-color: $muted; }
QFrame[role="choice"][chosen="true"] { background: $soft; border-color: $accent; }
QFrame[role="drop"] {
    background: $panel; border: 1px dashed $muted; border-radius: 12px;
}
QFrame[role="drop"][hover="true"] { border-color: $accent; background: $soft; }
QFrame[tone="plain"] { background: $soft; border-radius: 8px; }
QFrame[tone="warning"] { background: $warning_ground; border-radius: 8px; }
QFrame[tone="plain"] QLabel[role="strong"] { color: $accent; }
QFrame[tone="warning"] QLabel[role="strong"] { color: $warning; }

QPushButton {
    background: $panel; border: 1px solid $line; border-radius: 8px; padding: 8px 16px;
}
QPushButton:hover { border-color: $muted; }
QPushButton:pressed { background: $soft; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $muted; }
QPushButton[role="primary"] {
    background: $accent; border-color: $accent; color: $accent_text; font-weight: 600;
}
QPushButton[role="primary"]:focus { border-color: $text; }
QPushButton[role="primary"]:disabled {
    background: $line; border-color: $line; color: $muted;
}
QPushButton[role="train"] {
    background: $accent; border-color: $accent; color: $accent_text; font-weight: 600;
    font-size: 15px; padding: 12px 40px;
}
QPushButton[role="train"]:focus { border-color: $text; }
QPushButton[role="train"]:disabled { background: $line; border-color: $line; color: $muted; }
QPushButton[role="quiet"] { color: $muted; }
QPushButton[role="link"], QPushButton[role="small link"] {
    background: transparent; border: 1px solid transparent; border-radius: 4px;
    color: $accent; font-weight: 500; padding: 2px 1px; text-align: left;
}
QPushButton[role="small link"] { font-size: 12px; padding: 0 1px; }
QPushButton[role="small link"]:hover { text-decoration: underline; }
QPushButton[role="small link"]:focus { border-color: $accent; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border-color: $accent; }
QPushButton[role="link"]:disabled { color: $muted; }
QPushButton[role="pill"] {
    background: transparent; border: 1px solid transparent; border-radius: 8px;
    color: $muted; padding: 4px 10px;
}
QPushButton[role="pill"]:hover { color: $text; }
QPushButton[role="pill"]:checked { background: $soft; color: $accent; font-weight: 600; }
QPushButton[role="pill"][wrong="true"] { color: $warning; }
QPushButton[role="pill"]:focus { border-color: $accent; }
QPushButton[role="row"], QPushButton[role="stage"] {
    background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 0;
}
QPushButton[role="row"]:hover, QPushButton[role="stage"]:hover:enabled { background: $soft; }
QPushButton[role="row"]:focus, QPushButton[role="stage"]:focus { border-color: $accent; }
QPushButton[role="row"]:checked, QPushButton[role="stage"]:checked { background: $soft; }
QPushButton[role="tile"] {
    background: $panel; border: 1px solid $line; border-radius: 14px; padding: 0;
}
QPushButton[role="tile"]:hover, QPushButton[role="tile"]:focus { border-color: $accent; }

QLineEdit, QComboBox, QPlainTextEdit {
    background: $panel; border: 1px solid $line; border-radius: 8px; padding: 6px 10px;
    selection-background-color: $accent; selection-color: $accent_text;
}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit[wrong="true"] { border-color: $warning; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QComboBox[role="calm"] {
    background: transparent; border: 1px solid transparent; color: $muted; padding: 4px 8px;
}
QComboBox[role="calm"]:focus { border-color: $accent; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; }
QRadioButton { spacing: 8px; background: transparent; }
QRadioButton[role="strong"] { font-weight: 600; }
QRadioButton:focus { color: $accent; }
QRadioButton::indicator {
    width: 13px; height: 13px; border: 1.5px solid $muted; border-radius: 8px; background: $panel;
}
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; }
QWidget[role="plot"] { border: 1px solid transparent; border-radius: 4px; }
QWidget[role="plot"]:focus { border-color: $accent; }
QProgressBar {
    background: $line; border: none; border-radius: 4px; max-height: 8px; min-height: 8px;
}
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QListWidget[role="titles"] { outline: none; }
QListWidget[role="titles"]::item { padding: 6px 8px; border-radius: 6px; }
QListWidget[role="titles"]::item:selected { background: $soft; color: $accent; }
QDialog { background: $background; }
QListView, QTableView, QScrollArea, QTreeView { background: transparent; border: none; }
QListView:focus { border: none; }
QTableView { gridline-color: $line; selection-background-color: $soft; selection-color: $text; }
QTableView::item { padding: 4px 8px; }
QHeaderView::section {
    background: transparent; border: none; border-bottom: 1px solid $line; color: $muted;
    padding: 6px 8px; text-align: left;
}
QHeaderView { background: transparent; }
QTableCornerButton::section { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 5px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 8px; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 16px; border-radius: 4px; }
QMenu::item:selected { background: $soft; }
""")


def style_sheet(colors: Colors) -> str:
    """Return the style sheet in these colors."""
    chevron = resources_folder() / "icons" / "chevron.svg"
    return _TEMPLATE.substitute(asdict(colors), chevron=chevron.as_posix())
