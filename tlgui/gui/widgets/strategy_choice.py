"""The choice of a strategy: a title, the field's term, a sentence, what learns when."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from tlgui.core.strategies import STRATEGIES, Phase
from tlgui.core.wording import PHASES, STRATEGY_WORDS
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.group_strip import GroupStrip
from tlgui.gui.widgets.text import RADIO_PX, make_label


class StrategyChoice(QWidget):
    """One radio button per strategy, and a picture of the chosen one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.options: dict[str, QRadioButton] = {}
        self._rows: dict[str, QWidget] = {}
        self._group = QButtonGroup(self)  # each button has a parent of its own
        self._shown: tuple[str, int] = ("", 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        for name in STRATEGIES:
            self._add_option(name)
        self.sentence = make_label("", "muted", wraps=True)
        self._column.addSpacing(4)
        self._column.addWidget(self.sentence)
        self._column.addSpacing(4)
        self._phases = QHBoxLayout()
        self._phases.setSpacing(20)
        self._column.addLayout(self._phases)

    def show_possible(self, names: tuple[str, ...]) -> None:
        """Offer only the strategies that the model can be trained with."""
        for name, row in self._rows.items():
            row.setVisible(name in names)

    def show_strategy(self, name: str, num_groups: int) -> None:
        """Draw the chosen strategy on a network of so many layer groups and a head."""
        self.options[name].setChecked(True)
        if (name, num_groups) == self._shown:
            return
        self._shown = (name, num_groups)
        self.sentence.setText(
            STRATEGY_WORDS[name].sentence
            if num_groups
            else self.tr(
                "Nothing is pretrained: all it knows it learns from your samples, quickly."
            )
        )
        while self._phases.count():
            item = self._phases.takeAt(0)
            old = item.widget() if item else None
            if old is not None:
                old.deleteLater()
        phases = STRATEGIES[name].phases if num_groups else ()  # else nothing is frozen or thawed
        for number, phase in enumerate(phases, start=1):
            title = PHASES.get(phase.id, phase.id)
            words = f"{number}. {title}" if len(phases) > 1 else title
            self._phases.addWidget(self._picture(phase, words, num_groups), 1)

    def _add_option(self, name: str) -> None:
        words = STRATEGY_WORDS[name]
        option = QRadioButton(words.title)
        option.setMinimumHeight(RADIO_PX)
        option.setAccessibleDescription(words.sentence)
        option.toggled.connect(lambda is_on: self.chosen.emit(name) if is_on else None)
        self.options[name] = option
        self._rows[name] = QWidget()
        row = QHBoxLayout(self._rows[name])
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(option)
        row.addWidget(make_label(words.term, "note"))
        row.addStretch(1)
        self._group.addButton(option)
        self._column.addWidget(self._rows[name])

    def _picture(self, phase: Phase, words: str, num_groups: int) -> QWidget:
        picture = QWidget()
        column = QVBoxLayout(picture)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        strip = GroupStrip(self._theme)
        count = phase.trains.num_groups
        learning = num_groups if count is None else min(count, num_groups)
        frozen = num_groups - learning
        strip.show_groups((False,) * frozen + (True,) * (learning + 1))
        column.addWidget(strip)
        column.addWidget(make_label(words, "note"))
        return picture
