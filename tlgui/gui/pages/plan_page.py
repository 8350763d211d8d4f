"""The plan page: one screen, filled in, and one big button."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.field_grid import FieldGrid
from tlgui.gui.widgets.model_choice import ModelChoice
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.strategy_choice import StrategyChoice
from tlgui.viewmodels.plan import PlanViewModel

MAX_TERMS = 6  # more would be wider than a small window


class PlanPage(Page):
    """Draws a PlanViewModel."""

    def __init__(self, viewmodel: PlanViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.failure = FailureNotice()
        self.blocked = Notice("plain")
        cards = QHBoxLayout()
        cards.setSpacing(24)
        cards.addWidget(self._model_card(), 4)
        cards.addWidget(self._strategy_card(theme), 5)
        self.body.addLayout(cards)
        self.body.addWidget(self._drawer_panel())
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
        self.model.show_models(viewmodel)
        self.strategy.show_possible(viewmodel.strategies)
        self.strategy.show_strategy(viewmodel.strategy, viewmodel.num_groups)
        self.drawer.show_fields(viewmodel.fields)
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

    def _model_card(self) -> Panel:
        panel = Panel(self.tr("Model (pretrained backbone)"))
        self.model = ModelChoice()
        self.model.chosen.connect(self._viewmodel.choose_preset)
        panel.column.addWidget(self.model)
        panel.column.addStretch(1)
        return panel

    def _strategy_card(self, theme: Theme) -> Panel:
        panel = Panel(self.tr("Strategy"))
        self.strategy = StrategyChoice(theme)
        self.strategy.chosen.connect(self._viewmodel.choose_strategy)
        panel.column.addWidget(self.strategy)
        panel.column.addStretch(1)
        return panel

    def _drawer_panel(self) -> Panel:
        panel = Panel()
        panel.column.setContentsMargins(16, 10, 16, 10)
        self.more = make_button("", "link", self._toggle_drawer)
        panel.column.addWidget(self.more)
        self.drawer = FieldGrid()
        self.drawer.edited.connect(self._viewmodel.change_setting)
        panel.column.addWidget(self.drawer)
        self.drawer.hide()
        return panel

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
        named = [field.term for field in self._viewmodel.fields]
        terms = ", ".join([*named[:MAX_TERMS], *(["…"] if len(named) > MAX_TERMS else [])])
        arrow = "▸" if self.drawer.isHidden() else "▾"
        self.more.setText(
            self.tr("{arrow}  More choices · {terms}").format(arrow=arrow, terms=terms)
        )
