"""Files with one JSON object per line, as rows of a table."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem
from tlgui.engine.data.names import printable
from tlgui.engine.data.table_rows import MAX_COLUMNS, NUL, Row, Tick, damaged, ticking
from tlgui.engine.data.text_lines import Lines, encoding_of

_NUM_PROBES: Final = 1000  # lines whose keys become columns


class JsonLines:
    """The ``RowSource`` of a file of JSON objects; its columns are their keys; see there."""

    names_columns = True
    problems: Sequence[Problem] = ()

    def __init__(self, path: Path, tick: Tick) -> None:
        """Find out the encoding and the keys; see ``CsvFile``.

        Raises:
            TlguiError: it cannot be read or holds no objects.
        """
        self.path = path
        self._encoding = encoding_of(path)
        records = (record for _, record in self._records(tick) if isinstance(record, Mapping))
        keys = dict.fromkeys(key for record in islice(records, _NUM_PROBES) for key in record)
        if not keys:
            raise damaged(path, "none of its lines is a JSON object")
        self._keys = tuple(keys)[:MAX_COLUMNS]

    def rows(self, tick: Tick) -> Iterator[Row]:
        """Yield the keys as row 0, then a row per line that is not blank."""
        yield Row(0, tuple(printable(key) for key in self._keys))
        for number, record in self._records(tick):
            if isinstance(record, Mapping):
                cells = tuple(_cell(record.get(key)) for key in self._keys)
                yield Row(number, cells, NUL if any("\0" in cell for cell in cells) else "")
            else:
                yield Row(number, (), "it is no JSON object")

    def _records(self, tick: Tick) -> Iterator[tuple[int, object]]:
        """Yield the number and the value of every line; None where it is no JSON."""
        with Lines(self.path, self._encoding) as lines:
            for line in ticking(lines, tick):
                lines.begin_record()
                if not line.isspace():
                    yield lines.number, _parsed(line)


def _parsed(line: str) -> object:
    try:
        # numbers as they are written: labels "1.0" and "1" are two labels
        return json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return printable(value)  # an escape may be half a character
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)
