"""Small tables of texts, and what a scan makes of them."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns

GOOD = ["the weather is fine today", "we had a lovely dinner", "thanks for the quick help"]
BAD = ["my parcel never came", "nobody answers the phone", "it broke after one week"]
ROWS = [*(("good", text) for text in GOOD), *(("bad", text) for text in BAD)]


def scan(source: Path, **columns: str) -> Dataset:
    return scan_folder(source, Channel(), columns=TableColumns(**columns))


def scan_of(folder: Path, content: str | bytes, name: str = "t.csv", **columns: str) -> Dataset:
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    return scan(folder / name, **columns)


def refusal(folder: Path, content: str | bytes, name: str = "t.csv", **columns: str) -> TlguiError:
    with pytest.raises(TlguiError) as caught:
        scan_of(folder, content, name, **columns)
    assert "unknown" not in error_sentence(caught.value.code, caught.value.detail).lower()
    return caught.value


def table(header: str = "label,text", delimiter: str = ",") -> str:
    rows = [header] if header else []
    rows += [f"{label},{text}" for label, text in ROWS]
    return "\r\n".join(rows).replace(",", delimiter) + "\r\n"


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def reasons(dataset: Dataset) -> dict[str, str]:
    return {p.path: p.reason for p in dataset.problems if p.code == "file_unreadable"}
