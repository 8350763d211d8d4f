"""What every test gets: a screenless Qt, a home of its own, and no leaks into the next test."""

import gc
import math
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything imports Qt, Keras or TensorFlow; a value from outside wins.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

ENGINE_TESTS = Path(__file__).parent / "engine"
THREAD_GRACE_MS = 1000  # `finished` is sent shortly before a thread has really ended

PICTURES_PER_CLASS = 12
COLORS = {"disk": (200, 60, 50), "square": (60, 160, 80), "triangle": (60, 90, 200)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything under tests/engine, so that the fast selection can leave it out."""
    for item in items:
        if item.path.is_relative_to(ENGINE_TESTS):
            item.add_marker("engine")


def pytest_collection_finish() -> None:
    """Keep what the imports made out of every later garbage collection, a tenth of all time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The application's data folder of this test: runs, drafts, settings, trash."""
    folder = tmp_path / "tlgui-home"
    monkeypatch.setenv("TLGUI_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_qt_leaks() -> Iterator[None]:
    """Fail a test that leaves a running QThread or a top-level widget behind."""
    before = _top_level_widgets()
    yield
    threads = _running_threads()
    widgets = _top_level_widgets() - before
    for widget in widgets:
        widget.deleteLater()  # the next test starts clean
    assert not threads, f"still running, so closing the window would abort: {threads}"
    assert not widgets, f"left open (qtbot.addWidget closes them): {widgets}"


def _top_level_widgets() -> set:
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    if not isinstance(QApplication.instance(), QApplication):
        return set()
    # deleteLater() takes effect in an event loop, and between tests none is running.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return set(QApplication.topLevelWidgets())


def _running_threads() -> list:
    if "PySide6.QtCore" not in sys.modules:
        return []
    from PySide6.QtCore import QThread
    from shiboken6 import Shiboken

    return [
        thread
        for thread in Shiboken.getAllValidWrappers()
        if isinstance(thread, QThread)
        and thread is not QThread.currentThread()
        and thread.isRunning()
        and not thread.wait(THREAD_GRACE_MS)
    ]


@pytest.fixture(scope="session")
def shared_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three classes with twelve easily told pictures each, 32 to 64 px, PNG and JPEG.

    The same bytes in every run; no two pictures are alike. Whoever changes them takes
    ``pictures``.
    """
    chance = random.Random(20)
    folder = tmp_path_factory.mktemp("shared") / "pictures"
    for name in COLORS:
        (folder / name).mkdir(parents=True)
        for number in range(PICTURES_PER_CLASS):
            suffix = "jpg" if number % 3 == 0 else "png"
            _draw(name, chance).save(folder / name / f"{name}-{number:02}.{suffix}")
    return folder


@pytest.fixture
def pictures(shared_pictures: Path, tmp_path: Path) -> Path:
    """A copy of ``shared_pictures`` that a test may change."""
    return shutil.copytree(shared_pictures, tmp_path / "pictures")


def _draw(name: str, chance: random.Random):
    """One colored shape of varying size, place and shade on a noisy light ground."""
    from PIL import Image, ImageDraw

    side = chance.randrange(32, 65, 4)
    noise = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
    image = Image.blend(Image.new("RGB", (side, side), (225, 222, 215)), noise, 0.15)
    radius = side * chance.uniform(0.25, 0.4)
    x, y = (chance.uniform(radius, side - radius) for _ in range(2))
    color = tuple(value + chance.randint(-30, 30) for value in COLORS[name])
    draw = ImageDraw.Draw(image)
    if name == "disk":
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)
    else:
        sides = {"square": 4, "triangle": 3}[name]
        rotation = chance.uniform(0, 360 / sides)
        draw.regular_polygon((x, y, radius), sides, rotation=math.floor(rotation), fill=color)
    return image
