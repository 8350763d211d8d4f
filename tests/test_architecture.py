"""The walls that static analysis cannot see: what is really loaded, and who starts processes."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
QT = ("PySide6", "shiboken6", "pyqtgraph")
COMPUTING = ("keras", "tensorflow", "onnxruntime", "sklearn", "scipy", "PIL", "onnx")
STARTS_PROCESSES = {"subprocess", "multiprocessing", "QProcess"}


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("main", (*QT, *COMPUTING, "numpy", "tlgui.app", "tlgui.cli", "tlgui.engine")),
        ("tlgui.app", (*COMPUTING, "tlgui.engine", "tlgui.cli")),
        ("tlgui.cli", (*QT, "keras", "tensorflow")),
        ("tlgui.engine.worker", (*QT, "keras", "tensorflow")),
        ("tlgui.engine.data.scan", (*QT, "keras", "tensorflow", "onnxruntime")),
    ],
)
def test_importing_loads_nothing_from_behind_the_wall(
    module: str, forbidden: tuple[str, ...]
) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(forbidden) & set(done.stdout.split()) == set()


def test_core_imports_only_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "tlgui"}
    outside = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in _sources("core")
        for name in _imported_names(path)
        if name.split(".")[0] not in allowed
    ]
    assert outside == []


def test_processes_are_started_in_two_places_only() -> None:
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in _sources()
        if not path.is_relative_to(ROOT / "tlgui/jobs")
        and path != ROOT / "tlgui/engine/child.py"
        and any(STARTS_PROCESSES & set(name.split(".")) for name in _imported_names(path))
    ]
    assert elsewhere == []


def _sources(package: str = ".") -> list[Path]:
    paths = sorted((ROOT / "tlgui" / package).rglob("*.py"))
    assert paths, f"no code under tlgui/{package}"
    return paths


def _imported_names(path: Path) -> Iterator[str]:
    """Every imported module, with the imported name behind it, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
