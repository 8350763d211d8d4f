"""What can be told about a text without reading it."""

import pytest

from tlgui.engine.reviewing.text_hints import text_hints


@pytest.fixture
def changed(tmp_path):
    """Return a function that gives the hints in which two files differ."""

    def differing(first, second, names=("a1.txt", "a1.txt")):
        paths = []
        for number, (name, data) in enumerate(zip(names, (first, second), strict=True)):
            path = tmp_path / str(number) / name
            path.parent.mkdir()
            path.write_bytes(data)
            paths.append(path)
        hints = text_hints(["the same"] * 2, paths)
        return {hint for hint, rows in hints.items() if not (rows[0] == rows[1]).all()}

    return differing


def test_two_copies_differ_in_nothing(changed):
    assert not changed(b"caf\xc3\xa9", b"caf\xc3\xa9")


@pytest.mark.parametrize(
    "other", [b"\xef\xbb\xbfcaf\xc3\xa9", b"caf\xe9", b"cafe", b"caf\xc3\xa9\r\n"]
)
def test_other_encoding_or_line_end_is_seen(changed, other):
    assert changed(b"caf\xc3\xa9", other) == {"encoding"}


def test_letter_on_the_edge_of_what_is_read_is_no_other_encoding(changed):
    even, odd = "é" * 40_000, "x" + "é" * 40_000

    assert not changed(even.encode(), odd.encode())


def test_name_is_seen_and_its_running_number_too(changed):
    assert changed(b"x", b"x", ("letter1.txt", "mail1.txt")) == {"file_name"}


def test_sign_that_only_looks_like_a_digit_is_no_number(changed):
    assert changed(b"x", b"x", ("80 m².txt", "80 m³.txt")) == {"file_name"}


def test_length_counts_characters_words_and_lines():
    hints = text_hints(["one two\nthree"], [])

    assert hints["length"][0] == pytest.approx([13, 3, 1, 13 / 3])
    assert set(hints) == {"length"}
