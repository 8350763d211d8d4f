from dataclasses import replace
from pathlib import Path

import pytest

from tests.stories import messages, trees
from tlgui.core.dataset import Problem
from tlgui.core.dataset_summary import summary_of
from tlgui.core.errors import TlguiError

FILE = Path("/jobs/scan-1/dataset.json")


def test_summary_says_where_the_data_is_and_how_much_of_it():
    found = summary_of(messages(), FILE)
    assert (found.file, found.source) == (str(FILE), messages().source)
    assert (found.num_samples, found.class_counts) == (20, (10, 10))
    assert (found.columns, found.text_column) == (("label", "message", "sender"), "message")
    assert found.texts == messages().texts


def test_what_makes_training_impossible_is_told_as_the_data_set_tells_it():
    small = Problem(code="class_too_small", name="elm", count=2)
    problems = (Problem(code="duplicates", name="elm"), small, replace(small, name="oak"))
    for data in (replace(trees(), problems=problems), replace(trees(), classes=("oak",))):
        with pytest.raises(TlguiError) as told:
            data.require_usable()
        with pytest.raises(TlguiError) as summed:
            summary_of(data, FILE).require_usable()
        assert (summed.value.code, summed.value.detail) == (told.value.code, told.value.detail)
    summary_of(trees(), FILE).require_usable()


@pytest.mark.parametrize(
    ("group", "path", "beginnings"),
    [
        ("prefix", "oak/P{}_1.png", ("P0_", "P1_")),
        ("prefix:x", "oak/a_{}x1.png", ("a_0x", "a_1x")),
        ("prefix", "oak/{}.png", ("0", "1")),
        ("folder", "oak/P{}_1.png", ()),
        ("", "oak/P{}_1.png", ()),
    ],
)
def test_first_beginnings_are_those_that_names_have(group, path, beginnings):
    samples = tuple(replace(s, path=path.format(n)) for n, s in enumerate(trees().samples))
    data = replace(trees(), samples=samples, suggested_group=group)
    assert summary_of(data, FILE).beginnings == beginnings
