import csv
import json
import os
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, ProblemFound, Progressed, SnippetReady
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import (
    row_problems,
    scan_texts,
    table_listing,
    text_facts,
    text_lines,
    xlsx_rows,
)
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns

GOOD = ["the weather is fine today", "we had a lovely dinner", "thanks for the quick help"]
BAD = ["my parcel never came", "nobody answers the phone", "it broke after one week"]
ROWS = [*(("good", text) for text in GOOD), *(("bad", text) for text in BAD)]


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    """Leave out the language, whose model takes long to load."""
    monkeypatch.setattr(text_facts, "language_of", lambda snippets: "")


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


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_texts_from_any_spreadsheet_are_read_row_by_row(tmp_path, encoding, delimiter):
    content = table(delimiter=delimiter).replace("dinner", "Grüße")
    dataset = scan_of(tmp_path, content.encode(encoding))
    dataset.require_usable()
    assert (dataset.modality, dataset.table, dataset.folder) == ("text", "t.csv", str(tmp_path))
    assert (dataset.columns, dataset.text_column) == (("label", "text"), "text")
    assert dataset.label_column == "label"
    assert dataset.classes == ("bad", "good")
    assert [s.path for s in dataset.samples] == [f"row {n}" for n in (5, 6, 7, 2, 3, 4)]
    assert {len(s.digest) for s in dataset.samples} == {16}
    assert dataset.texts is not None
    assert dataset.texts.num_tokens == ()
    assert dataset_from_json(dataset.to_json()) == dataset


def test_an_excel_sheet_is_a_table_of_texts(tmp_path):
    rows = [["message", "stars"], *([text, 5 if label == "good" else 1.0] for label, text in ROWS)]
    rows.insert(2, [None, None])
    dataset = scan(workbook(tmp_path / "t.xlsx", rows))
    dataset.require_usable()
    assert dataset.classes == ("1", "5")
    assert [s.path for s in dataset.samples if s.label == 1] == ["row 2", "row 4", "row 5"]


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson"])
def test_a_line_of_json_is_a_row_and_a_line_that_is_none_a_problem(tmp_path, name):
    lines = [json.dumps({"body": text, "topic": label}) for label, text in ROWS]
    lines[1:1] = ["", "[1, 2]", '{"body": "half', "[" * 100_000]
    lines += [json.dumps({"body": "a number", "topic": None}), '{"body": "half \\ud800"}']
    dataset = scan_of(tmp_path, "\n".join(lines), name)
    assert [s.path for s in dataset.samples if s.label == 1] == ["row 1", "row 6", "row 7"]
    assert list(reasons(dataset)) == ["row 3", "row 4", "row 5"]
    assert [p.count for p in dataset.problems if p.code == "label_missing"] == [2]
    dataset.to_json().encode()


def test_labels_of_json_stay_as_they_are_written(tmp_path):
    lines = [f'{{"label": {n}, "text": "text {n} {t}"}}' for t in range(3) for n in ("1", "1.0")]
    lines += [f'{{"label": true, "text": "also {t}"}}' for t in "abc"]
    assert scan_of(tmp_path, "\n".join(lines), "t.jsonl").classes == ("1", "1.0", "true")


@pytest.mark.parametrize(
    ("header", "text", "label"),
    [
        ("v1,v2", "v2", "v1"),
        ("Class,Review Text", "Review Text", "Class"),
        ("", "column 2", "column 1"),
        ("0,1", "1", "0"),
        ("kind of mail,what it says", "what it says", "kind of mail"),
    ],
)
def test_columns_are_found_by_name_or_by_what_they_hold(tmp_path, header, text, label):
    dataset = scan_of(tmp_path, table(header))
    assert (dataset.text_column, dataset.label_column) == (text, label)
    assert dataset.class_counts() == (3, 3)
    first = "row 1" if not header else "row 2"
    assert first in {s.path for s in dataset.samples}


def test_a_number_a_split_and_an_empty_column_are_not_taken_for_labels(tmp_path):
    rows = ["nr,part,set,x,"]
    rows += [f"{n},{'ab'[n % 2]},train,{text},\r" for n, (_, text) in enumerate(ROWS)]
    dataset = scan_of(tmp_path, "\n".join(rows))
    assert (dataset.text_column, dataset.label_column) == ("x", "part")
    assert dataset.columns == ("nr", "part", "set", "x", "column 5")


def test_columns_can_be_named_and_equal_names_are_told_apart(tmp_path):
    lines = ["text,text,label,other"]
    lines += [f"{text},about {text},{label},{'xy'[n % 2]}" for n, (label, text) in enumerate(ROWS)]
    content = "\n".join(lines)
    dataset = scan_of(tmp_path, content)
    assert dataset.columns == ("text", "text (2)", "label", "other")
    assert dataset.text_column == "text"
    named = scan_of(tmp_path, content, text="Text (2)", label="other")
    assert (named.text_column, named.classes) == ("text (2)", ("x", "y"))
    error = refusal(tmp_path, content, text="body")
    assert error.code == "column_missing"
    assert error.detail["known"] == "text, text (2), label, other"


def test_a_table_that_names_files_stays_one_unless_its_texts_are_named(tmp_path):
    lines = ["file,caption,label"]
    for number, (label, text) in enumerate(ROWS):
        (tmp_path / f"{number}.txt").write_text(text)
        lines.append(f"{number}.txt,a caption {number},{label}")
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert (dataset.modality, dataset.text_column, dataset.label_column) == ("text", "", "label")
    assert [s.path for s in dataset.samples][:1] == ["3.txt"]
    assert {len(s.digest) for s in dataset.samples} == {32}
    assert scan(tmp_path / "t.csv", text="caption").samples[0].path == "row 5"


def test_a_column_that_names_the_table_itself_is_not_one_of_files(tmp_path):
    lines = ["source,label,text", *(f"t.csv,{label},{text}" for label, text in ROWS)]
    assert scan_of(tmp_path, "\n".join(lines)).text_column == "text"


def test_a_folder_with_one_table_is_that_table(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    assert scan(tmp_path).table == "t.csv"


def test_rows_that_cannot_be_used_are_told_and_the_others_kept(tmp_path):
    content = table() + "good,one,too many\r\n,no label\r\nNaN,no label\r\nnone,a kind\r\n"
    content += "good,\r\ngood\r\n\r\ngood,n\0l\r\n"
    dataset = scan_of(tmp_path, content)
    assert reasons(dataset) == {
        "row 8": "it has 3 cells, and the table 2 columns",
        "row 12": "it holds no text",
        "row 13": "it holds no text",
        "row 15": "it holds characters that are no text",
    }
    (missing,) = [p for p in dataset.problems if p.code == "label_missing"]
    assert (missing.path, missing.count) == ("row 9", 2)
    assert dataset.class_counts() == (3, 3, 1)


def test_many_bad_rows_do_not_bury_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(row_problems, "MAX_TOLD", 3)
    dataset = scan_of(tmp_path, table() + "good,\r\n" * 1500)
    told = [p for p in dataset.problems if p.code == "file_unreadable"]
    assert [p.path for p in told] == ["row 8", "row 9", "row 10", "row 11 and 1,496 more after it"]
    assert sum(p.count for p in told) == 1500


def test_a_cell_may_hold_line_breaks_commas_and_quotation_marks(tmp_path):
    content = table() + 'good,"two\r\nlines, ""comma"""\r\nbad,last of them\r\n'
    events: list[Event] = []
    (tmp_path / "t.csv").write_text(content, newline="")
    dataset = scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
    texts = {e.path: e.text for e in events if isinstance(e, SnippetReady)}
    assert texts["row 8"] == 'two\nlines, "comma"'
    assert dataset.samples[3].path == "row 9"


def test_a_quotation_mark_that_is_never_closed_swallows_nothing_silently(tmp_path):
    error = refusal(tmp_path, table() + 'good,"never closed\r\n' + table(header="") * 20)
    assert error.code == "table_damaged"
    assert "line 8" in str(error.detail["reason"])


def test_a_misplaced_quotation_mark_costs_only_its_row(tmp_path):
    dataset = scan_of(tmp_path, table() + 'good,"so "called" help"\r\nbad,the next one\r\n')
    assert reasons(dataset) == {"row 8": "line 8: a quotation mark stands where none may be"}
    assert "row 9" in {s.path for s in dataset.samples}


def test_tables_with_tabs_may_hold_lone_quotation_marks(tmp_path):
    content = table(delimiter="\t") + 'good\t"Hi, she said\r\nbad\tsilence\r\n'
    dataset = scan_of(tmp_path, content, "t.tsv")
    assert dataset.class_counts() == (4, 4)


def test_a_huge_cell_costs_only_its_row(tmp_path, monkeypatch):
    dataset = scan_of(tmp_path, table() + f"good,{'x' * 2_000_001}\r\nbad,the next one\r\n")
    assert reasons(dataset) == {"row 8": "line 8: a cell of more than 2,000,000 characters"}
    assert "row 9" in {s.path for s in dataset.samples}


def test_a_file_of_one_endless_line_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(text_lines, "MAX_RECORD_CHARS", 1000)
    assert "line 8" in str(refusal(tmp_path, table() + "a," * 600).detail["reason"])
    records = 'good,"a\r\n","a\r\n' + '","a\r\n' * 300
    assert "row of more than" in str(refusal(tmp_path, table() + records).detail["reason"])


def test_an_encoding_that_changes_far_inside_is_refused_with_the_place(tmp_path, monkeypatch):
    monkeypatch.setattr(text_lines, "SAMPLE_BYTES", 200)
    content = table() + "good,Grüße\r\n" * 30 + "good,café noir\r\n"
    data = content.encode().replace("é".encode(), b"\xe9") + table(header="").encode() * 500
    error = refusal(tmp_path, data)
    assert "characters are not utf-8 any more" in str(error.detail["reason"])


def test_the_first_accent_may_come_late(tmp_path, monkeypatch):
    monkeypatch.setattr(text_lines, "SAMPLE_BYTES", 64)
    content = table() + "good,Frühstück für alle\r\n"
    assert len(scan_of(tmp_path, content.encode("cp1252")).samples) == 7


def test_a_split_column_is_kept(tmp_path):
    parts = ["train", "dev", "test"] * 2
    lines = ["text,label,split"]
    lines += [f"{text},{label},{part}" for (label, text), part in zip(ROWS, parts, strict=True)]
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert dataset.presplit
    assert [s.split for s in dataset.samples] == ["train", "validation", "test"] * 2
    assert not scan_of(tmp_path, "\n".join([*lines, "some more,good,"])).presplit


@pytest.mark.parametrize(
    ("content", "code", "part"),
    [
        ("", "table_damaged", "empty"),
        ("label,text\n", "table_damaged", "no rows but the first"),
        ("label,text\n,x\n,\n", "table_damaged", "no row has both a label and a text"),
        ("label,text\na,b,c,d\n", "table_damaged", "row 2: it has 4 cells"),
        (b"\0\1\2\3" * 900, "table_damaged", "not a text"),
        ("a,b,c\n1,2,3\n", "column_missing", "file or text"),
        ("text\nhello you\n", "column_missing", "label"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, content, code, part):
    error = refusal(tmp_path, content)
    assert error.code == code
    assert part in str(error.detail.get("reason", error.detail.get("name")))


def test_labels_that_are_no_labels_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(table_listing, "MAX_CLASSES", 4)
    content = "text,price\n" + "".join(f"text number {n},{n}\n" for n in range(9))
    assert "“price” holds more than 4" in str(refusal(tmp_path, content).detail["reason"])


def test_one_class_is_scanned_but_not_usable(tmp_path):
    with pytest.raises(TlguiError, match="one_class"):
        scan_of(tmp_path, "label,text\na,one\na,two more\na,three of them\n").require_usable()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0" * 99])
def test_a_workbook_that_is_none_is_refused(tmp_path, content):
    assert "no Excel workbook" in str(refusal(tmp_path, content, "t.xlsx").detail["reason"])


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    path = workbook(tmp_path / "t.xlsx", [["text", "label"], ["x " * 1000, "a"]])
    monkeypatch.setattr(xlsx_rows, "MAX_HELD_BYTES", 1000)
    with pytest.raises(TlguiError) as caught:
        scan(path)
    assert "fits into memory" in str(caught.value.detail["reason"])


def test_every_damage_of_a_workbook_is_said_in_words(tmp_path):
    good = workbook(tmp_path / "good.xlsx", [["text", "label"], ["one text", "a"]])
    for number, broken in enumerate([b"", b"<", b"<x/>", b"<worksheet><row r='x'/>"]):
        path = tmp_path / f"{number}.xlsx"
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                is_sheet = name.startswith("xl/worksheets/")
                new.writestr(name, broken if is_sheet else old.read(name))
        with pytest.raises(TlguiError, match="table_damaged"):
            scan(path)


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


def test_a_pipe_is_no_table(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(TlguiError):
        scan(tmp_path)


def test_near_duplicates_share_a_cluster_and_are_told_once(tmp_path):
    letter = "dear customer your parcel number {} is waiting for you at the depot in town"
    extra = "".join(f"bad,{letter.format(n)}\r\n" for n in (17, 18, 18))
    dataset = scan_of(tmp_path, table() + extra)
    clusters = {s.path: s.cluster for s in dataset.samples}
    assert clusters["row 8"] == clusters["row 9"] == clusters["row 10"] != ""
    assert clusters["row 2"] == ""
    (near,) = [p for p in dataset.problems if p.code == "near_duplicates"]
    assert (near.path, near.count) == ("row 9", 1)
    assert "duplicates" in {p.code for p in dataset.problems}


def test_snippets_come_from_every_class_even_if_the_table_is_sorted(tmp_path, monkeypatch):
    monkeypatch.setattr(scan_texts, "MAX_SNIPPETS", 4)
    events: list[Event] = []
    (tmp_path / "t.csv").write_text(table() + f"bad,{'long ' * 200}\r\n")
    scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
    shown = [e for e in events if isinstance(e, SnippetReady)]
    assert [(e.path, e.class_name) for e in shown] == [
        ("row 2", "good"),
        ("row 3", "good"),
        ("row 5", "bad"),
        ("row 6", "bad"),
    ]
    assert all(len(e.text) <= 300 for e in shown)


@pytest.mark.parametrize("activity", ["listing", "reading"])
def test_a_scan_of_a_table_can_be_stopped_at_any_time(tmp_path, activity):
    channel = Channel()

    def stop(event: Event) -> None:
        if isinstance(event, Progressed) and event.activity == activity:
            channel.request = "stop"

    channel._listeners = [stop]
    rows = [[f"text number {n}", "ab"[n % 2]] for n in range(3000)]
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["text", "label"], *rows])
    with pytest.raises(JobStopped):
        scan_folder(tmp_path / "t.csv", channel)


def test_problems_are_reported_while_they_are_found(tmp_path):
    events: list[Event] = []
    (tmp_path / "t.csv").write_text(table() + "good,\r\n")
    dataset = scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
    assert [e.problem for e in events if isinstance(e, ProblemFound)] == list(dataset.problems)


def test_tokens_are_counted_by_who_can_count_them(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    count = lambda texts: [len(text.split()) for text in texts]  # noqa: E731
    dataset = scan_folder(tmp_path / "t.csv", Channel(), count_tokens=count)
    assert dataset.texts is not None
    assert (dataset.texts.num_tokens[0], dataset.texts.num_tokens[100]) == (4, 5)
