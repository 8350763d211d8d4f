"""One more column of a table, by the paths of its samples."""

from pathlib import Path

from tlgui.engine.data.inside import Inside
from tlgui.engine.data.names import MAX_LABEL_CHARS, clean
from tlgui.engine.data.table_columns import find_files
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.tables import column_missing, open_table
from tlgui.engine.data.text_tables import row_path


def read_file_values(path: Path, name: str) -> dict[str, str]:
    """Return a column of a table of files.

    Raises:
        TlguiError: the table is damaged, or has no such column.
    """
    table = open_table(path, no_tick)
    column, files = table.column(name), find_files(table.columns, table.probe, path.parent)
    if files is None:
        raise column_missing(table, "file")
    inside = Inside(path.parent)
    rows = (row.cells for row in table.rows(no_tick) if not row.reason)
    return {inside.relative(cells[files]): clean(cells[column][:MAX_LABEL_CHARS]) for cells in rows}


def read_row_values(path: Path, name: str) -> dict[str, str]:
    """Return a column of a table of texts.

    Raises:
        TlguiError: the table is damaged, or has no such column.
    """
    table = open_table(path, no_tick)
    column = table.column(name)
    known: dict[str, str] = {}  # one string for equal ones, of which a group has many
    values: dict[str, str] = {}
    for row in table.rows(no_tick):
        if not row.reason:
            value = clean(row.cells[column][:MAX_LABEL_CHARS])
            values[row_path(row.number)] = known.setdefault(value, value)
    return values
