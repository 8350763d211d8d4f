"""Errors by code, and what every place that raises one has to say."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tlgui.core.errors import (
    DONE,
    EXIT_CODES,
    NOT_USABLE,
    RUN_FAILED,
    STOPPED,
    WRONG_USAGE,
    TlguiError,
)
from tlgui.core.wording import ERRORS

SOURCES = sorted((Path(__file__).parents[2] / "tlgui").rglob("*.py"))


def raised_errors() -> Iterator[tuple[str, str, set[str] | None]]:
    """Every code that the sources name: where, which, and with which details if they are named."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TlguiError":
                for code in _constants(node.args[0]):
                    names = {keyword.arg for keyword in node.keywords}
                    yield f"{path.name}:{node.lineno}", code, None if None in names else names


def _constants(node: ast.expr) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]


def test_the_error_of_a_command_decides_its_exit_code():
    assert TlguiError("disk_full", path="x").exit_code == RUN_FAILED
    assert TlguiError("folder_missing", path="x").exit_code == NOT_USABLE
    assert TlguiError("setting_unknown", name="x").exit_code == WRONG_USAGE


def test_exit_codes_are_those_that_scripts_rely_on():
    assert (DONE, WRONG_USAGE, NOT_USABLE, RUN_FAILED, STOPPED) == (0, 2, 3, 4, 130)
    assert set(EXIT_CODES.values()) == {WRONG_USAGE, NOT_USABLE, RUN_FAILED}


def test_an_error_keeps_what_it_is_about():
    error = TlguiError("file_damaged", path="a/b.png", reason="torn")
    assert (error.code, error.detail) == ("file_damaged", {"path": "a/b.png", "reason": "torn"})
    assert "file_damaged" in str(error)


@pytest.mark.parametrize(("where", "code", "names"), [*raised_errors()])
def test_whoever_raises_an_error_says_all_that_its_sentence_names(where, code, names):
    assert code in EXIT_CODES, where
    placeholders = {field for _, field, _, _ in Formatter().parse(ERRORS[code]) if field}
    assert names is None or placeholders <= names, f"“unknown” would stand in it: {where}"


def test_every_code_is_used():
    named = {
        node.value
        for path in SOURCES
        if path.name not in ("errors.py", "wording.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert set(EXIT_CODES) - named == set(), "a sentence that nobody can ever read"
