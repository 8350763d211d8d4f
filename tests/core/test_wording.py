"""Every id has its sentence, and every sentence can be filled in."""

import ast
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from tlgui.core import wording
from tlgui.core.dataset import PROBLEMS, Problem
from tlgui.core.errors import EXIT_CODES
from tlgui.core.run_state import Status

SOURCES = sorted((Path(__file__).parents[2] / "tlgui").rglob("*.py"))


@pytest.mark.parametrize(
    ("ids", "sentences"),
    [
        (set(EXIT_CODES), wording.ERRORS),
        (set(PROBLEMS), wording.PROBLEM_SENTENCES),
        ({*get_args(Status), "interrupted"}, wording.RUN_STATUSES),
    ],
    ids=["errors", "problems", "statuses"],
)
def test_every_id_has_its_words_and_no_words_are_left_over(ids, sentences):
    assert set(sentences) == ids


def test_every_activity_that_the_engine_reports_has_a_label():
    assert _reported_activities() <= set(wording.ACTIVITIES)


def _reported_activities() -> set[str]:
    calls = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "progress"
    ]
    first = [call.args[0] for call in calls if call.args]
    return {arg.value for arg in first if isinstance(arg, ast.Constant)}


@pytest.mark.parametrize(
    "text",
    [*wording.ERRORS.values(), *wording.PROBLEM_SENTENCES.values()],
)
def test_sentences_are_whole_and_calm(text):
    assert text[0].isupper() or text[0] in "{“"
    assert text.endswith(".")
    assert "!" not in text
    assert "  " not in text


@pytest.mark.parametrize("code", wording.PROBLEM_SENTENCES)
def test_a_problem_names_only_what_problems_know(code):
    known = {f.name for f in fields(Problem)}
    assert _placeholders(wording.PROBLEM_SENTENCES[code]) <= known
    problem = Problem(code=code, path="a.png", name="cat", reason="why", count=2)
    assert "{" not in wording.problem_sentence(problem)


def test_a_problem_that_only_a_later_version_knows_still_has_a_sentence():
    assert "from_the_future" in wording.problem_sentence(Problem(code="from_the_future"))


@pytest.mark.parametrize("code", wording.ERRORS)
def test_an_error_is_filled_in_with_what_it_names(code):
    detail = {name: f"<{name}>" for name in _placeholders(wording.ERRORS[code])}
    sentence = wording.error_sentence(code, detail)
    assert all(value in sentence for value in detail.values())
    assert "unknown" not in sentence.replace("Unknown: <unknown>", "").replace("<unknown>", "")


def test_an_error_without_its_details_still_gives_a_sentence():
    assert wording.error_sentence("run_missing", {}).startswith("There is no run in unknown.")


def test_an_error_that_only_a_later_version_knows_still_gives_a_sentence():
    sentence = wording.error_sentence("from_the_future", {"path": "x"})
    assert sentence == "Something went wrong (from_the_future)."


def test_braces_in_a_file_name_are_no_placeholders():
    assert "{x}.png" in wording.error_sentence("run_missing", {"path": "{x}.png"})


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.0, "0 %"),
        (0.001, "under 1 %"),
        (0.934, "93 %"),
        (0.999, "over 99 %"),
        (1.0, "100 %"),
    ],
)
def test_a_percentage_never_claims_perfection(fraction, text):
    assert wording.percent(fraction) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (89, "89 s"),
        (90, "2 minutes"),
        (3600, "60 minutes"),
        (5400, "1.5 hours"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds, text):
    assert wording.duration(seconds) == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [(0, "0 B"), (999, "999 B"), (13_600_000, "14 MB"), (1.5e9, "1.5 GB"), (2e12, "2000.0 GB")],
)
def test_a_size_is_said_as_systems_show_it(num_bytes, text):
    assert wording.size(num_bytes) == text


def _placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}
