"""Which files a table of labels offers as samples, before any of them is opened."""

from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem, Split
from tlgui.core.errors import TlguiError
from tlgui.engine.data.listing import (
    SPLIT_FOLDERS,
    Listing,
    Row,
    Tick,
    entries_of,
    unreadable,
)
from tlgui.engine.data.names import natural_key
from tlgui.engine.data.tables import Inside, Table, clean, column_missing, plain, read_table

LABEL_COLUMNS: Final = ("label", "class", "category", "kind", "target", "class_name", "label_name")
SPLIT_COLUMNS: Final = ("split", "subset", "partition", "set")


def list_table(path: Path, tick: Tick) -> Listing:
    """List the files a table names, with their labels; its folder is the data set's folder.

    Args:
        path: The CSV or TSV file.
        tick: Called with the number of rows so far; may raise to end the work.

    Raises:
        TlguiError: the table is damaged, or has no column of files or of labels.
    """
    table = read_table(path)
    label_column = _label_column(table)
    splits = _splits(table)
    rows: dict[tuple[str, str], Row] = {}
    problems: list[Problem] = []
    unlabeled: list[str] = []
    inside = Inside(path.parent)
    for number, row in enumerate(table.rows):
        tick(number)
        cell, label = row[table.file_column], clean(row[label_column])
        reason = inside.why_not(cell)
        if reason:
            problems.append(unreadable(cell[:200] or f"row {number + 2}", reason))
        elif not label:
            unlabeled.append(cell)
        else:
            file = inside.relative(cell)
            rows[file, label] = (file, label, splits[number] if splits else None)
    if not rows:
        reason = "no row has both a label and a file inside the folder of the table"
        raise TlguiError("table_damaged", path=str(path), reason=reason)
    if unlabeled:
        problems.append(Problem(code="label_missing", path=unlabeled[0], count=len(unlabeled)))
    classes = tuple(sorted({label for _, label in rows}, key=natural_key))
    return Listing(
        folder=path.parent,
        classes=classes,
        entries=entries_of(rows.values(), classes),
        problems=tuple(problems),
        presplit=bool(splits),
        table=path.name,
    )


def _label_column(table: Table) -> int:
    named = table.find(LABEL_COLUMNS)
    if named is not None:
        return named
    others = [c for c in range(len(table.columns)) if c != table.file_column]
    if len(others) != 1:
        raise column_missing(table.path, "label", table.columns)
    return others[0]


def _splits(table: Table) -> list[Split] | None:
    """Return the split of each row, if a column says it for every row."""
    column = table.find(SPLIT_COLUMNS)
    if column is None:
        return None
    splits = [SPLIT_FOLDERS.get(plain(row[column])) for row in table.rows]
    known = [split for split in splits if split]
    return known if len(known) == len(splits) else None
