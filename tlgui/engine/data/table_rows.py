"""The rows of a table in any format, one at a time, as its file holds them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeVar

from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError

MAX_TABLE_BYTES: Final = 2_000_000_000
MAX_CELL_CHARS: Final = 2_000_000
MAX_COLUMNS: Final = 1000
NUL: Final = "it holds characters that are no text"
_TICK_ROWS: Final = 1000

Tick = Callable[[int], None]
T = TypeVar("T")


def no_tick(count: int) -> None:
    """A ``Tick`` for those who have nothing to do meanwhile."""


class Row(NamedTuple):
    """One row; of a table of a million rows, so it has to be made quickly.

    Attributes:
        number: As a spreadsheet counts, from 1; of JSON lines the line's number.
        cells: What it holds, whatever their number.
        reason: Why it cannot be used, in plain words; "" if it can.
    """

    number: int
    cells: Sequence[str]
    reason: str = ""


class RowSource(Protocol):
    """A file of rows, which can be read as often as needed.

    Attributes:
        path: The file.
        names_columns: Its first row always names the columns.
        problems: What a person should know of it, once its rows were read.
    """

    path: Path
    names_columns: bool
    problems: Sequence[Problem]

    def rows(self, tick: Tick) -> Iterator[Row]:
        """Yield the rows that hold anything, in their order.

        Args:
            tick: Called now and then with the number of rows so far, blank ones too; may raise
                to end the work.

        Raises:
            TlguiError: from some place on the file makes no sense.
        """


def ticking(items: Iterable[T], tick: Tick) -> Iterator[T]:
    """Yield rows or lines, and call a function with their number so far now and then."""
    for count, item in enumerate(items):
        if count % _TICK_ROWS == 0:
            tick(count)
        yield item


def damaged(path: Path, reason: str) -> TlguiError:
    """Return the error for a table that cannot be used."""
    return TlguiError("table_damaged", path=str(path), reason=reason)


def require_small(path: Path) -> None:
    """Check a table's size before it is opened.

    Raises:
        TlguiError: it is too large, is no file, or cannot be looked at.
    """
    try:
        size = path.stat().st_size
        is_file = path.is_file()
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    if not is_file:  # opening a pipe would wait for ever
        raise damaged(path, "it is not a file")
    if size > MAX_TABLE_BYTES:
        raise damaged(path, f"it is larger than {MAX_TABLE_BYTES // 1_000_000:,} MB")


def is_blank(cells: Sequence[str]) -> bool:
    """Whether no cell holds more than blanks."""
    return not any(cell and not cell.isspace() for cell in cells)
