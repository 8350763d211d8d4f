"""The first page: what would you like to teach?"""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from tlgui.core.dataset import Modality
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.button import make_button
from tlgui.gui.widgets.drop_area import DropArea
from tlgui.gui.widgets.notice import Notice
from tlgui.gui.widgets.page import Page
from tlgui.gui.widgets.tile import Tile
from tlgui.viewmodels.device import DeviceViewModel
from tlgui.viewmodels.runs import RunsViewModel


class StartPage(Page):
    """Draws a DeviceViewModel and the ways to begin."""

    run_wanted = Signal(object)  # RunFolder
    example_chosen = Signal(str)  # its folder
    folder_wanted = Signal()
    table_wanted = Signal()

    def __init__(
        self,
        device: DeviceViewModel,
        runs: RunsViewModel,
        theme: Theme,
        examples: Mapping[Modality, str],
    ) -> None:
        """Build the page.

        Args:
            device: What this computer can do.
            runs: What could be continued.
            theme: Colors.
            examples: Folder of the example of each modality; "" where there is none.
        """
        super().__init__()
        self._examples = examples
        self._device, self._runs = device, runs
        self.unfinished = Notice("plain")
        self.resume = self.unfinished.add_action(self.tr("Continue"), self._continue)
        self.body.addWidget(self.unfinished)
        self.body.addLayout(self._tiles(theme))
        self.body.addSpacing(16)
        self.drop = self._drop_area()
        self.body.addWidget(self.drop)
        self.body.addStretch(1)
        device.changed.connect(self.refresh)
        runs.changed.connect(self.refresh)
        self.setFocusProxy(self.example)
        self.refresh()

    def refresh(self) -> None:
        """Redraw from the view-model's current state."""
        self.show_header(self.tr("What would you like to teach?"), self._device.sentence)
        run = self._runs.unfinished
        words = self.tr("{name}: {detail}").format(name=run.name, detail=run.detail) if run else ""
        self.unfinished.show_text(self.tr("Not finished yet"), words)

    def _tiles(self, theme: Theme) -> QHBoxLayout:
        self.example = Tile(
            theme,
            "example",
            self.tr("Try the example"),
            self.tr("Pictures that come with tlgui. Training starts at once."),
            lambda: self._choose_example("image"),
        )
        self.pictures = Tile(
            theme,
            "pictures",
            self.tr("Sort my pictures"),
            self.tr("A folder with one subfolder per kind, such as cats and dogs."),
            self.folder_wanted.emit,
        )
        self.texts = Tile(
            theme,
            "texts",
            self.tr("Sort my texts"),
            self.tr("A folder with one subfolder per kind. For a table see below."),
            self.folder_wanted.emit,
        )
        row = QHBoxLayout()
        row.setSpacing(24)
        for tile in (self.example, self.pictures, self.texts):
            row.addWidget(tile, 1, Qt.AlignmentFlag.AlignTop)
        row.addStretch(0)
        return row

    def _drop_area(self) -> DropArea:
        drop = DropArea(
            self.tr("or drop a folder, or a table of texts or file names, into this window")
        )
        self.table = make_button(self.tr("Choose a table"), "link", self.table_wanted.emit)
        self.text_example = make_button(
            self.tr("Try an example of texts"), "link", lambda: self._choose_example("text")
        )
        self.text_example.setVisible(bool(self._examples.get("text")))
        links = QHBoxLayout()
        links.setSpacing(24)
        links.addStretch(1)
        links.addWidget(self.table)
        links.addWidget(self.text_example)
        links.addStretch(1)
        drop.column.addLayout(links)
        drop.column.addStretch(1)
        return drop

    def _choose_example(self, modality: Modality) -> None:
        self.example_chosen.emit(self._examples[modality])

    def _continue(self) -> None:
        if self._runs.unfinished is not None:
            self.run_wanted.emit(self._runs.unfinished.run)
