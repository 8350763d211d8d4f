"""The rows of the first sheet of an Excel workbook that is not hidden."""

import lzma
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from tlgui.core.dataset import Problem
from tlgui.engine.data.names import printable
from tlgui.engine.data.table_rows import (
    MAX_CELL_CHARS,
    MAX_COLUMNS,
    Row,
    Tick,
    damaged,
    is_blank,
    require_small,
    ticking,
)

if TYPE_CHECKING:
    from openpyxl import Workbook  # type: ignore[import-untyped]

MAX_ROWS: Final = 1_048_576  # of a sheet; the numbers in a file may say anything
MAX_UNPACKED_BYTES: Final = 2_000_000_000
MAX_HELD_BYTES: Final = 300_000_000  # the strings that cells share, and what cells look like
_TOO_LARGE: Final = "it would unpack to more than fits into memory"
_NUM_PROBES: Final = 50  # rows of other sheets that are looked at
_MAX_NAMES_CHARS: Final = 200
_BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,  # of XML
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class XlsxFile:
    """The ``RowSource`` of a workbook's first sheet; see there."""

    names_columns = False
    problems: Sequence[Problem] = ()

    def __init__(self, path: Path, tick: Tick) -> None:
        """Check what it would unpack to; see ``CsvFile``.

        Raises:
            TlguiError: it is no workbook, or would fill the memory.
        """
        self.path = path
        require_small(path)
        try:
            with zipfile.ZipFile(path) as file:
                size = sum(info.file_size for info in file.infolist())
        except OSError as error:
            raise damaged(path, error.strerror or str(error)) from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            reason = "it is no Excel workbook, or one that a password protects"
            raise damaged(path, reason) from error
        # reading stops at these sizes, so a lie about them is only a damaged file
        if size > MAX_UNPACKED_BYTES:
            raise damaged(path, _TOO_LARGE)

    def rows(self, tick: Tick) -> Iterator[Row]:
        """Yield the rows that hold anything.

        Raises:
            TlguiError: the workbook is damaged.
        """
        try:
            with self.path.open("rb") as file:  # an archive would not close it after an error
                yield from self._rows(_opened(_Archive(file, self.path, tick)), tick)
        except _BROKEN as error:
            raise damaged(self.path, "the Excel workbook is damaged") from error

    def _rows(self, book: "Workbook", tick: Tick) -> Iterator[Row]:
        if not book.worksheets:
            raise damaged(self.path, "it has no sheet")
        # what nobody sees is not what a person means
        sheet, *others = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
        self.problems = _ignored([other for other in others if _is_filled(other)])
        for number, row in enumerate(ticking(_rows_of(sheet, MAX_ROWS), tick), start=1):
            if any(len(cell) > MAX_CELL_CHARS for cell in row):
                yield Row(number, (), f"a cell of more than {MAX_CELL_CHARS:,} characters")
            elif not is_blank(row):
                yield Row(number, row)


class _Archive(zipfile.ZipFile):
    """The parts of a workbook, of which openpyxl holds everything but the rows in memory.

    What names, types and relations say of a part need not be true, so what is read is counted.
    """

    def __init__(self, file: IO[bytes], path: Path, tick: Tick) -> None:
        super().__init__(file)
        self.max_bytes: float = MAX_HELD_BYTES
        self._path = path
        self._tick = tick
        self._num_bytes = 0

    def open(self, name: Any, *args: Any, **options: Any) -> IO[bytes]:
        """Open a part."""
        part = super().open(name, *args, **options)
        size = self.getinfo(getattr(name, "filename", name)).file_size
        part.read = partial(self._read, part.read, size)  # type: ignore[method-assign]
        return part

    def _read(self, read: Callable[[int], bytes], part_size: int, size: int = -1) -> bytes:
        self._tick(0)
        self._num_bytes += part_size if size < 0 else size
        if self._num_bytes > self.max_bytes:
            raise damaged(self._path, _TOO_LARGE)
        return read(size)


def _opened(archive: _Archive) -> "Workbook":
    # takes long, and few need it
    from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it does not keep when it would save
        reader = ExcelReader(archive.fp, read_only=True, data_only=True, keep_links=False)
        reader.archive = archive
        reader.read()
    archive.max_bytes = math.inf
    return reader.wb


def _rows_of(sheet: Any, max_row: int) -> Iterator[Sequence[str]]:
    sheet.reset_dimensions()  # what a file says of its size need not be true
    # with a limit on columns every row would be filled up to it
    for cells in sheet.iter_rows(values_only=True, max_row=max_row):
        yield tuple(_cell(value) for value in cells[:MAX_COLUMNS])


def _is_filled(sheet: Any) -> bool:
    return not all(map(is_blank, _rows_of(sheet, _NUM_PROBES)))


def _ignored(sheets: Sequence[Any]) -> Sequence[Problem]:
    names = ", ".join(printable(sheet.title) for sheet in sheets)[:_MAX_NAMES_CHARS]
    return [Problem(code="sheets_ignored", name=names, count=len(sheets))] if sheets else []


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(str(value))
