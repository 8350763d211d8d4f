"""One way to fine-tune as a card: title, what it takes, a sentence, a drawing."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QRadioButton, QSpacerItem, QVBoxLayout

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.flow import FlowLayout
from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.gui.widgets.text import RADIO_PX, make_label, set_look
from tlgui.viewmodels.strategy_cards import StrategyCard

PICTURE_PX = 156
ROW_PX = 13


class StrategyCardView(QFrame):
    """Draws a StrategyCard; the whole card can be clicked."""

    help_wanted = Signal()

    def __init__(self, theme: Theme, card: StrategyCard) -> None:
        super().__init__()
        self._theme = theme
        self._card: StrategyCard | None = None
        self.setProperty("role", "choice")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.option = QRadioButton(card.title)
        self.option.setProperty("role", "strong")
        self.option.setMinimumHeight(RADIO_PX)
        self.mark = make_label(self.tr("recommended"), "good")
        self.term = make_label("", "note")
        self.how = make_button(self.tr("How it works"), "small link", self.help_wanted.emit)
        self.costs = make_label("", "note")
        self.sentence = make_label("", "muted", wraps=True)
        self.strips: list[GroupStrip] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(16)
        row.addLayout(self._words(), 1)
        row.addLayout(self._picture())
        self.option.toggled.connect(lambda is_on: set_look(self, "chosen", is_on))
        self.show_card(card)

    def show_card(self, card: StrategyCard) -> None:
        """Draw what is known of the strategy."""
        if card == self._card:
            return
        self._card = card
        parts = (card.term, card.sentence.rstrip("."), card.share, card.costs)
        self.option.setAccessibleDescription(". ".join(part for part in parts if part))
        self.mark.setVisible(card.is_recommended)
        self.term.setText(card.term)
        self.costs.setText("\n".join(part for part in (card.share, card.costs) if part))
        self.sentence.setText(card.sentence)
        self.how.setAccessibleName(self.tr("How it works: {title}").format(title=card.title))
        self._show_strips(card)

    def minimumSizeHint(self) -> QSize:
        """Return the least width; the height follows from it.

        What Qt guesses for wrapped texts is more than they need.
        """
        return QSize(super().minimumSizeHint().width(), 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the strategy."""
        self.option.setFocus()
        self.option.click()

    def _words(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        for gap_px, parts in ((8, (self.option, self.mark)), (12, (self.term, self.how))):
            row = FlowLayout(gap_px=gap_px)
            for part in parts:
                row.addWidget(part)
            column.addLayout(row)
        column.addSpacing(2)
        column.addWidget(self.sentence)
        column.addStretch(1)
        return column

    def _picture(self) -> QVBoxLayout:
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addItem(QSpacerItem(PICTURE_PX, 3))  # one width in all cards, more for long words
        column.addLayout(self._rows)
        column.addWidget(self.costs)
        column.addStretch(1)
        return column

    def _show_strips(self, card: StrategyCard) -> None:
        while len(self.strips) < len(card.pictures):
            strip = GroupStrip(self._theme, height_px=ROW_PX)
            strip.setFixedWidth(PICTURE_PX)
            self._rows.addWidget(strip)
            self.strips.append(strip)
        for index, strip in enumerate(self.strips):
            is_used = index < len(card.pictures)
            strip.setVisible(is_used)
            if is_used:
                picture = card.pictures[index]
                strip.show_blocks(picture.blocks)
                strip.setToolTip(f"{picture.words}: {strip.accessibleName()}")
