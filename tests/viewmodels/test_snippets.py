import pytest

from tests.stories import snippets
from tlgui.viewmodels import snippets as snippets_module
from tlgui.viewmodels.snippets import Snippets


@pytest.fixture
def known(story) -> Snippets:
    known = Snippets()
    for snippet in snippets(story, 6):
        known.add(snippet)
    return known


def rows(known: Snippets) -> list[str]:
    return [snippet.path for snippet in known.found]


def test_everything_is_shown_until_somebody_searches(known):
    assert len(known.found) == len(known.all) == 6


@pytest.mark.parametrize("query", ["winner", "WINNER", "  Winner!! "])
def test_case_does_not_matter(known, query):
    known.search(query, "")
    assert rows(known) == ["row 3", "row 5", "row 7"]


def test_sharp_s_is_found_by_its_capitals(known, story):
    (snippet,) = snippets(story, 1)
    known.add(snippet.__class__(**{**_fields(snippet), "text": "Straße"}))
    known.search("STRASSE", "")
    assert len(known.found) == 1


def test_search_and_kind_work_together(known):
    known.search("", "ham")
    assert rows(known) == ["row 2", "row 4", "row 6"]
    known.search("winner", "ham")
    assert rows(known) == []


def test_texts_that_come_later_join_what_was_found(known, story):
    known.search("winner", "")
    found = known.found
    for snippet in snippets(story, 2):
        known.add(snippet)
    assert known.found is found, "a view must be able to add instead of starting anew"
    assert len(found) == 4


def test_huge_data_does_not_fill_the_memory(known, story, monkeypatch):
    monkeypatch.setattr(snippets_module, "MAX_SNIPPETS", 7)
    for snippet in snippets(story, 5):
        known.add(snippet)
    assert len(known.all) == 7


def _fields(snippet) -> dict:
    return {name: getattr(snippet, name) for name in ("seq", "time_s", "path", "class_name")}
