"""What a table names, and whether it lies in the table's own folder."""

import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from tlgui.engine.data.table_rows import NUL

MAX_PATH_CHARS: Final = 1000


class Inside:
    """Judges whether what a table names lies in the table's own folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = Path(os.path.realpath(folder))
        self._is_inside: dict[Path, bool] = {}

    def relative(self, cell: str) -> str:
        """Return the path a cell means, with forward slashes."""
        return PurePosixPath(cell.strip().replace("\\", "/")).as_posix()

    def is_file(self, cell: str) -> bool:
        """Whether a cell names an existing file inside the folder."""
        path = self._folder / self.relative(cell)
        return not self.why_not(cell) and os.path.isfile(path)  # noqa: PTH113 (never raises)

    def why_not(self, cell: str) -> str:
        """Return why a cell must not be followed, or ""."""
        if not cell.strip():
            return "the row names no file"
        if len(cell) > MAX_PATH_CHARS:
            return "no file has so long a name"
        if "\0" in cell:
            return NUL
        path, windows = PurePosixPath(self.relative(cell)), PureWindowsPath(cell.strip())
        if path.is_absolute() or windows.drive or windows.root or ".." in path.parts:
            return "it is not inside the folder of the table"
        return "" if self._holds(self._folder / path) else "a link leads out of the folder"

    def _holds(self, file: Path) -> bool:
        parent = file.parent
        if parent not in self._is_inside:
            self._is_inside[parent] = self._is_below(parent)
        return self._is_inside[parent] and (not os.path.islink(file) or self._is_below(file))  # noqa: PTH114

    def _is_below(self, path: Path) -> bool:
        return Path(os.path.realpath(path)).is_relative_to(self._root)
