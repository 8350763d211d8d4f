"""The system's dialogs for files and folders; tests put their own answers here."""

from PySide6.QtWidgets import QFileDialog, QWidget

from tlgui.viewmodels.dataset import TABLES


class Dialogs:
    """Asks for paths; every answer may be empty."""

    def choose_folder(self, parent: QWidget, title: str, start: str) -> str:
        """Return a folder."""
        return QFileDialog.getExistingDirectory(parent, title, start)

    def choose_table(self, parent: QWidget, title: str, start: str) -> str:
        """Return a table of texts, or of file names, and labels."""
        tables = f"{title} ({' '.join(f'*{suffix}' for suffix in TABLES)})"
        return QFileDialog.getOpenFileName(parent, title, start, tables)[0]

    def choose_files(self, parent: QWidget, title: str, start: str) -> list[str]:
        """Return files."""
        return QFileDialog.getOpenFileNames(parent, title, start)[0]

    def choose_target(self, parent: QWidget, title: str, suggestion: str) -> str:
        """Return a file to write."""
        return QFileDialog.getSaveFileName(parent, title, suggestion)[0]
