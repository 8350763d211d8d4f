"""Tables in which every row holds a text and its label."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tlgui.core.dataset import Split
from tlgui.engine.data.names import SPLIT_NAMES, clean, plain, printable
from tlgui.engine.data.table_columns import SPLIT_COLUMNS, find, find_labels, find_texts
from tlgui.engine.data.table_rows import Row, Tick
from tlgui.engine.data.tables import Table, TableColumns, column_missing, open_table
from tlgui.engine.data.text_encoding import tidy_text
from tlgui.engine.data.text_files import require_text
from tlgui.engine.data.unreadable import UnreadableFile

# what programs write for a value that is missing; "none" and "NA" may well be kinds
NO_LABEL: Final = frozenset({"", "nan", "null", "#n/a", "<na>"})
_MAX_KNOWN: Final = 10_000  # spellings of labels that are remembered


class TextRow(NamedTuple):
    """One labeled text; of a table of a million, so it has to be made quickly.

    Attributes:
        number: As a spreadsheet counts.
        text: As models read it; never blank where there is no reason.
        label: The name of its class; "" where it has none.
        split: The part the row says it belongs to, if it does.
        reason: Why it cannot be used, in plain words.
    """

    number: int
    text: str
    label: str
    split: Split | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table and the indices of the columns that matter."""

    table: Table
    text_column: int
    label_column: int
    split_column: int | None

    def rows(self, tick: Tick) -> Iterator[TextRow]:
        """Yield every row; see ``Table.rows``."""
        labels: dict[str, str] = {}
        for row in self.table.rows(tick):
            if row.reason:
                yield TextRow(row.number, "", "", None, row.reason)
                continue
            text, reason = text_of(row.cells[self.text_column])
            cell = row.cells[self.label_column]
            label = labels.get(cell)
            if label is None:
                label = _label_of(cell)
                if len(labels) < _MAX_KNOWN:
                    labels[cell] = label
            yield TextRow(row.number, text, label, self._split_of(row), reason)

    def _split_of(self, row: Row) -> Split | None:
        if self.split_column is None:
            return None
        return SPLIT_NAMES.get(plain(row.cells[self.split_column]))


def find_text_table(table: Table, columns: TableColumns) -> TextTable:
    """Return a table of texts whose columns are found by what a person named, or guessed.

    Raises:
        TlguiError: there is no such column, or none that could be it.
    """
    names, probe = table.columns, table.probe
    text = table.column(columns.text) if columns.text else None
    label = table.column(columns.label) if columns.label else None
    if label is None and text is None:
        label = find(names, ("label", "class"))
    if text is None:
        text = find_texts(names, probe, [label] if label is not None else [])
    if text is None:
        raise column_missing(table, "file or text")
    if label is None:
        label = find_labels(names, probe, [text])
    if label is None:
        raise column_missing(table, "label")
    split = find(names, SPLIT_COLUMNS, (text, label))
    return TextTable(table=table, text_column=text, label_column=label, split_column=split)


def unlabeled_texts(path: Path, text_column: str, tick: Tick) -> Iterator[tuple[int, str, str]]:
    """Yield the number of every row of a table, its text, and why it has none or "".

    Args:
        path: The table.
        text_column: Name of the column; where the table has none of that name, it is guessed.
        tick: See ``Table.rows``.

    Raises:
        TlguiError: the table is damaged, or no column could be it.
    """
    table = open_table(path, tick)
    named = find(table.columns, [plain(text_column)]) if text_column else None
    column = find_texts(table.columns, table.probe, []) if named is None else named
    if column is None:
        raise column_missing(table, "text")
    for row in table.rows(tick):
        text, reason = ("", row.reason) if row.reason else text_of(row.cells[column])
        yield row.number, text, reason


def text_of(cell: str) -> tuple[str, str]:
    """Return a cell as models read it, and why it gives no text or ""."""
    text = tidy_text(cell)
    try:
        require_text(text)
    except UnreadableFile as error:
        return "", error.reason
    return text, ""


def row_path(number: int) -> str:
    """Return the path of the sample that a row is."""
    return f"row {number}"


def row_number(path: str) -> int:
    """Return the number of the row that a sample of a table of texts is."""
    return int(path.removeprefix("row "))


def _label_of(cell: str) -> str:
    label = printable(clean(cell))
    return "" if label.lower() in NO_LABEL else label
