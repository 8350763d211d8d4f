import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.engine.data.tables_of_texts import ROWS, refusal, scan, workbook
from tlgui.core.errors import TlguiError
from tlgui.engine.data import (
    xlsx_rows,
)
from tlgui.engine.data.xlsx_rows import XlsxFile

pytestmark = pytest.mark.usefixtures("no_language")


def test_an_excel_sheet_is_a_table_of_texts(tmp_path):
    rows = [["message", "stars"], *([text, 5 if label == "good" else 1.0] for label, text in ROWS)]
    rows.insert(2, [None, None])
    dataset = scan(workbook(tmp_path / "t.xlsx", rows))
    dataset.require_usable()
    assert dataset.classes == ("1", "5")
    assert [s.path for s in dataset.samples if s.label == 1] == ["row 2", "row 4", "row 5"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0" * 99])
def test_a_workbook_that_is_none_is_refused(tmp_path, content):
    assert "no Excel workbook" in str(refusal(tmp_path, content, "t.xlsx").detail["reason"])


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    path = workbook(tmp_path / "t.xlsx", [["text", "label"], ["x " * 1000, "a"]])
    monkeypatch.setattr(xlsx_rows, "MAX_HELD_BYTES", 1000)
    with pytest.raises(TlguiError) as caught:
        scan(path)
    assert "fits into memory" in str(caught.value.detail["reason"])


def changed(good: Path, path: Path, changes: dict[str, bytes]) -> Path:
    """Return a copy of a workbook in which some parts are others, or new."""
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in dict.fromkeys([*old.namelist(), *changes]):
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return path


PARTS = [
    *("[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml"),
    *("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"),
    *("xl/theme/theme1.xml", "xl/worksheets/sheet1.xml"),
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("broken", [b"", b"<", b"<x/>", b"<worksheet><row r='x'/>", b"\0\xff"])
def test_every_damage_of_a_workbook_is_said_in_words_or_does_no_harm(tmp_path, part, broken):
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], ["one text", "a"]])
    path = changed(good, tmp_path / "t.xlsx", {part: broken})
    try:
        classes = scan(path).classes
    except TlguiError as error:
        code = error.code
    else:
        code = "table_damaged" if classes == ("a",) else "silently wrong"
    assert code == "table_damaged"


def test_a_workbook_that_is_cut_off_or_has_flipped_bytes_never_ends_in_a_crash(tmp_path):
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], ["one text", "a"]]).read_bytes()
    chance = random.Random(3)
    for _ in range(60):
        data = bytearray(good[: chance.randrange(len(good) // 2, len(good) + 1)])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "t.xlsx").write_bytes(data)
        with suppress(TlguiError):
            scan(tmp_path / "t.xlsx")


def with_strings(good: Path, path: Path, part: str, count: int) -> Path:
    """Return a copy of a workbook with strings that cells could share."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    entry = f'<Override PartName="/{part}" ContentType="{kind}"/></Types>'
    with zipfile.ZipFile(good) as file:
        types = file.read("[Content_Types].xml").replace(b"</Types>", entry.encode())
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{space}">{"<si><t>many</t></si>" * count}</sst>'
    return changed(good, path, {"[Content_Types].xml": types, part: strings.encode()})


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet2.xml"])
def test_what_a_part_is_called_does_not_hide_that_it_fills_the_memory(tmp_path, monkeypatch, part):
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], ["one text", "a"]])
    path = with_strings(good, tmp_path / "t.xlsx", part, 30_000)
    assert scan(path).classes == ("a",)
    monkeypatch.setattr(xlsx_rows, "MAX_HELD_BYTES", 500_000)
    with pytest.raises(TlguiError) as caught:
        scan(path)
    assert "fits into memory" in str(caught.value.detail["reason"])


def test_long_sheets_are_not_held_in_memory_and_need_not_fit(tmp_path, monkeypatch):
    rows = [[f"text number {n}", "ab"[n % 2]] for n in range(3000)]
    path = workbook(tmp_path / "t.xlsx", [["text", "label"], *rows])
    with zipfile.ZipFile(path) as file:
        assert file.getinfo("xl/worksheets/sheet1.xml").file_size > 200_000
    monkeypatch.setattr(xlsx_rows, "MAX_HELD_BYTES", 200_000)
    assert len(scan(path).samples) == 3000


def test_loading_a_workbook_can_be_stopped(tmp_path):
    rows = [[f"text number {n}", "ab"[n % 2]] for n in range(3000)]
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], *rows])
    path = with_strings(good, tmp_path / "t.xlsx", "xl/sharedStrings.xml", 30_000)
    ticks: list[int] = []
    found = XlsxFile(path, ticks.append).rows(ticks.append)
    next(found)
    assert len(ticks) > 20, "its strings are read in one go"
    assert len(list(found)) == 3000
    assert max(ticks) == 3000


def test_other_sheets_are_not_lost_silently(tmp_path):
    book = Workbook()
    for row in [("label", "text"), *ROWS]:
        book.worksheets[0].append(row)
    book.create_sheet("blank")
    book.create_sheet("more").append(["good", "a text on another sheet"])
    book.create_sheet("late")["C7"] = "notes"
    book.save(tmp_path / "t.xlsx")
    (problem,) = scan(tmp_path / "t.xlsx").problems
    assert (problem.code, problem.name, problem.count) == ("sheets_ignored", "more, late", 2)


def test_a_sheet_that_claims_endless_rows_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx_rows, "MAX_ROWS", 2000)
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], ["one text", "a"]])
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                far = b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far)
            new.writestr(name, content)
    assert [s.path for s in scan(path).samples] == ["row 2"]


def test_the_sheet_that_a_person_sees_is_read_and_not_a_hidden_one(tmp_path):
    book = Workbook()
    book.active.title = "old"
    book.active.append(["text", "label"])
    book.active.append(["nobody sees this", "secret"])
    book.active.sheet_state = "hidden"
    seen = book.create_sheet("new")
    for row in [("label", "text"), *ROWS]:
        seen.append(row)
    book.active = seen
    book.save(tmp_path / "t.xlsx")
    dataset = scan(tmp_path / "t.xlsx")
    assert "secret" not in dataset.classes
    assert len(dataset.samples) == len(ROWS)
