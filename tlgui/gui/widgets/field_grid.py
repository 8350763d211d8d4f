"""The open drawer: settings side by side, as many as the width has room for."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from tlgui.gui.widgets.setting_editor import SettingEditor
from tlgui.viewmodels.plan_fields import SettingField

FIELD_PX = 150
ALONE_PX = 220
MAX_COLUMNS = 6
UNLIMITED_PX = 16_777_215  # the largest size of a widget in Qt


class FieldGrid(QWidget):
    """One editor per setting, kept while it is not shown so that nothing typed is lost."""

    edited = Signal(str, str)  # name, text
    folder_wanted = Signal(str)  # name

    def __init__(self) -> None:
        super().__init__()
        self.editors: dict[str, SettingEditor] = {}
        self._names: list[str] = []
        self._is_alone = False
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 4, 4, 8)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(12)

    def prepare(self, fields: tuple[SettingField, ...]) -> None:
        """Bring the editors of these settings up to date, whether they are seen or not."""
        for field in fields:
            if field.name in self.editors:
                self.editors[field.name].show_field(field)
            else:
                self.editors[field.name] = self._new_editor(field)

    def show_fields(self, fields: tuple[SettingField, ...], *, is_alone: bool = False) -> None:
        """Show the editors of these settings, in their order.

        Args:
            fields: The settings.
            is_alone: Whether there is only one, in a column of its own width.
        """
        names = [field.name for field in fields]
        if (names, is_alone) == (self._names, self._is_alone):
            return
        self._names, self._is_alone = names, is_alone
        self.setMaximumWidth(ALONE_PX if is_alone else UNLIMITED_PX)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Return a size that lets the page become narrow: the columns follow the width."""
        width = ALONE_PX if self._is_alone else 2 * FIELD_PX
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the settings out anew where more or fewer fit beside each other."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange()

    def _fitting(self) -> int:
        if self._is_alone:
            return 1
        return min(MAX_COLUMNS, max(2, self.width() // FIELD_PX))

    def _arrange(self) -> None:
        columns = self._fitting()
        for name, editor in self.editors.items():
            self._grid.removeWidget(editor)
            editor.setVisible(name in self._names)
        for column in range(max(columns, self._columns)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for index, name in enumerate(self._names):
            self._grid.addWidget(self.editors[name], index // columns, index % columns)

    def _new_editor(self, field: SettingField) -> SettingEditor:
        editor = SettingEditor(field)
        editor.setParent(self)
        editor.edited.connect(self.edited)
        editor.folder_wanted.connect(self.folder_wanted)
        return editor
