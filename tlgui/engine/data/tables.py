"""Tables of labels: CSV and TSV files as people and their programs really write them."""

import csv
import io
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from tlgui.core.errors import TlguiError

MAX_TABLE_BYTES: Final = 256_000_000
FILE_COLUMNS: Final = (
    *("file", "filename", "file_name", "filepath", "file_path", "path", "image", "image_path"),
    *("image_name", "image_file", "img", "picture", "photo"),
)
_DELIMITERS: Final = ",;\t|"
_NUM_PROBES: Final = 50  # rows looked at to find the delimiter and the column of files


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in memory; every row has as many cells as there are columns."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    file_column: int

    def find(self, names: Sequence[str]) -> int | None:
        """Return the index of the column with the first of these plain names that there is."""
        return _find(self.columns, names)

    def column(self, name: str) -> int:
        """Return the index of a column.

        Raises:
            TlguiError: there is none of that name.
        """
        index = self.find([plain(name)])
        if index is None:
            raise column_missing(self.path, name, self.columns)
        return index


def read_column(path: Path, name: str) -> dict[str, str]:
    """Return one column of a table by the paths of its files.

    Raises:
        TlguiError: the table is damaged, or has no such column.
    """
    table = read_table(path)
    column = table.column(name)
    inside = Inside(path.parent)
    return {inside.relative(row[table.file_column]): clean(row[column]) for row in table.rows}


def read_table(path: Path) -> Table:
    """Return a table whose encoding, delimiter and column of files are found out.

    Raises:
        TlguiError: it cannot be read, is no table, or names no files.
    """
    text = _text(path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(text)
    if text[:4].lower() == "sep=":  # a hint that spreadsheets write into the first line
        hint, _, text = text.partition("\n")
        delimiter = hint[4:5] or delimiter
    rows = _rows(path, text, delimiter)
    if not rows:
        raise TlguiError("table_damaged", path=str(path), reason="it is empty")
    header, *body = rows
    if any(Inside(path.parent).is_file(cell) for cell in header):
        header, body = tuple(f"column {n}" for n in range(1, len(header) + 1)), rows
    if not body:
        raise TlguiError("table_damaged", path=str(path), reason="it has no rows but the first")
    columns = tuple(clean(name) for name in header)
    cells = tuple(_fitted(path, number, row, len(columns)) for number, row in enumerate(body, 2))
    file_column = _file_column(path, columns, cells)
    return Table(path=path, columns=columns, rows=cells, file_column=file_column)


def plain(name: str) -> str:
    """Return a column's name as it is compared: no case, one kind of separator."""
    return clean(name).casefold().replace(" ", "_").replace("-", "_")


def clean(cell: str) -> str:
    """Return a cell without blanks around it; one spelling for what looks the same."""
    return unicodedata.normalize("NFC", cell.strip())


def column_missing(path: Path, name: str, columns: Sequence[str]) -> TlguiError:
    """Return the error for a column that is not there, with those that are."""
    return TlguiError("column_missing", path=str(path), name=name, known=", ".join(columns)[:500])


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TABLE_BYTES:
            reason = f"it is larger than {MAX_TABLE_BYTES // 1_000_000} MB"
            raise TlguiError("table_damaged", path=str(path), reason=reason)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TlguiError("table_damaged", path=str(path), reason=reason) from error
    try:
        text = data.decode(_encoding(data))
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # never fails, and is right for old Western tables
    if "\0" in text:
        raise TlguiError("table_damaged", path=str(path), reason="it is not a text file")
    return text


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4000]
    zeros = sample[::2].count(0), sample[1::2].count(0)  # UTF-16 without its mark
    if max(zeros) > len(sample) / 8:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    return "utf-8-sig"


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts most of the first lines into as many cells as the first."""
    lines = text.splitlines()[:_NUM_PROBES]

    def score(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        same = sum(count == counts[0] for count in counts) if counts and counts[0] else 0
        return same, counts[0] if counts else 0

    return max(_DELIMITERS, key=score)


def _rows(path: Path, text: str, delimiter: str) -> list[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [tuple(row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        reason = f"line {reader.line_num}: {error}"
        raise TlguiError("table_damaged", path=str(path), reason=reason) from error


def _fitted(path: Path, number: int, row: Sequence[str], num_columns: int) -> tuple[str, ...]:
    if any(cell.strip() for cell in row[num_columns:]):
        reason = f"row {number} has {len(row)} cells, the first row has {num_columns}"
        raise TlguiError("table_damaged", path=str(path), reason=reason)
    return (*row, *[""] * num_columns)[:num_columns]


def _file_column(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    named = [c for c in (_find(columns, [name]) for name in FILE_COLUMNS) if c is not None]
    candidates = named or range(len(columns))
    inside = Inside(path.parent)
    hits = {c: sum(inside.is_file(row[c]) for row in rows[:_NUM_PROBES]) for c in candidates}
    if not named and not any(hits.values()):
        raise column_missing(path, "file", columns)
    return max(hits, key=lambda c: hits[c])


def _find(columns: Sequence[str], names: Sequence[str]) -> int | None:
    known = [plain(column) for column in columns]
    return next((known.index(name) for name in names if name in known), None)
