import json

import pytest

from tests.engine.data.tables_of_texts import ROWS, reasons, scan_of
from tlgui.core.errors import TlguiError
from tlgui.engine.data.tables import open_table

pytestmark = pytest.mark.usefixtures("no_language")


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


def test_a_row_with_characters_that_are_no_text_is_left_out(tmp_path):
    lines = [json.dumps({"body": text, "topic": label}) for label, text in ROWS]
    lines.append(json.dumps({"body": "a/b\0c", "topic": "good"}))
    dataset = scan_of(tmp_path, "\n".join(lines), "t.jsonl")
    assert reasons(dataset) == {"row 7": "it holds characters that are no text"}


def test_lines_that_are_none_can_be_stopped(tmp_path):
    (tmp_path / "t.jsonl").write_text("\n" * 1500 + "no json\n" * 1500)
    ticks: list[int] = []
    with pytest.raises(TlguiError, match="table_damaged"):
        open_table(tmp_path / "t.jsonl", ticks.append)
    assert ticks == [0, 1000, 2000]
