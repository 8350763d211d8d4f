import pytest

from tests.engine.data.tables_of_texts import ROWS, scan_of, table
from tlgui.engine.data.inside import Inside
from tlgui.engine.data.table_columns import find_files, is_data

pytestmark = pytest.mark.usefixtures("no_language")


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


def test_a_header_with_empty_columns_is_no_sample(tmp_path):
    lines = ["v1,v2,,,", *(f"{label},{text},,," for label, text in ROWS)]
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert dataset.columns == ("v1", "v2", "column 3", "column 4", "column 5")
    assert dataset.classes == ("bad", "good")


def test_a_question_as_the_name_of_a_column_is_no_sample(tmp_path):
    question = "What did you like about our service and what should we improve next year?"
    lines = [f"{question},Kategorie", *(f"{text},{label}" for label, text in ROWS)]
    dataset = scan_of(tmp_path, "\n".join(lines))
    assert (dataset.text_column, dataset.classes) == (question, ("bad", "good"))
    assert len(dataset.samples) == 6


def test_the_first_text_of_a_table_without_names_is_kept():
    assert is_data(["good", "a text"], [["good", "another"], ["bad", "a third"], ["bad", "x"]])
    assert is_data(["7", "a text"], [["8", "another"], ["9", "a third"]])
    assert not is_data(["v1", ""], [["good", ""], ["bad", ""], ["bad", ""]])


def test_a_table_of_thousands_of_columns_does_not_search_the_disk_for_every_cell(
    tmp_path, monkeypatch
):
    asked = []
    monkeypatch.setattr(Inside, "is_file", lambda self, cell: bool(asked.append(cell)))
    columns = ["label", "text", *(f"c{n}" for n in range(50))]
    probe = [["a", "some words", *(f"v{n}" for n in range(49)), "a.png"]] * 9
    find_files(columns, probe, tmp_path)
    assert set(asked) == {"a.png"}
