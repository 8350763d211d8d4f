import os
from pathlib import Path

import pytest

from tlgui.engine.data import text_files
from tlgui.engine.data.text_files import REFUSED_EXTENSIONS, TEXT_EXTENSIONS, read_text, text_digest
from tlgui.engine.data.unreadable import UnreadableFile


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_text(path)
    assert caught.value.path == path
    return caught.value.reason


@pytest.mark.parametrize("name", ["a.txt", "A.TXT", "a.md", "a.text", "a", "猫.markdown"])
def test_plain_text_is_read_whatever_its_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes("# Größe\r\nzwei".encode())
    assert read_text(path).text == "# Größe\nzwei"


@pytest.mark.parametrize(
    "content", ["é\nx\n".encode(), "é\r\nx".encode(), "é\nx".encode("utf-8-sig"), b"\xe9\rx"]
)
def test_the_same_text_is_a_copy_however_it_was_saved(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert read_text(path).digest == text_digest("é\nx")


def test_the_same_text_is_a_copy_in_any_format(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<p>some words", encoding="utf-8")
    assert read_text(path).digest == text_digest("some words") != text_digest("other words")


def test_web_pages_are_read_as_pages(tmp_path):
    path = tmp_path / "a.HTM"
    path.write_text("<p>one<p>two &amp; more", encoding="utf-8")
    assert read_text(path).text == "one\ntwo & more"


@pytest.mark.parametrize("extension", sorted(REFUSED_EXTENSIONS))
def test_a_format_that_is_not_read_is_named_with_the_way_out(tmp_path, extension):
    path = tmp_path / f"a{extension}"
    path.write_bytes(b"anything")
    assert "which tlgui cannot read; save it as" in refusal(path)
    assert extension not in TEXT_EXTENSIONS


@pytest.mark.parametrize("content", ["", " \n\t", "\ufeff", "\u200b \u2060", "\xa0"])
def test_a_text_with_nothing_to_see_is_no_sample(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_text(content, encoding="utf-8")
    assert refusal(path) == "it holds no text"


def test_a_page_of_pictures_is_no_sample(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("<title>x</title><img src=y><script>z()</script>", encoding="utf-8")
    assert refusal(path) == "it holds no text"


def test_a_huge_file_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "MAX_TEXT_BYTES", 10)
    path = tmp_path / "a.txt"
    path.write_bytes(b"eleven byte")
    assert refusal(path) == "larger than 20 MB"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_does_not_hang_the_scan(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert refusal(tmp_path / "a.txt") == "it is not a file"


def test_what_is_not_there_is_said_so(tmp_path):
    assert refusal(tmp_path / "a.txt") == "there is no such file"
    assert refusal(tmp_path / "a\0.txt") == "there is no such file"
    assert refusal(tmp_path) == "it is not a file"
