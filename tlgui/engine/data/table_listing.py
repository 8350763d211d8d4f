"""What a table offers as samples: the files it names, or the texts in its rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Modality, Problem, Split
from tlgui.core.errors import TlguiError
from tlgui.engine.data.found_files import unreadable
from tlgui.engine.data.images import EXTENSIONS
from tlgui.engine.data.inside import Inside
from tlgui.engine.data.listing import LabeledFile, Listing, entries_of
from tlgui.engine.data.names import SPLIT_NAMES, clean, natural_key, plain, printable
from tlgui.engine.data.row_problems import RowProblems
from tlgui.engine.data.table_columns import SPLIT_COLUMNS, find, find_files, find_labels
from tlgui.engine.data.table_rows import Row, Tick, damaged
from tlgui.engine.data.tables import Table, TableColumns, column_missing, open_table
from tlgui.engine.data.text_files import REFUSED_EXTENSIONS, TEXT_EXTENSIONS
from tlgui.engine.data.text_tables import TextTable, find_text_table

MAX_CLASSES: Final = 10_000


def list_table(path: Path, columns: TableColumns, tick: Tick) -> Listing:
    """List the files a table names, or the texts it holds, with their labels.

    Args:
        path: The table; its folder is the data set's folder.
        columns: Those that a person named; naming a column of texts makes it a table of texts.
        tick: Called with the number of rows so far; may raise to end the work.

    Raises:
        TlguiError: the table is damaged, or has no column of files or texts, or of labels.
    """
    table = open_table(path, tick)
    files = None if columns.text else find_files(table.columns, table.probe, path.parent)
    if files is None:
        return _list_texts(find_text_table(table, columns), tick)
    return _list_files(table, files, columns, tick)


def _list_files(table: Table, files: int, columns: TableColumns, tick: Tick) -> Listing:
    label_column = _label_column(table, files, columns)
    splits = _Splits(find(table.columns, SPLIT_COLUMNS, (files, label_column)))
    found: dict[tuple[str, str], LabeledFile] = {}
    problems: list[Problem] = []
    unlabeled: list[str] = []
    inside = Inside(table.path.parent)
    for row in table.rows(tick):
        cell = "" if row.reason else row.cells[files]
        reason = row.reason or inside.why_not(cell)
        label = "" if row.reason else printable(clean(row.cells[label_column]))
        if reason:
            problems.append(unreadable(cell[:200] or f"row {row.number}", reason))
        elif not label:
            unlabeled.append(cell)
        else:
            file = inside.relative(cell)
            found[file, label] = (file, label, splits.of(row))
    if not found:
        raise _nothing_usable(table, problems, "a label and a file inside the folder of the table")
    if unlabeled:
        problems.append(Problem(code="label_missing", path=unlabeled[0], count=len(unlabeled)))
    classes = tuple(sorted({label for _, label in found}, key=natural_key))
    listed = list(found.values())
    if not splits.is_complete:
        listed = [(file, label, None) for file, label, _ in listed]
    return Listing(
        folder=table.path.parent,
        modality=_modality([file for file, _, _ in listed]),
        classes=classes,
        entries=entries_of(listed, classes),
        problems=tuple(problems),
        presplit=splits.is_complete,
        table=table.path.name,
        columns=table.columns,
        label_column=table.columns[label_column],
    )


def _list_texts(rows: TextTable, tick: Tick) -> Listing:
    survey = _Survey(rows)
    survey.read(tick)
    table = rows.table
    return Listing(
        folder=table.path.parent,
        modality="text",
        classes=tuple(sorted(survey.labels, key=natural_key)),
        problems=tuple(survey.problems.problems()),
        presplit=survey.is_split,
        table=table.path.name,
        columns=table.columns,
        text_column=table.columns[rows.text_column],
        label_column=table.columns[rows.label_column],
        rows=rows,
        num_rows=survey.num_samples,
    )


class _Survey:
    """One pass over a table of texts, before its texts are looked at.

    Attributes:
        labels: The classes there are.
        num_samples: Rows with a text and a label.
        is_split: Each of them says which part it belongs to.
        problems: Those of the other rows.
    """

    def __init__(self, rows: TextTable) -> None:
        self.labels: set[str] = set()
        self.num_samples = 0
        self.is_split = rows.split_column is not None
        self.problems = RowProblems()
        self._rows = rows

    def read(self, tick: Tick) -> None:
        """Look at every row.

        Raises:
            TlguiError: no row is usable, or the labels are none.
        """
        for row in self._rows.rows(tick):
            if row.reason:
                self.problems.add_unreadable(row.number, row.reason)
            elif not row.label:
                self.problems.add_unlabeled(row.number)
            else:
                self.num_samples += 1
                self.is_split = self.is_split and row.split is not None
                self._add_label(row.label)
        if not self.labels:
            problems = self.problems.problems()
            raise _nothing_usable(self._rows.table, problems, "a label and a text")

    def _add_label(self, label: str) -> None:
        self.labels.add(label)
        if len(self.labels) > MAX_CLASSES:
            table = self._rows.table
            name = table.columns[self._rows.label_column]
            reason = f"its column “{name}” holds more than {MAX_CLASSES:,} different labels"
            raise damaged(table.path, reason)


class _Splits:
    """The column that says which part a row belongs to, if it says so for every row."""

    def __init__(self, column: int | None) -> None:
        self.is_complete = column is not None
        self._column = column

    def of(self, row: Row) -> Split | None:
        """Return the part of a row."""
        if self._column is None:
            return None
        split = SPLIT_NAMES.get(plain(row.cells[self._column]))
        self.is_complete = self.is_complete and split is not None
        return split


def _label_column(table: Table, files: int, columns: TableColumns) -> int:
    if columns.label:
        return table.column(columns.label)
    found = find_labels(table.columns, table.probe, [files])
    if found is None:
        raise column_missing(table, "label")
    return found


def _modality(files: Sequence[str]) -> Modality:
    suffixes = [Path(file).suffix.lower() for file in files]
    num_pictures = sum(suffix in EXTENSIONS for suffix in suffixes)
    num_texts = sum(suffix in TEXT_EXTENSIONS | REFUSED_EXTENSIONS for suffix in suffixes)
    return "text" if num_texts > num_pictures else "image"


def _nothing_usable(table: Table, problems: Sequence[Problem], needed: str) -> TlguiError:
    reason = f"no row has both {needed}"
    if problems:
        reason += f"; {problems[0].path}: {problems[0].reason or 'it has no label'}"
    return damaged(table.path, reason)
