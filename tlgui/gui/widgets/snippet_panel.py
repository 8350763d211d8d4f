"""The texts of the data page: a box to search them, and those that match."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from tlgui.gui.theme import Theme
from tlgui.gui.widgets.snippet_list import SnippetList
from tlgui.gui.widgets.text import make_label
from tlgui.viewmodels.dataset import DatasetViewModel


class SnippetPanel(QWidget):
    """Draws the snippets of a DatasetViewModel."""

    def __init__(self, viewmodel: DatasetViewModel, theme: Theme) -> None:
        super().__init__()
        self._viewmodel = viewmodel
        self._shown = viewmodel.snippets
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search in the texts"))
        self.search.setAccessibleName(self.tr("Search in the texts"))
        self.search.setClearButtonEnabled(True)
        self.search.setAcceptDrops(False)
        self.search.textEdited.connect(viewmodel.search)
        # the button that clears the box edits nothing in Qt's eyes
        self.search.textChanged.connect(lambda text: None if text else viewmodel.search(""))
        self.found = make_label("", "note")
        self.list = SnippetList(theme)
        self.list.setAccessibleName(self.tr("Texts"))
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.search, 1)
        row.addWidget(self.found)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.list, 1)

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        snippets = self._viewmodel.snippets
        if snippets is not self._shown:
            self._shown = snippets
            with QSignalBlocker(self.search):
                self.search.clear()
        self.found.setText(self._viewmodel.found_sentence)
        self.list.snippets.follow(snippets.found)
