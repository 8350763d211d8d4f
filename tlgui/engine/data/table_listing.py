"""What a table offers as samples: the files it names, or the texts in its rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem, Split
from tlgui.core.errors import TlguiError
from tlgui.engine.data.found_files import sort_files, unreadable
from tlgui.engine.data.inside import Inside
from tlgui.engine.data.listing import LabeledFile, Listing, entries_of
from tlgui.engine.data.names import natural_key, split_of
from tlgui.engine.data.problem_list import ProblemList
from tlgui.engine.data.table_columns import SPLIT_COLUMNS, find, find_files, find_labels
from tlgui.engine.data.table_rows import Row, Tick, damaged
from tlgui.engine.data.tables import Table, TableColumns, column_missing, open_table
from tlgui.engine.data.text_tables import TextTable, find_text_table, label_of, row_path

MAX_CLASSES: Final = 10_000
_TOLD_CHARS: Final = 200  # of what stands in place of a file's name


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
    survey = _FileSurvey(table, files, _label_column(table, files, columns))
    survey.read(tick)
    classes = tuple(sorted({label for _, label in survey.found}, key=natural_key))
    listed = list(survey.found.values())
    if not survey.splits.is_complete:
        listed = [(file, label, None) for file, label, _ in listed]
    return Listing(
        folder=table.path.parent,
        modality=sort_files(file for file, _, _ in listed).modality,
        classes=classes,
        entries=entries_of(listed, classes),
        problems=survey.all_problems(table),
        presplit=survey.splits.is_complete,
        table=table.path.name,
        columns=table.columns,
        label_column=table.columns[survey.label_column],
    )


def _list_texts(rows: TextTable, tick: Tick) -> Listing:
    survey = _TextSurvey(rows)
    survey.read(tick)
    table = rows.table
    return Listing(
        folder=table.path.parent,
        modality="text",
        classes=tuple(sorted(survey.labels, key=natural_key)),
        problems=survey.all_problems(table),
        presplit=survey.splits.is_complete,
        table=table.path.name,
        columns=table.columns,
        text_column=table.columns[rows.text_column],
        label_column=table.columns[rows.label_column],
        rows=rows,
        num_rows=survey.num_samples,
    )


class _Survey:
    """One pass over a table, before its files or texts are looked at.

    Attributes:
        problems: Those of rows that are no samples.
        splits: Which parts the samples belong to.
    """

    def __init__(self) -> None:
        self.problems = ProblemList()
        self.splits = _Splits()

    def is_sample(self, path: str, label: str, reason: str) -> bool:
        """Whether a row is one; otherwise its problem is taken in."""
        if reason:
            self.problems.add(unreadable(path, reason))
        elif not label:
            self.problems.add(Problem(code="label_missing", path=path))
        return bool(label) and not reason

    def all_problems(self, table: Table) -> tuple[Problem, ...]:
        """Return what a person should know of a table that was read."""
        found = [*table.source.problems, *self.problems.problems(), *self.splits.problems()]
        return tuple(found)


class _FileSurvey(_Survey):
    """One pass over a table that names files.

    Attributes:
        label_column: Index of the column of labels.
        found: The files, by path and class.
    """

    def __init__(self, table: Table, files: int, label_column: int) -> None:
        super().__init__()
        self.label_column = label_column
        self.found: dict[tuple[str, str], LabeledFile] = {}
        self._table = table
        self._files = files
        self._split_column = find(table.columns, SPLIT_COLUMNS, (files, label_column))
        self._inside = Inside(table.path.parent)

    def read(self, tick: Tick) -> None:
        """Look at every row.

        Raises:
            TlguiError: no row is usable.
        """
        for row in self._table.rows(tick):
            self._take(row)
        if not self.found:
            needed = "a label and a file inside the folder of the table"
            raise _nothing_usable(self._table, self.problems.problems(), needed)

    def _take(self, row: Row) -> None:
        cell = "" if row.reason else row.cells[self._files]
        label, reason = "", row.reason or self._inside.why_not(cell)
        if not reason:
            label, reason = label_of(row.cells[self.label_column])
        if not self.is_sample(cell[:_TOLD_CHARS] or row_path(row.number), label, reason):
            return
        file, column = self._inside.relative(cell), self._split_column
        split = None if column is None else split_of(row.cells[column])
        self.found[file, label] = (file, label, split)
        self.splits.add(file, split)


class _TextSurvey(_Survey):
    """One pass over a table of texts.

    Attributes:
        labels: The classes there are.
        num_samples: Rows with a text and a label.
    """

    def __init__(self, rows: TextTable) -> None:
        super().__init__()
        self.labels: set[str] = set()
        self.num_samples = 0
        self._rows = rows

    def read(self, tick: Tick) -> None:
        """Look at every row.

        Raises:
            TlguiError: no row is usable, or the labels are none.
        """
        for row in self._rows.rows(tick):
            path = row_path(row.number)
            if self.is_sample(path, row.label, row.reason):
                self.num_samples += 1
                self.splits.add(path, row.split)
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
    """Which parts samples say they belong to: all of them, none, or only some."""

    def __init__(self) -> None:
        self._num_known = 0
        self._num_unknown = 0
        self._first_unknown = ""

    @property
    def is_complete(self) -> bool:
        """Whether every sample says so."""
        return self._num_known > 0 and not self._num_unknown

    def add(self, path: str, split: Split | None) -> None:
        """Take in what a sample says."""
        if split:
            self._num_known += 1
            return
        self._first_unknown = self._first_unknown or path
        self._num_unknown += 1

    def problems(self) -> Sequence[Problem]:
        """Return that some say so in vain, because others do not."""
        if self.is_complete or not self._num_known:
            return ()
        path, count = self._first_unknown, self._num_unknown
        return (Problem(code="split_ignored", path=path, count=count),)


def _label_column(table: Table, files: int, columns: TableColumns) -> int:
    if columns.label:
        return table.column(columns.label)
    found = find_labels(table.columns, table.probe, [files])
    if found is None:
        raise column_missing(table, "label")
    return found


def _nothing_usable(table: Table, problems: Sequence[Problem], needed: str) -> TlguiError:
    reason = f"no row has both {needed}"
    if problems:
        reason += f"; {problems[0].path}: {problems[0].reason or 'it has no label'}"
    return damaged(table.path, reason)
