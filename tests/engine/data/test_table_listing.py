import pytest
from PIL import Image

from tests.engine.data.tables_of_texts import ROWS, reasons, refusal, scan, scan_of, table
from tlgui.core.events import Event, ProblemFound
from tlgui.core.wording import problem_sentence
from tlgui.engine.channel import Channel
from tlgui.engine.data import problem_list, table_listing
from tlgui.engine.data.scan import scan_folder

pytestmark = pytest.mark.usefixtures("no_language")


def test_a_table_that_names_files_stays_one_unless_its_texts_are_named(tmp_path):
    lines = ["file,caption,label"]
    for number, (label, text) in enumerate(ROWS):
        (tmp_path / f"{number}.txt").write_text(text)
        lines.append(f"{number}.txt,a caption {number},{label}")
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert (dataset.modality, dataset.text_column, dataset.label_column) == ("text", "", "label")
    assert [s.path for s in dataset.samples][:1] == ["3.txt"]
    assert {len(s.digest) for s in dataset.samples} == {16}
    assert scan(tmp_path / "t.csv", text="caption").samples[0].path == "row 5"


def test_a_column_that_names_the_table_itself_is_not_one_of_files(tmp_path):
    lines = ["source,label,text", *(f"t.csv,{label},{text}" for label, text in ROWS)]
    assert scan_of(tmp_path, "\n".join(lines)).text_column == "text"


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
    monkeypatch.setattr(problem_list, "MAX_TOLD", 3)
    dataset = scan_of(tmp_path, table() + "good,\r\n" * 1500)
    told = [p for p in dataset.problems if p.code == "file_unreadable"]
    assert [p.path for p in told] == ["row 8", "row 9", "row 10", "row 11"]
    assert [p.count for p in told] == [1, 1, 1, 1497]
    assert problem_sentence(told[3]) == (
        "And more that cannot be read: 1497, such as row 11: it holds no text."
    )


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


def test_a_single_problem_more_than_are_told_is_told_like_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(problem_list, "MAX_TOLD", 3)
    dataset = scan_of(tmp_path, table() + "good,\r\n" * 4)
    assert problem_sentence(dataset.problems[3]) == "row 11 cannot be read: it holds no text."


def test_a_table_of_thousands_of_missing_files_is_told_in_few_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(problem_list, "MAX_TOLD", 3)
    (tmp_path / "here.txt").write_text("the only one")
    for escape in ("", "../"):
        rows = [f"{escape}{number}.txt,a" for number in range(20)]
        content = "\n".join(["file,label", *rows, "here.txt,b"])
        (tmp_path / "t.csv").write_text(content)
        events: list[Event] = []
        dataset = scan_folder(tmp_path / "t.csv", Channel(listeners=[events.append]))
        told = [p for p in dataset.problems if p.code == "file_unreadable"]
        assert [p.count for p in told] == [1, 1, 1, 17]
        assert told[3].path == f"{escape}3.txt"
        assert [e.problem for e in events if isinstance(e, ProblemFound)] == list(dataset.problems)


@pytest.mark.parametrize("odd", ["trian", "", "x" * 100_000])
@pytest.mark.parametrize("kind", ["texts", "files"])
def test_one_odd_part_does_not_discard_the_split_of_the_author_silently(tmp_path, odd, kind):
    parts = ["train", "test", "train", odd, "train", "test"]
    lines = ["text,label,split" if kind == "texts" else "file,label,split"]
    for number, ((label, text), part) in enumerate(zip(ROWS, parts, strict=True)):
        (tmp_path / f"{number}.txt").write_text(text)
        lines.append(f"{text if kind == 'texts' else f'{number}.txt'},{label},{part}")
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert not dataset.presplit
    (problem,) = [p for p in dataset.problems if p.code == "split_ignored"]
    assert (problem.path, problem.count) == ("row 5" if kind == "texts" else "3.txt", 1)


def test_a_column_called_set_that_names_no_parts_is_no_problem(tmp_path):
    lines = ["text,label,set", *(f"{text},{label},first" for label, text in ROWS)]
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert (dataset.presplit, dataset.problems) == (False, ())


@pytest.mark.parametrize("header", ["text,label", "file,label"])
def test_a_text_in_the_column_of_labels_becomes_no_class(tmp_path, header):
    (tmp_path / "0.txt").write_text("one text")
    cell = "0.txt" if header.startswith("file") else "one text"
    long = "\u0327\u0301" * 40_000  # whose marks Python sorts in quadratic time
    dataset = scan_of(tmp_path, f"{header}\n{cell},a\n{cell},{long}\n{cell},{'x' * 201}\n")
    assert dataset.classes == ("a",)
    found = [p.reason for p in dataset.problems if p.code == "file_unreadable"]
    assert found == ["its label is longer than 200 characters"] * 2


def test_pictures_with_a_text_beside_each_stay_pictures(tmp_path):
    lines = ["file,label"]
    for number in range(4):
        Image.new("RGB", (4, 4), (number, 0, 0)).save(tmp_path / f"{number}.png")
        (tmp_path / f"{number}.txt").write_text("0 0.5 0.5")
        lines += [f"{number}.{suffix},{'ab'[number % 2]}" for suffix in ("png", "txt")]
    lines.append("classes.txt,a")
    assert scan_of(tmp_path, "\n".join(lines)).modality == "image"
