"""The plan page: one screen, filled in, and one big button."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.notice import FailureNotice, Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.panel import Panel
from tlgui.gui.widgets.setting_editor import SettingEditor
from tlgui.gui.widgets.strategy_choice import StrategyChoice
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.plan import PlanViewModel, SettingField

COLUMNS = 4


class PlanPage(Page):
    """Draws a PlanViewModel."""

    def __init__(self, viewmodel: PlanViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self.editors: dict[str, SettingEditor] = {}
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
        self._show_model()
        self.strategy.show_strategy(viewmodel.strategy, viewmodel.num_groups)
        self._show_fields(viewmodel.fields)
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
        self.model = make_label("", "card")
        self.model_sentence = make_label("", "muted", wraps=True)
        self.models = QComboBox()
        self.models.setAccessibleName(self.tr("Model"))
        for preset in self._viewmodel.presets.values():
            self.models.addItem(preset.title, preset.id)
        self.models.activated.connect(
            lambda: self._viewmodel.choose_preset(self.models.currentData())
        )
        panel.column.addWidget(self.model)
        panel.column.addWidget(self.model_sentence)
        panel.column.addSpacing(4)
        panel.column.addWidget(self.models)
        self.models.setVisible(self.models.count() > 1)
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
        self.drawer = QWidget()
        self._grid = QGridLayout(self.drawer)
        self._grid.setContentsMargins(4, 4, 4, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(16)
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
        terms = ", ".join(field.term for field in self._viewmodel.fields)
        arrow = "▸" if self.drawer.isHidden() else "▾"
        self.more.setText(
            self.tr("{arrow}  More choices · {terms}").format(arrow=arrow, terms=terms)
        )

    def _show_model(self) -> None:
        viewmodel = self._viewmodel
        info = viewmodel.presets.get(viewmodel.preset)
        self.model.setText(info.title if info else self.tr("No model"))
        self.model_sentence.setText(viewmodel.preset_sentence)
        self.models.setCurrentIndex(self.models.findData(viewmodel.preset))

    def _show_fields(self, fields: tuple[SettingField, ...]) -> None:
        for field in fields:
            if field.name in self.editors:
                self.editors[field.name].show_field(field)
            else:
                self.editors[field.name] = self._new_editor(field)
        names = [field.name for field in fields]
        for name, editor in self.editors.items():
            editor.setVisible(name in names)
            self._grid.removeWidget(editor)
        for index, name in enumerate(names):
            self._grid.addWidget(self.editors[name], index // COLUMNS, index % COLUMNS)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._show_more_words()

    def _new_editor(self, field: SettingField) -> SettingEditor:
        choices = None
        if field.name == "group_by":
            choices = {
                "": self.tr("Nothing"),
                "prefix": self.tr("Same beginning of the name"),
                "folder": self.tr("Same subfolder"),
            }
        editor = SettingEditor(field, choices)
        editor.setParent(self.drawer)
        editor.edited.connect(self._viewmodel.change_setting)
        return editor
