"""The window: sidebar, pages and status line, and what one can do anywhere in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from tlgui.core.dataset import Modality
from tlgui.gui.dialogs import Dialogs
from tlgui.gui.help_window import HelpWindow
from tlgui.gui.page_set import PageSet
from tlgui.gui.path_chooser import PathChooser
from tlgui.gui.strategy_window import StrategyWindow
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.notice import Notice
from tlgui.gui.widgets.sidebar import Sidebar
from tlgui.gui.widgets.status_line import StatusLine
from tlgui.viewmodels.appearance import AppearanceViewModel
from tlgui.viewmodels.device import DeviceViewModel
from tlgui.viewmodels.journey import STAGES, JourneyViewModel
from tlgui.viewmodels.shutdown import ShutdownViewModel
from tlgui.viewmodels.trials import TrialsViewModel

DEFAULT_SIZE = (1280, 800)
TITLE_BAR_PX = 40  # at most; what a system draws around a window is known once it is shown
SMALLEST_SIZE = (900, 500)  # a full-HD screen at 200 %


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowViewModels:
    """Everything the window draws."""

    journey: JourneyViewModel
    trials: TrialsViewModel
    device: DeviceViewModel
    appearance: AppearanceViewModel
    shutdown: ShutdownViewModel


class MainWindow(QMainWindow):
    """Holds the pages; what they do is decided in the view-models."""

    prepared = Signal()  # every page is built

    def __init__(
        self,
        viewmodels: WindowViewModels,
        theme: Theme,
        dialogs: Dialogs,
        examples: Mapping[Modality, str],
    ) -> None:
        """Build the window.

        Args:
            viewmodels: What it draws.
            theme: Colors.
            dialogs: The system's dialogs.
            examples: Folder of the example of each modality; "" where there is none.
        """
        super().__init__()
        self._journey = viewmodels.journey
        self._appearance = viewmodels.appearance
        self._shutdown = viewmodels.shutdown
        self.chooser = PathChooser(self, self._journey, self._appearance, dialogs)
        self.pages = PageSet(
            self._journey, viewmodels.device, viewmodels.trials, theme, self.chooser, examples
        )
        self.sidebar = Sidebar(self._journey, self._appearance, theme)
        self.status = StatusLine(viewmodels.device, self._journey.run)
        self.closing = self._closing_notice()
        self._theme = theme
        self.help: HelpWindow | None = None
        self.ways: StrategyWindow | None = None
        self.pages.help_wanted.connect(self.show_ways)
        self.setWindowTitle("tlgui")
        self.setMinimumSize(*SMALLEST_SIZE)
        self.setAcceptDrops(True)
        self.setCentralWidget(self._central())
        self._add_shortcuts()
        self._restore_geometry()
        self._journey.changed.connect(self.refresh)
        self._shutdown.changed.connect(self._on_shutdown_changed)
        self.refresh()

    def refresh(self) -> None:
        """Show the stage that the journey is at."""
        self.pages.show_stage(self._journey.stage)

    def prepare_pages(self) -> None:
        """Build the pages that nobody has asked for yet, one per turn of the event loop."""
        if self.pages.prepare_next():
            QTimer.singleShot(0, self, self.prepare_pages)
        else:
            self.prepared.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close only when everything is saved; until then the program goes on without freezing."""
        self._appearance.remember_geometry(self.saveGeometry().toBase64().toStdString())
        if self._shutdown.step == "closed":
            event.accept()
            return
        event.ignore()
        self._shutdown.request_close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Welcome files and folders."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.pages.show_hover(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget what was about to be dropped."""
        self.pages.show_hover(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take what was dropped, wherever it was."""
        urls = event.mimeData().urls()
        paths = [url.toLocalFile() for url in urls if url.isLocalFile()]
        event.acceptProposedAction()
        self.pages.show_hover(False)
        # answering the other program first lets its drag end before any work begins
        QTimer.singleShot(0, self, lambda: self._journey.take_drop(paths))

    def show_help(self) -> None:
        """Show the ways to learn where one is chosen, else what tlgui is and the keys it knows."""
        if self._journey.stage == "plan" and self._journey.plan.help_pages:
            self.show_ways(self._journey.plan.strategy)
            return
        if self.help is None:
            self.help = HelpWindow(self)
        self.help.show()
        self.help.raise_()

    def show_ways(self, strategy: str) -> None:
        """Show the page to read about a strategy."""
        if self.ways is None:
            self.ways = StrategyWindow(self, self._theme)
        self.ways.show_page(self._journey.plan.help_pages, strategy)
        self.ways.show()
        self.ways.raise_()

    def _central(self) -> QWidget:
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.closing)
        right.addWidget(self.pages, 1)
        right.addWidget(self.status)
        central = QWidget()
        row = QHBoxLayout(central)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(right, 1)
        return central

    def _closing_notice(self) -> Notice:
        notice = Notice("warning")
        self.pause_and_close = notice.add_action(
            self.tr("Pause and close"), self._shutdown.pause_and_close
        )
        self.keep_going = notice.add_action(self.tr("Keep going"), self._shutdown.keep_going)
        return notice

    def _on_shutdown_changed(self) -> None:
        step = self._shutdown.step
        is_asking = step == "asking"
        question = self.tr(
            "Close now? Training is paused and saved; continue it at the next start."
        )
        self.closing.show_text(self.tr("Training is running"), question if is_asking else "")
        if is_asking:
            self.pause_and_close.setFocus()
        if step == "waiting":
            self.hide()

    def _add_shortcuts(self) -> None:
        self._add_shortcut(QKeySequence(QKeySequence.StandardKey.Open), self.chooser.open_folder)
        self._add_shortcut(QKeySequence("Esc"), self._journey.step_back)
        self._add_shortcut(QKeySequence("F1"), self.show_help)
        self._add_shortcut(QKeySequence("Ctrl+Z"), self._journey.run.undo_discard)
        self._add_shortcut(QKeySequence("Ctrl+Q"), self.close)
        for number, stage in enumerate(STAGES):
            go = lambda stage=stage: self._journey.go_to(stage)  # noqa: E731
            self._add_shortcut(QKeySequence(f"Ctrl+{number}"), go)

    def _add_shortcut(self, keys: QKeySequence, action: Callable[[], object]) -> None:
        shortcut = QShortcut(keys, self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(lambda: action())

    def _restore_geometry(self) -> None:
        geometry = self._appearance.settings.window_geometry
        encoded = QByteArray(geometry.encode("ascii", "ignore"))
        if not geometry or not self.restoreGeometry(QByteArray.fromBase64(encoded)):
            room = self.screen().availableSize() - QSize(0, TITLE_BAR_PX)
            self.resize(QSize(*DEFAULT_SIZE).boundedTo(room))
