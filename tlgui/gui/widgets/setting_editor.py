"""One entry of the drawer: a label, a value, the field's term and what it does."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.text import make_label, set_look
from tlgui.viewmodels.plan_fields import SettingField


class SettingEditor(QWidget):
    """Edits one setting as text, or chooses among a few values."""

    edited = Signal(str, str)  # name, text
    folder_wanted = Signal(str)  # name

    def __init__(self, field: SettingField) -> None:
        super().__init__()
        self._name = field.name
        self._choices: tuple[tuple[str, str], ...] = ()
        self.input = QComboBox() if field.choices else QLineEdit()
        self.input.setAccessibleName(f"{field.label} ({field.term})")
        self.input.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note = make_label("", "note", wraps=True)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(make_label(field.label))
        column.addWidget(self.input)
        column.addWidget(self.note)
        if field.is_folder:
            self.choose = make_button(self.tr("Choose…"), "link", self._want_folder)
            self.choose.setAccessibleName(self.tr("Choose: {name}").format(name=field.label))
            column.addWidget(self.choose)
        column.addStretch(1)
        self._connect(self.input)
        self.show_field(field)

    def show_field(self, field: SettingField) -> None:
        """Draw the value in force and why another one is refused."""
        if isinstance(self.input, QComboBox):
            self._offer(self.input, field.choices)
            _choose(self.input, field.value)
            self.input.setToolTip(self.input.currentText())
        elif not self.input.hasFocus() and self.input.text() != field.value:
            self.input.setText(field.value)
        self.note.setText(field.error or f"{field.term} · {field.sentence}")
        set_look(self.note, "role", "error" if field.error else "note")
        set_look(self.input, "wrong", bool(field.error))

    def add_link(self, link: QPushButton) -> None:
        """Put a link below what is known of the setting, next in the order of the keyboard."""
        self._column.insertWidget(self._column.count() - 1, link)
        QWidget.setTabOrder(self.input, link)

    def _want_folder(self) -> None:
        self.folder_wanted.emit(self._name)

    def _offer(self, box: QComboBox, choices: tuple[tuple[str, str], ...]) -> None:
        if choices != self._choices:
            self._choices = choices
            box.clear()
            for value, words in choices:
                box.addItem(words, value)

    def _connect(self, editor: QLineEdit | QComboBox) -> None:
        if isinstance(editor, QComboBox):
            editor.activated.connect(
                lambda: self.edited.emit(self._name, str(editor.currentData()))
            )
        else:
            editor.textEdited.connect(lambda text: self.edited.emit(self._name, text))


def _choose(box: QComboBox, value: str) -> None:
    if box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(box.findData(value))
