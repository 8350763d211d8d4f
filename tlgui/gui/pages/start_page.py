"""The first page: what would you like to teach?"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

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
    example_chosen = Signal()
    folder_wanted = Signal()
    table_wanted = Signal()

    def __init__(self, device: DeviceViewModel, runs: RunsViewModel, theme: Theme) -> None:
        super().__init__()
        self._device, self._runs = device, runs
        self.unfinished = Notice("plain")
        self.resume = self.unfinished.add_action(self.tr("Continue"), self._continue)
        self.body.addWidget(self.unfinished)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.example = Tile(
            theme,
            "example",
            self.tr("Try the example"),
            self.tr("Pictures that come with tlgui. Training starts at once."),
            self.example_chosen.emit,
        )
        self.pictures = Tile(
            theme,
            "pictures",
            self.tr("Sort my pictures"),
            self.tr("A folder with one subfolder per kind, such as cats and dogs."),
            self.folder_wanted.emit,
        )
        for tile in (self.example, self.pictures):
            tile.setMaximumWidth(480)
            row.addWidget(tile, 1, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        self.drop = DropArea(self.tr("or drop a folder, or a table with labels, into this window"))
        self.table = make_button(self.tr("Choose a table"), "link", self.table_wanted.emit)
        self.drop.column.addWidget(self.table, 0, Qt.AlignmentFlag.AlignCenter)
        self.drop.column.addStretch(1)
        self.body.addLayout(row)
        self.body.addSpacing(16)
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

    def _continue(self) -> None:
        if self._runs.unfinished is not None:
            self.run_wanted.emit(self._runs.unfinished.run)
