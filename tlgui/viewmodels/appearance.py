"""What the window remembers between starts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal

from tlgui.core.errors import TlguiError
from tlgui.core.settings import Settings, Theme, write_settings
from tlgui.viewmodels.view_model import ViewModel


class AppearanceViewModel(ViewModel):
    """Holds the settings and writes them when they change."""

    theme_chosen = Signal(str)

    def __init__(
        self,
        settings: Settings,
        path: Path,
        write: Callable[[Path, Settings], None] = write_settings,
    ) -> None:
        super().__init__()
        self.settings = settings
        self._path = path
        self._write = write

    def choose_theme(self, theme: Theme) -> None:
        """Use these colors from now on."""
        self._change(replace(self.settings, theme=theme))
        self.theme_chosen.emit(theme)

    def remember_folder(self, folder: str) -> None:
        """Open the next folder dialog here."""
        self._change(replace(self.settings, last_folder=folder))

    def remember_geometry(self, geometry: str) -> None:
        """Open the next window here."""
        self._change(replace(self.settings, window_geometry=geometry))

    def _change(self, settings: Settings) -> None:
        if settings == self.settings:
            return
        self.settings = settings
        try:
            self._write(self._path, settings)
        except (TlguiError, OSError):
            return  # a full disk must not keep anybody from working
        self.announce_now()
