"""The kinds of files that may be tables, by their extensions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tlgui.engine.data.csv_rows import CsvFile
from tlgui.engine.data.jsonl_rows import JsonLines
from tlgui.engine.data.table_rows import RowSource, Tick
from tlgui.engine.data.xlsx_rows import XlsxFile

FORMATS: Final[Mapping[str, Callable[[Path, Tick], RowSource]]] = {
    ".csv": CsvFile,
    ".tsv": CsvFile,
    ".xlsx": XlsxFile,
    ".jsonl": JsonLines,
    ".ndjson": JsonLines,
}
