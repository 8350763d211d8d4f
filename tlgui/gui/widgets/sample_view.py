"""Samples for people to look at, pictures or texts."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QListView, QSizePolicy, QVBoxLayout, QWidget

from tlgui.core.dataset import Modality
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.gallery import Gallery, Picture
from tlgui.gui.widgets.snippet_list import Snippet, SnippetList
from tlgui.viewmodels.samples import Shown

TILE = QSize(184, 150)


class SampleView(QWidget):
    """A gallery or a list of texts, whichever the samples are; hidden while there are none."""

    chosen = Signal(int)  # the sample that the keyboard or a click is at, -1 for none
    opened = Signal(int)  # the sample that was clicked, or on which Enter was pressed

    def __init__(self, theme: Theme, pictures: str, texts: str, *, is_row: bool = False) -> None:
        """Prepare.

        Args:
            theme: Colors.
            pictures: What the gallery is called for those who do not see it.
            texts: Likewise.
            is_row: One row of them instead of as many as there is room for.
        """
        super().__init__()
        self.gallery = Gallery(theme, TILE, is_row=is_row)
        self.gallery.setAccessibleName(pictures)
        self.texts = SnippetList(theme, is_row=is_row)
        self.texts.setAccessibleName(texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for view in (self.gallery, self.texts):
            column.addWidget(view)
            view.selectionModel().currentChanged.connect(self._on_current)
            view.clicked.connect(self._on_opened)
            view.activated.connect(self._on_opened)
            if not is_row:
                view.setMinimumHeight(TILE.height())
                view.setSizeAdjustPolicy(QListView.SizeAdjustPolicy.AdjustIgnored)
        vertical = QSizePolicy.Policy.Fixed if is_row else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)

    def show_samples(self, shown: Sequence[Shown], modality: Modality) -> None:
        """Show these and no others."""
        self.setVisible(bool(shown))
        self.gallery.setVisible(modality == "image")
        self.texts.setVisible(modality == "text")
        if modality == "text":
            self.texts.snippets.show_snippets(
                [Snippet(text=s.text, caption=s.caption, file=s.file) for s in shown]
            )
        else:
            self.gallery.pictures.show_pictures(
                [Picture(thumbnail=s.thumbnail, caption=s.caption, file=s.file) for s in shown]
            )

    def clear_choice(self) -> None:
        """Let none of them be chosen, so that a click on any of them is a choice again."""
        for view in (self.gallery, self.texts):
            selection = view.selectionModel()
            if selection.currentIndex().isValid():
                with QSignalBlocker(selection):
                    selection.clear()
                view.viewport().update()

    def _on_opened(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    def _on_current(self, current: QModelIndex) -> None:
        self.chosen.emit(current.row())
