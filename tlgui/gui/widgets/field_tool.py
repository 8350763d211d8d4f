"""What helps to choose one setting: a link below its field, and what it opens beside it."""

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.notice import FailureNotice
from tlgui.gui.widgets.progress_line import ProgressLine
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.trials import TrialsViewModel


class FieldTool(QWidget):
    """A sentence with actions above what there is to see; each tool adds its own."""

    toggled = Signal()  # opened or closed

    def __init__(self, setting: str, link: str, trials: TrialsViewModel) -> None:
        """Build what all tools have.

        Args:
            setting: Name of the setting whose field it stands beside.
            link: What the link below the field says.
            trials: What can be tried.
        """
        super().__init__()
        self.setting = setting
        self.trials = trials
        self.link = make_button(link, "link", self.open)
        self.link.setParent(self)  # until there is a field: alone it would be a window
        self.words = make_label("", "small", wraps=True)
        self.words.setContentsMargins(0, 4, 0, 3)  # on one line with the links
        self.progress = ProgressLine()
        self.failure = FailureNotice()
        self._actions = QHBoxLayout()
        self._actions.setSpacing(16)
        header = QHBoxLayout()
        header.setSpacing(16)
        header.addWidget(self.words, 1, Qt.AlignmentFlag.AlignTop)
        header.addLayout(self._actions)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 4, 2)
        self.column.setSpacing(4)
        self.column.addLayout(header)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.failure)
        self._was_open = False
        self.hide()
        trials.plan.changed.connect(self.show_link)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to look at."""
        raise NotImplementedError

    @property
    def is_offered(self) -> bool:
        """Whether the link leads to anything to look at."""
        return True

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What the keyboard reaches after the link, in this order."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin what the link promises."""
        raise NotImplementedError

    def leave(self) -> None:
        """End it."""
        raise NotImplementedError

    def open(self) -> None:
        """Begin, and put the keyboard on the way out."""
        self.start()
        shown = (stop for stop in self.stops if stop.isVisible())
        next(shown, self.link).setFocus()

    def close_tool(self) -> None:
        """End, and give the keyboard back to the link."""
        self.leave()
        self.link.setFocus()

    def refresh(self) -> None:
        """Tell the drawer where something was opened or closed."""
        self.show_link()
        if self.is_open != self._was_open:
            self._was_open = self.is_open
            self.toggled.emit()

    def show_link(self) -> None:
        """Offer the link where it leads to anything that is not there yet."""
        self.link.setVisible(self.is_offered and not self.is_open)
        self.link.setEnabled(self.trials.are_possible)

    def chain_focus(self) -> None:
        """Let the keyboard go from the link to what it opens."""
        for before, after in pairwise((self.link, *self.stops)):
            QWidget.setTabOrder(before, after)

    def add_action(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        """Add a link at the right end of the sentence and return it."""
        link = make_button(text, "link", clicked)
        self._actions.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        return link
