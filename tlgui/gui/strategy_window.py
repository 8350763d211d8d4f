"""A page to read about each way to fine-tune, with its picture and its source."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tlgui.core.setting_words import SETTING_WORDS
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.strategy_cards import PhasePicture, StrategyPage

SIZE = (940, 740)
LIST_PX = 310
STRIP_PX = 34


class StrategyWindow(QDialog):
    """Beside the main window: titles on the left, one page on the right."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pages: dict[str, StrategyPage] = {}
        self.setWindowTitle(self.tr("Ways to learn"))
        self.resize(*SIZE)
        self.titles = QListWidget()
        self.titles.setProperty("role", "titles")
        self.titles.setFixedWidth(LIST_PX)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.titles.setAccessibleName(self.tr("Ways to learn"))
        self.titles.currentRowChanged.connect(self._show_row)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        right = QVBoxLayout()
        right.addWidget(self.area, 1)
        close = make_button(self.tr("Close"), "primary", self.close)
        right.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(16)
        row.addWidget(self.titles)
        row.addLayout(right, 1)

    def show_page(self, pages: dict[str, StrategyPage], name: str) -> None:
        """Show what there is to read about one strategy."""
        self._pages = pages
        with QSignalBlocker(self.titles):
            self.titles.clear()
            for page in pages.values():
                self.titles.addItem(page.card.title)
            self.titles.setCurrentRow(list(pages).index(name) if name in pages else 0)
        self._show_row(self.titles.currentRow())

    def _show_row(self, row: int) -> None:
        if 0 <= row < len(self._pages):
            page = list(self._pages.values())[row]
            self.area.setWidget(_PageView(self._theme, page))


class _PageView(QWidget):
    def __init__(self, theme: Theme, page: StrategyPage) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 12, 4)
        self._column.setSpacing(8)
        self._add(page.card.title, "card")
        facts = (page.card.term, page.card.share, page.card.costs)
        self._add(" · ".join(fact for fact in facts if fact), "note")
        self._add(page.card.sentence)
        for picture in page.pictures:
            self._add_picture(picture)
        for heading, text in (
            (self.tr("What happens"), page.help.happens),
            (self.tr("When it helps"), page.help.helps),
            (self.tr("What it costs"), page.help.costs),
        ):
            self._add_paragraph(heading, text)
        knobs = [SETTING_WORDS[name] for name in page.help.knobs]
        lines = [f"{words.label} ({words.term}): {words.sentence}" for words in knobs]
        self._add_paragraph(self.tr("What to turn"), "\n".join(lines))
        self._add_paragraph(self.tr("Where it comes from"), page.source)
        self._column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """Return nothing: what Qt guesses for wrapped texts is more than they need."""
        return QSize(0, 0)

    def _add(self, text: str, role: str = "") -> None:
        label = make_label(text, role, wraps=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._column.addWidget(label)

    def _add_paragraph(self, heading: str, text: str) -> None:
        self._column.addSpacing(4)
        self._add(heading, "strong")
        self._add(text, "muted")

    def _add_picture(self, picture: PhasePicture) -> None:
        strip = GroupStrip(self._theme, height_px=STRIP_PX)
        strip.show_blocks(picture.blocks)
        words = make_label(picture.words, "note", wraps=True)
        words.setFixedWidth(150)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(words)
        row.addWidget(strip, 1)
        self._column.addLayout(row)
