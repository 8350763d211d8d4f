import re

import pytest

from tests.engine.data.tables_of_texts import refusal, scan_of, table
from tlgui.core.errors import TlguiError
from tlgui.engine.data import text_lines
from tlgui.engine.data.table_rows import no_tick
from tlgui.engine.data.tables import open_table

pytestmark = pytest.mark.usefixtures("no_language")


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


def test_a_table_that_is_gone_by_now_is_said_in_words(tmp_path):
    (tmp_path / "t.csv").write_text(table())
    opened = open_table(tmp_path / "t.csv", no_tick)
    (tmp_path / "t.csv").unlink()
    with pytest.raises(TlguiError, match="table_damaged"):
        next(opened.rows(no_tick))


def test_the_line_that_is_named_lies_before_the_broken_characters(tmp_path, monkeypatch):
    monkeypatch.setattr(text_lines, "SAMPLE_BYTES", 64)
    lines = ["label,text", *("good,plain words",) * 50, "good,Gr\u00fc\u00dfe \u00e4\u00f6"]
    data = "\n".join([*lines, "good,a last row"]).encode().replace("\u00f6".encode(), b"\xc3 ")
    reason = str(refusal(tmp_path, data).detail["reason"])
    number = int(re.search(r"after line (\d+)", reason)[1])
    assert 45 <= number <= 51
