"""The rows of the first sheet of an Excel workbook."""

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError

from tlgui.engine.data.names import printable
from tlgui.engine.data.table_rows import (
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    Row,
    Tick,
    damaged,
    is_blank,
    require_small,
)

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped]

MAX_ROWS: Final = 1_048_576  # of a sheet; the numbers in a file may say anything
MAX_UNPACKED_BYTES: Final = 2_000_000_000
# openpyxl holds them in memory: the strings that cells share, and what cells look like
MAX_HELD_BYTES: Final = 300_000_000
_BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class XlsxFile:
    """The ``RowSource`` of a workbook's first sheet; see there."""

    names_columns = False

    def __init__(self, path: Path, tick: Tick) -> None:
        """Check what it would unpack to; see ``CsvFile``.

        Raises:
            TlguiError: it is no workbook, or would fill the memory.
        """
        self.path = path
        require_small(path)
        try:
            with zipfile.ZipFile(path) as file:
                sizes = {info.filename: info.file_size for info in file.infolist()}
        except OSError as error:
            raise damaged(path, error.strerror or str(error)) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            reason = "it is no Excel workbook, or one that a password protects"
            raise damaged(path, reason) from error
        # reading stops at these sizes, so a lie about them is only a damaged file
        held = sum(n for name, n in sizes.items() if "/worksheets/" not in name)
        if held > MAX_HELD_BYTES or sum(sizes.values()) > MAX_UNPACKED_BYTES:
            raise damaged(path, "it would unpack to more than fits into memory")

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything.

        Raises:
            TlguiError: the workbook is damaged.
        """
        try:
            with closing(_opened(self.path)) as book:
                yield from self._rows(book)
        except _BROKEN as error:
            raise damaged(self.path, "the Excel workbook is damaged") from error

    def _rows(self, book: "Workbook") -> Iterator[Row]:
        if not book.worksheets:
            raise damaged(self.path, "it has no sheet")
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be true
        # with a limit on columns every row would be filled up to it
        values = sheet.iter_rows(values_only=True, max_row=MAX_ROWS)
        for number, cells in enumerate(values, start=1):
            row = tuple(_cell(value) for value in cells[:MAX_COLUMNS])
            if any(len(cell) > MAX_CELL_CHARS for cell in row):
                yield Row(number, (), f"a cell of more than {MAX_CELL_CHARS:,} characters")
            elif not is_blank(row):
                yield Row(number, row)


def _opened(path: Path) -> "Workbook":
    from openpyxl import load_workbook  # takes long, and few need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it does not keep when it would save
        return load_workbook(path, read_only=True, data_only=True, keep_links=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(str(value))
