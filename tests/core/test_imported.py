"""Imported presets stand beside those of the catalog, and none can take another's place."""

import json
from dataclasses import asdict, replace

import pytest

from tests.presets import CATALOG, LITE0
from tlgui.core.errors import TlguiError
from tlgui.core.imported import RECORD_FILE, read_record, with_imported

MINE = replace(LITE0, id="mine", title="Mine", embedded=False)


@pytest.fixture
def put(tmp_path):
    def write(folder, record):
        (tmp_path / folder).mkdir(parents=True)
        text = record if isinstance(record, str) else json.dumps(record)
        (tmp_path / folder / RECORD_FILE).write_text(text)

    return write


def test_an_imported_preset_comes_behind_the_catalog(tmp_path, put):
    put("mine", asdict(MINE))

    found = with_imported(CATALOG, (tmp_path,))

    assert list(found) == [*CATALOG, "mine"]
    assert found["mine"] == MINE


def test_a_published_preset_keeps_its_entry(tmp_path, put):
    put(LITE0.id, asdict(replace(LITE0, title="Another", embedded=False)))

    assert with_imported(CATALOG, (tmp_path,)) == CATALOG


@pytest.mark.parametrize(
    "record",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 10_000,
        asdict(replace(MINE, id="other")),
        asdict(replace(MINE, embedded=True)),
        asdict(replace(MINE, title="x" * 1000)),
        asdict(replace(MINE, num_bytes=-1)),
        asdict(replace(MINE, num_groups=10**9)),
        asdict(replace(MINE, input_size_px=0)),
        asdict(MINE) | {"family": 7},
    ],
)
def test_a_damaged_record_hides_no_other_preset(tmp_path, put, record):
    put("mine", record)
    put("fine", asdict(replace(MINE, id="fine")))

    assert with_imported({}, (tmp_path,)).keys() == {"fine"}


def test_a_folder_that_is_written_or_removed_at_the_moment_is_no_preset(tmp_path, put):
    for name in ("mine.partial", "mine.old", "mine.removed"):
        put(name, asdict(replace(MINE, id=name)))

    assert not with_imported({}, (tmp_path,))


def test_a_shared_folder_that_is_not_there_is_no_error(tmp_path, monkeypatch):
    def forbidden(*_arguments):
        raise PermissionError(13, "Permission denied")

    assert not with_imported({}, (tmp_path / "gone",))
    monkeypatch.setattr("pathlib.Path.glob", forbidden)
    assert not with_imported({}, (tmp_path,))


def test_the_first_folder_wins(tmp_path, put):
    put("one/mine", asdict(MINE))
    put("two/mine", asdict(replace(MINE, title="Another")))

    found = with_imported({}, (tmp_path / "one", tmp_path / "two"))

    assert found["mine"].title == "Mine"


def test_a_run_whose_preset_was_removed_says_which_one_it_was():
    with pytest.raises(TlguiError, match="preset_unknown") as refusal:
        with_imported(CATALOG, ())["mine"]

    assert refusal.value.detail["name"] == "mine"


def test_a_record_comes_back_as_it_was_written():
    assert read_record(json.dumps(asdict(MINE)), "mine") == MINE
