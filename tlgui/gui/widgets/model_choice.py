"""The choice of a model: a title, its size, what it learned from."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from tlgui.core.catalog import PresetInfo
from tlgui.gui.widgets.text import RADIO_PX, make_label, show_text
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.preset_words import preset_sentence, preset_size


class ModelChoice(QWidget):
    """One radio button per model that fits the data; a single model is just named."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.options: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)  # each button has a parent of its own
        self.title = make_label("", "card")
        self.sentence = make_label("", "muted", wraps=True)
        self.hint = make_label("", "error", wraps=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._rows)
        for label in (self.title, self.sentence, self.hint):
            column.addWidget(label)

    def show_models(self, viewmodel: PlanViewModel) -> None:
        """Draw the models that can be chosen and what is known of the chosen one."""
        suitable = viewmodel.suitable_presets
        if tuple(self.options) != _offered(suitable):
            self._rebuild(suitable)
        if viewmodel.preset in self.options:
            with QSignalBlocker(self.options[viewmodel.preset]):
                self.options[viewmodel.preset].setChecked(True)
        title = viewmodel.info.title if viewmodel.info else self.tr("No model")
        show_text(self.title, "" if self.options else title)
        self.sentence.setText(viewmodel.preset_sentence)
        show_text(self.hint, viewmodel.language_hint)

    def _rebuild(self, suitable: tuple[PresetInfo, ...]) -> None:
        while self._rows.count():
            item = self._rows.takeAt(0)
            old = item.widget() if item else None
            if old is not None:
                old.hide()
                old.deleteLater()
        names = _offered(suitable)
        self.options = {}
        for info in suitable if names else ():
            self.options[info.id] = self._add_option(info)
            self._group.addButton(self.options[info.id])

    def _add_option(self, info: PresetInfo) -> QRadioButton:
        option = QRadioButton(info.title)
        option.setMinimumHeight(RADIO_PX)
        option.setAccessibleDescription(preset_sentence(info))
        option.toggled.connect(lambda is_on: self.chosen.emit(info.id) if is_on else None)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(option)
        row.addWidget(make_label(preset_size(info), "note"))
        row.addStretch(1)
        self._rows.addWidget(place)
        return option


def _offered(suitable: tuple[PresetInfo, ...]) -> tuple[str, ...]:
    """Return the models to choose from; one alone is no choice."""
    return tuple(info.id for info in suitable) if len(suitable) > 1 else ()
