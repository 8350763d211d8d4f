"""One entry of the drawer: a label, a value, the field's term and what it does."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.plan_fields import SettingField


class SettingEditor(QWidget):
    """Edits one setting as text, or chooses among a few values."""

    edited = Signal(str, str)  # name, text

    def __init__(self, field: SettingField) -> None:
        super().__init__()
        self._name = field.name
        self._choices: tuple[tuple[str, str], ...] = ()
        self.input = QComboBox() if field.choices else QLineEdit()
        self.input.setAccessibleName(f"{field.label} ({field.term})")
        self.input.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note = make_label("", "note", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(make_label(field.label))
        column.addWidget(self.input)
        column.addWidget(self.note)
        column.addStretch(1)
        self._connect(self.input)
        self.show_field(field)

    def show_field(self, field: SettingField) -> None:
        """Draw the value in force and why another one is refused."""
        if isinstance(self.input, QComboBox):
            self._offer(self.input, field.choices)
            _choose(self.input, field.value)
        elif not self.input.hasFocus() and self.input.text() != field.value:
            self.input.setText(field.value)
        self.note.setText(field.error or f"{field.term} · {field.sentence}")
        _set_style(self.note, "role", "error" if field.error else "note")
        _set_style(self.input, "wrong", bool(field.error))

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


def _set_style(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at; polishing again is what makes it look."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
