"""Tables in which every row holds a text and its label."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from tlgui.core.dataset import Split
from tlgui.engine.data.csv_rows import NO_DELIMITER, CsvFile
from tlgui.engine.data.names import MAX_LABEL_CHARS, clean, plain, printable, split_of
from tlgui.engine.data.table_columns import (
    SPLIT_COLUMNS,
    TEXT_COLUMNS,
    find,
    find_labels,
    find_texts,
)
from tlgui.engine.data.table_rows import Row, Tick, damaged
from tlgui.engine.data.tables import Table, TableColumns, column_missing, open_table
from tlgui.engine.data.text_encoding import tidy_text
from tlgui.engine.data.text_files import require_text
from tlgui.engine.data.unreadable import UnreadableFile

# what programs write for a value that is missing; "none" and "NA" may well be kinds
NO_LABEL: Final = frozenset({"", "nan", "null", "#n/a", "<na>"})
_NUM_PROBES: Final = 200  # rows that show whether a table is only a list
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
                label, label_reason = label_of(cell)
                reason = reason or label_reason
                if not label_reason and len(labels) < _MAX_KNOWN:
                    labels[cell] = label
            yield TextRow(row.number, text, label, self._split_of(row), reason)

    def _split_of(self, row: Row) -> Split | None:
        if self.split_column is None:
            return None
        return split_of(row.cells[self.split_column])


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
    if text == label:
        reason = f"its column “{names[text]}” cannot hold the texts and their labels"
        raise damaged(table.path, reason)
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
    names = [plain(text_column), *TEXT_COLUMNS] if text_column else TEXT_COLUMNS
    column = find(table.columns, names)
    if column is None:
        table = _without_header(table, tick)
        column = find_texts(table.columns, table.probe, [])
    if column is None:
        raise column_missing(table, "text")
    for row in table.rows(tick):
        text, reason = ("", row.reason) if row.reason else text_of(row.cells[column])
        yield row.number, text, reason


def _without_header(table: Table, tick: Tick) -> Table:
    """Return a table whose first row may be a text, not names: better an answer too many.

    Of a mere list of texts the lines stay whole, whatever looks like a delimiter in them.
    """
    rows = [row.cells for row in islice(table.source.rows(tick), _NUM_PROBES)]
    if table.source.names_columns or not any(" " in cell.strip() for cell in rows[0]):
        return table
    num_alike = sum(len(cells) == len(rows[0]) for cells in rows)
    is_list = len(rows[0]) == 1 or 2 * num_alike <= len(rows)
    if not is_list or not isinstance(table.source, CsvFile):
        return replace(table, has_header=False)
    source = CsvFile(table.path, tick, NO_DELIMITER)
    probe = tuple((" ".join(cells),) for cells in rows)
    return replace(table, source=source, has_header=False, columns=("column 1",), probe=probe)


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


def label_of(cell: str) -> tuple[str, str]:
    """Return the class that a cell names, and why it can name none or ""; "" and "" if it is blank.

    One that is too long is not even compared: a text instead of a label would be.
    """
    cell = cell.strip()
    if len(cell) > MAX_LABEL_CHARS:
        return "", f"its label is longer than {MAX_LABEL_CHARS} characters"
    label = printable(clean(cell))
    return "" if label.lower() in NO_LABEL else label, ""
