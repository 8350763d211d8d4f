"""CSV and TSV files as people and their programs really write them, row by row."""

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.engine.data.table_rows import MAX_CELL_CHARS, NUL, Row, Tick, damaged, is_blank, ticking
from tlgui.engine.data.text_lines import Lines, encoding_of

NO_DELIMITER: Final = "\x1f"  # which no text holds
_DELIMITERS: Final = ",;\t|"
_NUM_PROBES: Final = 50  # lines looked at to find the delimiter


class CsvFile:
    """The ``RowSource`` of a text file with delimiters; see there."""

    names_columns = False
    problems: Sequence[Problem] = ()

    def __init__(self, path: Path, tick: Tick, delimiter: str = "") -> None:
        """Find out the encoding, the delimiter and whether quotation marks mean anything.

        Args:
            path: The file.
            tick: Called now and then with the number of rows so far; may raise to end the work.
            delimiter: Where it is known; ``NO_DELIMITER`` leaves lines whole.

        Raises:
            TlguiError: it cannot be read or is no text.
        """
        self.path = path
        self._encoding = encoding_of(path)
        with Lines(path, self._encoding) as lines:
            first = list(islice(lines, _NUM_PROBES))
        # a hint that spreadsheets write into the first line and do not show as a row
        self._has_hint = first[:1] != [] and first[0][:4].lower() == "sep="
        hint = first.pop(0)[4:5].strip("\r\n") if self._has_hint else ""
        self._delimiter = delimiter or hint or _delimiter(first, path.suffix.lower() == ".tsv")
        self._is_quoted = True
        if self._delimiter in ("\t", NO_DELIMITER):
            # programs that write these seldom quote, and then a lone mark is only a mark
            self._is_quoted = self._is_well_quoted(tick)

    def rows(self, tick: Tick) -> Iterator[Row]:
        """Yield the rows that hold anything; one with misplaced quotation marks has a reason.

        Raises:
            TlguiError: a quotation mark is opened and never closed, or the encoding changes.
        """
        rows = ticking(self._records(), tick)
        return (row for row in rows if row.reason or not is_blank(row.cells))

    def _records(self) -> Iterator[Row]:
        with Lines(self.path, self._encoding) as lines:
            if self._has_hint:
                next(lines, None)
            csv.field_size_limit(MAX_CELL_CHARS)
            reader = csv.reader(
                lines,
                delimiter=self._delimiter,
                quoting=csv.QUOTE_MINIMAL if self._is_quoted else csv.QUOTE_NONE,
                strict=True,
            )
            number = 0
            while True:
                number += 1
                begin = lines.number + 1
                lines.begin_record()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    # the reader begins anew at the next line
                    yield Row(number, (), self._reason(error, begin, lines))
                else:
                    yield Row(number, cells, NUL if lines.has_nul else "")

    def _reason(self, error: csv.Error, begin: int, lines: Lines) -> str:
        """Return why a record is left out.

        Raises:
            TlguiError: it may have swallowed others.
        """
        is_long, end = "field larger" in str(error), lines.number
        # the rest of a cell that goes on in the next line would become rows
        goes_on = end > begin or (self._is_quoted and lines.last.count('"') % 2)
        if "unexpected end" in str(error) or (is_long and goes_on):
            reason = "a quotation mark is opened and not closed"
            raise damaged(self.path, f"line {begin}: {reason}") from error
        where = f"line {begin}" if begin == end else f"lines {begin} to {end}"
        if is_long:
            return f"{where}: a cell of more than {MAX_CELL_CHARS:,} characters"
        return f"{where}: a quotation mark stands where none may be"

    def _is_well_quoted(self, tick: Tick) -> bool:
        try:
            return not any(row.reason for row in ticking(self._records(), tick))
        except TlguiError:
            return False


def _delimiter(lines: Sequence[str], prefers_tab: bool) -> str:
    """Return the delimiter that cuts most of the first lines into as many cells as the first."""

    def score(delimiter: str) -> tuple[bool, int, int]:
        rows = csv.reader(lines, delimiter=delimiter)
        counts = [len(row) for row in rows if row]
        first = counts[0] if counts else 1
        same = sum(count == first for count in counts) if first > 1 else 0
        return prefers_tab and delimiter == "\t" and first > 1, same, first

    csv.field_size_limit(MAX_CELL_CHARS)
    try:
        return max(_DELIMITERS, key=score)
    except csv.Error:
        return ","
