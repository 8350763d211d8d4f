"""The dispatch of main.py, without starting any of the three programs."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

import main


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Which program was started with which arguments; each returns its own exit code."""
    calls: list[tuple[str, list[str]]] = []

    def program(name: str, exit_code: int) -> ModuleType:
        def run(argv: list[str]) -> int:
            calls.append((name, argv))
            return exit_code

        module = ModuleType(name)
        module.main = run
        return module

    for exit_code, name in enumerate(("tlgui.app", "tlgui.cli", "tlgui.engine.worker"), start=10):
        monkeypatch.setitem(sys.modules, name, program(name, exit_code))
    return calls


@pytest.mark.parametrize("argv", [[], ["--example"], ["training data"]])
def test_window_opens_alone_for_the_example_and_for_what_exists(
    argv, started, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("training data").mkdir()

    assert main.main(argv) == 10
    assert started == [("tlgui.app", argv)]


@pytest.mark.parametrize("argv", [["trian", "folder"], ["--oops"], ["no such folder"]])
def test_slip_of_the_finger_is_told_instead_of_opening_a_window(argv, started):
    assert main.main(argv) == 11
    assert started == [("tlgui.cli", argv)]


@pytest.mark.parametrize("first", [*main.COMMANDS, "-h", "--help", "--version"])
def test_command_line_gets_every_command(first, started):
    assert main.main([first, "--json"]) == 11
    assert started == [("tlgui.cli", [first, "--json"])]


def test_engine_gets_what_follows_its_flag(started):
    assert main.main(["--engine", "job"]) == 12
    assert started == [("tlgui.engine.worker", ["job"])]


def test_console_script_reads_the_real_arguments(started, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["tlgui", "runs"])
    assert main.main() == 11
    assert started == [("tlgui.cli", ["runs"])]
