"""One entry of the drawer: a label, the field's term, a value and why it is refused."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.plan import SettingField


class SettingEditor(QWidget):
    """Edits one setting as text, or chooses among a few values."""

    edited = Signal(str, str)  # name, text

    def __init__(self, field: SettingField, choices: dict[str, str] | None = None) -> None:
        """Build the editor.

        Args:
            field: The setting.
            choices: Words of each value; None is free text.
        """
        super().__init__()
        self._name = field.name
        self.input = QLineEdit() if choices is None else _box(choices)
        self.input.setAccessibleName(f"{field.label} ({field.term})")
        self.note = make_label(field.sentence, "note", wraps=True)
        heading = QHBoxLayout()
        heading.setSpacing(6)
        heading.addWidget(make_label(field.label))
        heading.addWidget(make_label(field.term, "section"))
        heading.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading)
        column.addWidget(self.input)
        column.addWidget(self.note)
        column.addStretch(1)
        self._connect(self.input)
        self.show_field(field)

    def show_field(self, field: SettingField) -> None:
        """Draw the value in force and why another one is refused."""
        if isinstance(self.input, QComboBox):
            _choose(self.input, field.value)
        elif not self.input.hasFocus() and self.input.text() != field.value:
            self.input.setText(field.value)
        self.note.setText(field.error or field.sentence)
        _set_style(self.note, "role", "error" if field.error else "note")
        _set_style(self.input, "wrong", bool(field.error))

    def _connect(self, editor: QLineEdit | QComboBox) -> None:
        if isinstance(editor, QComboBox):
            editor.activated.connect(
                lambda: self.edited.emit(self._name, str(editor.currentData()))
            )
        else:
            editor.textEdited.connect(lambda text: self.edited.emit(self._name, text))


def _box(choices: dict[str, str]) -> QComboBox:
    box = QComboBox()
    for value, words in choices.items():
        box.addItem(words, value)
    return box


def _choose(box: QComboBox, value: str) -> None:
    if box.findData(value) < 0:
        box.addItem(value, value)
    box.setCurrentIndex(box.findData(value))


def _set_style(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at; polishing again is what makes it look."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
