"""The plan page: one screen, filled in, and one big button."""

from textwrap import shorten

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.effort_slider import EffortSlider
from tlgui.gui.widgets.field_grid import UNLIMITED_PX
from tlgui.gui.widgets.model_choice import ModelChoice
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import MARGIN_PX, Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.preview_tool import PreviewTool
from tlgui.gui.widgets.rate_tool import RateTool
from tlgui.gui.widgets.setting_drawer import SettingDrawer
from tlgui.gui.widgets.strategy_choice import StrategyChoice
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.advisor import NUM_LEVELS
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.trials import TrialsViewModel

MAX_TERMS_LENGTH = 45  # more would be wider than a small window
NARROW_PX = 880
CARDS_STRETCH = 100
MAX_DRAWER_PX = 480


class PlanPage(Page):
    """Draws a PlanViewModel."""

    help_wanted = Signal(str)  # strategy
    folder_wanted = Signal(str)  # setting

    def __init__(self, viewmodel: PlanViewModel, trials: TrialsViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self._shows_all = False
        self.failure = FailureNotice()
        self.blocked = Notice("plain")
        self.body.addWidget(self._effort_panel(theme))
        self.body.addWidget(self._choices(theme), CARDS_STRETCH)
        self.body.addWidget(self._drawer_panel(trials, theme))
        self.body.addWidget(self.failure)
        self.body.addWidget(self.blocked)
        self.body.addLayout(self._train_row())
        self.body.addStretch(1)
        viewmodel.changed.connect(self.refresh)
        self.setFocusProxy(self.train)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        viewmodel = self._viewmodel
        self.show_header(viewmodel.title, viewmodel.sub)
        self.sub.setToolTip("\n".join(viewmodel.reasons))
        self.effort.show_level(viewmodel.level, NUM_LEVELS, viewmodel.cost_words)
        self.model.show_models(viewmodel)
        self._show_strategies()
        self.drawer.show_sections(viewmodel.sections)
        self._show_more_words()
        self.command.setText(viewmodel.command)
        self.command.setCursorPosition(0)
        self.failure.show_failure(viewmodel.failure)
        self.blocked.show_text(
            "",
            self.tr("Another run is training. Pause it or wait until it has ended.")
            if viewmodel.is_blocked
            else "",
        )
        self.train.setEnabled(viewmodel.plan is not None and not viewmodel.is_blocked)

    def _effort_panel(self, theme: Theme) -> Panel:
        panel = Panel()
        panel.column.setContentsMargins(20, 12, 20, 12)
        self.effort = EffortSlider(theme)
        self.effort.chosen.connect(self._viewmodel.choose_level)
        panel.column.addWidget(self.effort)
        return panel

    def _choices(self, theme: Theme) -> QWidget:
        self._cards = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._cards)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._model_panel = self._model_card()
        self._strategy_panel = self._strategy_card(theme)
        self._row.addWidget(self._model_panel, 4)
        self._row.addWidget(self._strategy_panel, 7)
        return self._cards

    def _model_card(self) -> Panel:
        panel = Panel(self.tr("Model (pretrained backbone)"))
        self.model = ModelChoice()
        self.model.chosen.connect(self._viewmodel.choose_preset)
        panel.column.addWidget(self.model)
        panel.column.addStretch(1)
        return panel

    def _strategy_card(self, theme: Theme) -> Panel:
        panel = Panel()
        panel.column.setContentsMargins(16, 14, 10, 14)
        self.all_ways = make_button("", "link", self._toggle_all)
        heading = QHBoxLayout()
        heading.addWidget(make_label(self.tr("Way to learn (strategy)"), "note"), 1)
        heading.addWidget(self.all_ways)
        self.strategy = StrategyChoice(theme)
        self.strategy.chosen.connect(self._viewmodel.choose_strategy)
        self.strategy.help_wanted.connect(self.help_wanted)
        # queued: a limit set while the cards are being laid out would be lost on some of them
        self.strategy.resized.connect(self._limit_height, Qt.ConnectionType.QueuedConnection)
        panel.column.addLayout(heading)
        panel.column.addWidget(self.strategy, 1)
        return panel

    def _show_strategies(self) -> None:
        cards = self._viewmodel.cards
        main = self._viewmodel.main_of(cards)
        self.all_ways.setVisible(len(cards) > len(main))
        self.all_ways.setText(
            self.tr("Show fewer")
            if self._shows_all
            else self.tr("All {count} ways").format(count=len(cards))
        )
        self.strategy.show_cards(cards if self._shows_all else main, self._viewmodel.strategy)
        self._limit_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the model above the ways to learn where they do not fit beside each other."""
        is_narrow = self.width() < NARROW_PX
        direction = QBoxLayout.Direction.TopToBottom
        self._row.setDirection(direction if is_narrow else QBoxLayout.Direction.LeftToRight)
        self._row.setStretch(0, 0 if is_narrow else 4)
        self._limit_height()
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Return the least width, which is that of the panels above each other."""
        panels = (self._model_panel, self._strategy_panel)
        widest = max(panel.minimumSizeHint().width() for panel in panels)
        return QSize(widest + 2 * MARGIN_PX, 0)

    def _limit_height(self) -> None:
        """Let the cards take what room there is, but no more than they need."""
        if self._row.direction() == QBoxLayout.Direction.TopToBottom:
            self._cards.setMaximumHeight(UNLIMITED_PX)
            return
        chrome = self._strategy_panel.sizeHint().height() - self.strategy.sizeHint().height()
        needed = self.strategy.full_height + chrome
        width = self._model_panel.width()
        self._cards.setMaximumHeight(max(needed, self._model_panel.heightForWidth(width)))

    def _toggle_all(self) -> None:
        self._shows_all = not self._shows_all
        self._show_strategies()

    def _drawer_panel(self, trials: TrialsViewModel, theme: Theme) -> Panel:
        self._drawer = panel = Panel()
        panel.column.setContentsMargins(16, 10, 16, 10)
        panel.column.setSpacing(4)
        self.more = make_button("", "link", self._toggle_drawer)
        panel.column.addWidget(self.more)
        self.pictures = PreviewTool(trials, theme)
        self.rates = RateTool(trials, theme)
        self.drawer = SettingDrawer((self.pictures, self.rates))
        self.drawer.edited.connect(self._viewmodel.change_setting)
        self.drawer.folder_wanted.connect(self.folder_wanted)
        self.drawer.room_wanted.connect(self._give_room)
        panel.column.addWidget(self.drawer, 1)
        self.drawer.hide()
        return panel

    def _give_room(self, is_wanted: bool) -> None:
        """Let the drawer share what room there is with the cards, within reason."""
        self.body.setStretchFactor(self._drawer, CARDS_STRETCH if is_wanted else 0)
        self._drawer.setMaximumHeight(MAX_DRAWER_PX if is_wanted else UNLIMITED_PX)

    def _train_row(self) -> QHBoxLayout:
        self.train = make_button(self.tr("Train"), "train", self._viewmodel.train)
        self.show_command = make_button(self.tr("Show as command"), "link", self._toggle_command)
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.train)
        row.addWidget(self.show_command)
        row.addWidget(self._command_panel(), 1)
        row.addStretch(0)
        return row

    def _command_panel(self) -> QWidget:
        self._command = QWidget()
        row = QHBoxLayout(self._command)
        row.setContentsMargins(0, 0, 0, 0)
        self.command = QLineEdit(readOnly=True)
        self.command.setAccessibleName(self.tr("Command line that trains the same"))
        row.addWidget(self.command, 1)
        row.addWidget(make_button(self.tr("Copy"), "", self._copy_command))
        self._command.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._command.hide()
        return self._command

    def _toggle_command(self) -> None:
        self._command.setVisible(self._command.isHidden())

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._viewmodel.command)

    def _toggle_drawer(self) -> None:
        self.drawer.setVisible(self.drawer.isHidden())
        self._show_more_words()

    def _show_more_words(self) -> None:
        named = ", ".join(field.term for field in self._viewmodel.fields)
        terms = shorten(named, MAX_TERMS_LENGTH, placeholder=" …")
        arrow = "▸" if self.drawer.isHidden() else "▾"
        self.more.setText(
            self.tr("{arrow}  More choices · {terms}").format(arrow=arrow, terms=terms)
        )
