"""Tables of labels and of texts: their columns, and their rows as often as needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tlgui.core.errors import TlguiError
from tlgui.engine.data.inside import Inside
from tlgui.engine.data.names import clean, plain, printable
from tlgui.engine.data.table_columns import is_data
from tlgui.engine.data.table_formats import FORMATS
from tlgui.engine.data.table_rows import Row, RowSource, Tick, damaged, is_blank

_NUM_PROBES: Final = 200  # rows looked at to find out what the columns hold
_PROBED_CHARS: Final = 300  # of each cell
_MAX_NAME_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumns:
    """The columns that a person named; "" is guessed."""

    text: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose rows are read from its file again and again.

    Attributes:
        source: The file.
        columns: Their names, each different.
        has_header: The first row names the columns and is no row of its own.
        probe: The beginnings of the cells of the first rows.
    """

    source: RowSource
    columns: tuple[str, ...]
    has_header: bool
    probe: tuple[tuple[str, ...], ...]

    @property
    def path(self) -> Path:
        """The file's path."""
        return self.source.path

    def rows(self, tick: Tick) -> Iterator[Row]:
        """Yield the rows, each with a cell for every column, or with a reason why it has none.

        Args:
            tick: Called now and then with the number of rows so far; may raise to end the work.

        Raises:
            TlguiError: from some place on the file makes no sense.
        """
        rows = self.source.rows(tick)
        if self.has_header:
            next(rows, None)
        return (fitted(row, len(self.columns)) for row in rows)

    def column(self, name: str) -> int:
        """Return the index of a column.

        Raises:
            TlguiError: there is none of that name.
        """
        if name in self.columns:
            return self.columns.index(name)
        known = [plain(column) for column in self.columns]
        if plain(name) in known:
            return known.index(plain(name))
        raise column_missing(self, name)


def open_table(path: Path, tick: Tick) -> Table:
    """Return a table whose format and columns are found out.

    Args:
        path: A file with one of the ``FORMATS``.
        tick: See ``Table.rows``.

    Raises:
        TlguiError: it cannot be read, or is no table.
    """
    source = FORMATS[path.suffix.lower()](path, tick)
    rows = [_shortened(row) for row in islice(source.rows(tick), 1 + _NUM_PROBES)]
    if not rows:
        raise damaged(path, "it is empty")
    if rows[0].reason:
        raise damaged(path, f"row {rows[0].number}: {rows[0].reason}")
    first = rows[0].cells
    body = [fitted(row, len(first)) for row in rows[1:]]
    probe = [tuple(row.cells) for row in body if not row.reason]
    inside = Inside(path.parent)
    has_header = source.names_columns or not (
        any(inside.is_file(cell) for cell in first) or is_data(first, probe)
    )
    if has_header and not body:
        raise damaged(path, "it has no rows but the first")
    if not has_header:
        probe.insert(0, tuple(first))
    columns = _names(first if has_header else [""] * len(first))
    return Table(source=source, columns=columns, has_header=has_header, probe=tuple(probe))


def fitted(row: Row, num_columns: int) -> Row:
    """Return a row with as many cells as there are columns, or with the reason why it has more."""
    count = len(row.cells)
    if row.reason or count == num_columns:
        return row
    if not is_blank(row.cells[num_columns:]):
        return row._replace(reason=f"it has {count} cells, and the table {num_columns} columns")
    return row._replace(cells=(*row.cells, *[""] * num_columns)[:num_columns])


def column_missing(table: Table, name: str) -> TlguiError:
    """Return the error for a column that is not there, with those that are."""
    known = ", ".join(table.columns)[:500]
    return TlguiError("column_missing", path=str(table.path), name=name, known=known)


def _shortened(row: Row) -> Row:
    return row._replace(cells=tuple(cell[:_PROBED_CHARS] for cell in row.cells))


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return names that differ; a column without one gets its number."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        name = first = printable(clean(cell))[:_MAX_NAME_CHARS] or f"column {number}"
        count = 1
        while name in names:
            count += 1
            name = f"{first} ({count})"
        names[name] = None
    return tuple(names)
