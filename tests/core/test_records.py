"""JSON records and dataclasses."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

import pytest

from tests.core.examples import example
from tlgui.core.records import from_record, json_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    part: Part
    parts: tuple[Part, ...]
    pair: tuple[int, str]
    table: dict[str, int | str]
    kind: Literal["a", "b"]
    share: float
    maybe: float | None
    flag: bool
    count: int = 7


RECORD = json.loads(json.dumps(asdict(example(Whole))))


def test_a_record_becomes_what_it_was():
    assert from_record(Whole, RECORD) == example(Whole)


def test_what_a_later_version_added_is_ignored():
    assert from_record(Part, {"name": "x", "color": "red"}) == Part(name="x")


def test_what_an_earlier_version_did_not_know_gets_its_default():
    assert from_record(Whole, {k: v for k, v in RECORD.items() if k != "count"}).count == 7


def test_a_whole_number_serves_as_a_fraction():
    share = from_record(Whole, {**RECORD, "share": 1}).share
    assert (share, type(share)) == (1.0, float)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("part", "x"),
        ("part", {}),
        ("parts", [{"name": 5}]),
        ("parts", [1]),
        ("pair", "ab"),
        ("pair", [1]),
        ("pair", [1, "x", 2]),
        ("table", [1]),
        ("table", {"x": None}),
        ("kind", "c"),
        ("kind", ["a"]),
        ("share", "0.5"),
        ("maybe", "x"),
        ("flag", 1),
        ("count", True),
        ("count", 1.0),
    ],
)
def test_a_wrong_value_is_named(field, value):
    with pytest.raises(ValueError, match="Part" if field.startswith("part") else field):
        from_record(Whole, {**RECORD, field: value})


@pytest.mark.parametrize("record", [None, [], "x", 1])
def test_what_is_no_record_is_refused(record):
    with pytest.raises(ValueError, match="needs an object"):
        from_record(Part, record)


def test_a_missing_field_is_named():
    with pytest.raises(ValueError, match=r"Part.*name"):
        from_record(Part, {})


def test_people_can_read_their_own_letters_in_the_files():
    assert "Große Katze 猫" in json_text({"name": "Große Katze 猫"})


def test_a_file_name_that_is_no_unicode_survives():
    name = b"caf\xe9.png".decode("utf-8", "surrogateescape")
    text = json_text({"name": name})
    assert json.loads(text.encode().decode()) == {"name": name}
