"""The open drawer: headings in a row, and the settings below one of them."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.field_grid import FieldGrid
from tlgui.gui.widgets.field_tool import FieldTool
from tlgui.gui.widgets.flow import FlowLayout
from tlgui.gui.widgets.setting_editor import SettingEditor
from tlgui.gui.widgets.text import set_look
from tlgui.viewmodels.plan_fields import FieldSection, SettingField

PILL_PADDING_PX = 24


class SettingDrawer(QWidget):
    """Shows one section at a time, so that many settings stay calm.

    A tool that is open takes the place of the other settings of its section.
    """

    edited = Signal(str, str)  # name, text
    folder_wanted = Signal(str)  # name
    room_wanted = Signal(bool)  # whether a tool has use for all there is

    def __init__(self, tools: tuple[FieldTool, ...] = ()) -> None:
        super().__init__()
        self._tools = tools
        self.headings: dict[str, QPushButton] = {}
        self._sections: tuple[FieldSection, ...] = ()
        self._names: tuple[str, ...] = ()
        self._chosen = ""
        self._group = QButtonGroup(self)
        self._row = FlowLayout(gap_px=4)
        self.grid = FieldGrid()
        self.grid.edited.connect(self.edited)
        self.grid.folder_wanted.connect(self.folder_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        column.addLayout(self._row)
        column.addLayout(self._tool_row(), 1)

    @property
    def editors(self) -> dict[str, SettingEditor]:
        """The editors of all settings that were ever offered, by name."""
        return self.grid.editors

    def show_sections(self, sections: tuple[FieldSection, ...]) -> None:
        """Draw the headings, and the settings of the chosen one or else of the first."""
        self._sections = sections
        self._arrange(tuple(section.name for section in sections))
        for section in sections:
            self.headings[section.name].setChecked(section is self._shown)
            set_look(self.headings[section.name], "wrong", section.is_wrong)
        self._show_fields()

    def open_section(self, name: str) -> None:
        """Show the settings of one section."""
        self._chosen = name
        self._show_fields()

    @property
    def _shown(self) -> FieldSection | None:
        """The section that was clicked, if it still has settings, or the first."""
        clicked = (s for s in self._sections if s.name == self._chosen)
        return next(clicked, next(iter(self._sections), None))

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(self.grid, 1)
        for tool in self._tools:
            row.addWidget(tool, 3)
            tool.toggled.connect(self._show_fields)
        return row

    def _show_fields(self) -> None:
        self.grid.prepare(tuple(f for section in self._sections for f in section.fields))
        fields = self._shown.fields if self._shown else ()
        opened = self._opened(fields)
        for tool in self._tools:
            self._link(tool)
            tool.setVisible(tool is opened)
        if opened is not None:
            fields = tuple(field for field in fields if field.name == opened.setting)
        self.grid.show_fields(fields, is_alone=opened is not None)
        self.room_wanted.emit(opened is not None)

    def _opened(self, fields: tuple[SettingField, ...]) -> FieldTool | None:
        """Return the tool that is open for one of these settings."""
        names = {field.name for field in fields}
        tools = (tool for tool in self._tools if tool.is_open and tool.setting in names)
        return next(tools, None)

    def _link(self, tool: FieldTool) -> None:
        """Put the tool's link below its field, once there is one."""
        editor = self.editors.get(tool.setting)
        if editor is not None and tool.link.parentWidget() is not editor:
            editor.add_link(tool.link)
            tool.show_link()
            tool.chain_focus()

    def _arrange(self, names: tuple[str, ...]) -> None:
        if names == self._names:
            return
        self._names = names
        for section in self._sections:
            if section.name not in self.headings:
                self._add_heading(section)
        for name, heading in self.headings.items():
            self._row.removeWidget(heading)
            heading.setVisible(name in names)
        for name in names:
            self._row.addWidget(self.headings[name])

    def _add_heading(self, section: FieldSection) -> None:
        heading = make_button(section.heading, "pill")
        heading.setCheckable(True)
        heading.clicked.connect(lambda: self.open_section(section.name))
        bold = heading.font()
        bold.setWeight(QFont.Weight.DemiBold)  # as the chosen one is written, and wider
        words_px = QFontMetrics(bold).horizontalAdvance(section.heading)
        heading.setMinimumWidth(words_px + PILL_PADDING_PX)
        heading.setParent(self)
        self._group.addButton(heading)
        self.headings[section.name] = heading
