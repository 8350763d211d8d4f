import pytest

from tests.engine.data.tables_of_texts import reasons, refusal, scan_of, table
from tlgui.core.dataset import dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, SnippetReady
from tlgui.engine.channel import Channel
from tlgui.engine.data.csv_rows import NO_DELIMITER, CsvFile
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.tables import open_table

pytestmark = pytest.mark.usefixtures("no_language")


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


def test_lines_after_an_endless_cell_do_not_become_rows_of_their_own(tmp_path):
    content = table() + f'good,"{"x" * 2_000_001}\r\nbad,inside of it\r\n"\r\n'
    error = refusal(tmp_path, content)
    assert "line 8: a quotation mark is opened and not closed" in str(error.detail["reason"])


def test_a_file_of_blank_lines_can_be_stopped(tmp_path):
    (tmp_path / "t.csv").write_text("\n" * 3000)
    ticks: list[int] = []
    with pytest.raises(TlguiError, match="table_damaged"):
        open_table(tmp_path / "t.csv", ticks.append)
    assert ticks == [0, 1000, 2000]


def test_lines_stay_whole_where_nothing_cuts_them(tmp_path):
    (tmp_path / "t.csv").write_text('well, "so"\n"yes", he said\n')
    source = CsvFile(tmp_path / "t.csv", no_tick, NO_DELIMITER)
    assert [row.cells for row in source.rows(no_tick)] == [['well, "so"'], ['"yes", he said']]
