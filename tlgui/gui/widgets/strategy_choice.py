"""The choice of a strategy: the few cards that matter most, or all of them."""

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.strategy_card import StrategyCardView
from tlgui.viewmodels.strategy_cards import StrategyCard

MARGIN_PX = 4
SHORT_PX = 150  # one card and a half: enough to see that there are more


class StrategyChoice(QScrollArea):
    """One card per strategy, kept while it is not shown."""

    chosen = Signal(str)
    help_wanted = Signal(str)
    resized = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.cards: dict[str, StrategyCardView] = {}
        self._order: tuple[str, ...] = ()
        self._chosen = ""
        self._group = QButtonGroup(self)  # each button has a parent of its own
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._canvas = QWidget()
        self._column = QVBoxLayout(self._canvas)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.setWidget(self._canvas)
        self._canvas.setAutoFillBackground(False)  # setWidget has just switched it on

    @property
    def options(self) -> dict[str, QRadioButton]:
        """The buttons by strategy."""
        return {name: card.option for name, card in self.cards.items()}

    @property
    def full_height(self) -> int:
        """Pixels that all shown cards need at the present width."""
        return self._column.heightForWidth(self.viewport().width())

    def show_cards(self, cards: tuple[StrategyCard, ...], chosen: str) -> None:
        """Draw these cards in their order."""
        for card in cards:
            if card.id in self.cards:
                self.cards[card.id].show_card(card)
            else:
                self._add(card)
        self._chosen = chosen
        self._arrange(tuple(card.id for card in cards))
        if chosen in self.cards and not self.cards[chosen].option.isChecked():
            with QSignalBlocker(self):
                self.cards[chosen].option.setChecked(True)

    def sizeHint(self) -> QSize:
        """Return little: it takes what the page has left, up to ``full_height``."""
        return QSize(400, SHORT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the least at which a card can be read."""
        return QSize(300, SHORT_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen card in sight, and tell the page that texts wrap anew."""
        super().resizeEvent(event)
        if self._chosen in self.cards:
            self.ensureWidgetVisible(self.cards[self._chosen], 0, MARGIN_PX)
        self.resized.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring the card that the keyboard reaches into sight."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            for card in self.cards.values():
                if card.isAncestorOf(watched):
                    self.ensureWidgetVisible(card, 0, MARGIN_PX)
        return super().eventFilter(watched, event)

    def _arrange(self, order: tuple[str, ...]) -> None:
        if order == self._order:
            return
        self._order = order
        for name, view in self.cards.items():
            self._column.removeWidget(view)
            view.setVisible(name in order)
        for name in order:
            self._column.addWidget(self.cards[name])
        self._chain_focus(order)

    def _chain_focus(self, order: tuple[str, ...]) -> None:
        stops = [w for n in order for w in (self.cards[n].option, self.cards[n].how)]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _add(self, card: StrategyCard) -> None:
        view = StrategyCardView(self._theme, card)
        view.setParent(self._canvas)
        view.option.toggled.connect(lambda is_on: self.chosen.emit(card.id) if is_on else None)
        view.help_wanted.connect(lambda: self.help_wanted.emit(card.id))
        self._group.addButton(view.option)
        for widget in (view.option, view.how):
            widget.installEventFilter(self)
        self.cards[card.id] = view
