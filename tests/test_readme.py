"""The README names only what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_explained():
    explained = re.findall(r"^tlgui ([a-z-]+)\b.* {2}\w", README, re.MULTILINE)
    assert set(explained) == set(main.COMMANDS)


@pytest.mark.parametrize("command", main.COMMANDS)
def test_every_command_has_help(command):
    assert command in _output_of("main.py", command, "--help")


def test_preset_converter_starts():
    (module,) = re.findall(r"python -m (resources\.\w+) ID", README)
    assert "usage:" in _output_of("-m", module, "--help")


def test_every_make_target_exists():
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)) <= set(targets)


def test_every_named_path_exists():
    names = re.findall(r"`((?:resources|tests|tlgui)/[\w./-]+)`", README)
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_every_dependency_is_explained():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = set(re.findall(r'^ {4}"([\w-]+)[><]=', text, re.MULTILINE))
    rows = re.findall(r"^\| ([\w ,()-]+?) \|", README, re.MULTILINE)
    explained = {name for row in rows for name in re.split(r", | \(", row)}
    assert names - explained == set()


def _output_of(*arguments):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
