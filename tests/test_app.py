"""The whole window with real processes; what computes is the fake engine."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from tests.presets import LITE0
from tests.presets import TEXT as TEXT_PRESET
from tests.stories import messages, trees
from tlgui import app
from tlgui.app import Desk
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import RunFolder, create_run, list_runs
from tlgui.core.settings import Home, read_settings
from tlgui.gui.dialogs import Dialogs
from tlgui.jobs.standby import Engines

FAKE_ENGINE = [sys.executable, str(Path(__file__).parent / "fake_engine.py")]
PATIENCE_MS = 20_000


class Answers(Dialogs):
    """Answers every question for a folder with the same one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def choose_folder(self, parent, title, start):
        return str(self._folder)


class QuietApplication:
    """Stands for the application, which a test must not end."""

    def __init__(self) -> None:
        self.has_quit = False

    def quit(self) -> None:
        self.has_quit = True


@pytest.fixture
def open_desk(qtbot, qapp, home, tmp_path, monkeypatch) -> Callable[..., Desk]:
    """Open a window like the program does; ``words`` go to the fake engine."""
    home.mkdir()
    desks = []

    def make(*argv: str, words: str = "") -> Desk:
        environment = {**os.environ, "TLGUI_FAKE_ENGINE": words}
        engines = Engines(Home(home), command=FAKE_ENGINE, environment=environment)
        desk = Desk(QApplication.instance(), Home(home), engines, Answers(tmp_path))
        desk._application = QuietApplication()
        qtbot.addWidget(desk.window)
        desks.append(desk)
        desk.open(argv)
        qtbot.waitExposed(desk.window)
        return desk

    yield make
    for desk in desks:
        desk.engines.shut_down()


@pytest.fixture
def click(qtbot) -> Callable[..., None]:
    def press(button) -> None:
        qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=PATIENCE_MS)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    return press


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def new_run(home) -> RunFolder:
    """A run that has not started."""
    return create_run(
        home / "runs" / "trees-1", trees(), make_plan(LITE0, strategy="head_then_all")
    )


@pytest.fixture
def new_text_run(home) -> RunFolder:
    """A run on texts that has not started."""
    return create_run(home / "runs" / "mail-1", messages(), make_plan(TEXT_PRESET))


def test_person_gets_from_a_folder_to_an_export(open_desk, click, wait, pictures, home):
    desk = open_desk()
    page = desk.window.pages.page
    desk.journey.take_drop([str(pictures)])
    click(page("data").go_on)
    assert page("data").gallery.pictures.rowCount() == 36
    click(page("plan").train)
    unseen = page("run").plot.accuracy.unseen
    wait(lambda: unseen.xData is not None and list(unseen.xData) == [1, 2, 3])
    click(page("run").see_result)
    assert page("result").title.text().startswith("Right on ")
    desk.journey.evaluation.choose_cell(0, 0)
    wait(lambda: page("result").samples.gallery.pictures.rowCount() > 0)
    page("result").samples.opened.emit(0)
    wait(lambda: page("result").explanation.gallery.pictures.rowCount() == 5)
    assert page("result").explanation.finding.text().startswith("Bright places speak for ")
    click(page("result").go_on)
    desk.journey.take_drop([str(pictures / "disk")])
    wait(lambda: desk.journey.prediction.finished is not None)
    wait(lambda: len(desk.journey.prediction.answers) == 12)
    click(page("use").export.export)
    wait(lambda: page("use").export.result.isVisible())
    assert "same answer for 16 of 16" in page("use").export.result.text()
    assert [run.status() for run in list_runs(Home(home).runs)] == ["finished"]
    wait(lambda: not desk.journey.export.is_busy)


def test_person_gets_from_a_table_of_texts_to_answers(open_desk, click, wait, tmp_path, qtbot):
    table = tmp_path / "mail" / "mail.csv"
    table.parent.mkdir()
    rows = [f"{['ham', 'spam'][n % 2]},text number {n}" for n in range(40)]
    table.write_text("kind,message\n" + "\n".join(rows) + "\n", encoding="utf-8")
    desk = open_desk()
    desk.journey.plan.presets = {TEXT_PRESET.id: TEXT_PRESET}
    page = desk.window.pages.page
    desk.journey.take_drop([str(table)])
    wait(lambda: page("data").columns.isVisible() and not desk.journey.dataset.is_busy)
    desk.journey.dataset.choose_columns("message", "kind")
    click(page("data").go_on)
    assert page("data").texts.list.snippets.rowCount() == 40
    click(page("plan").train)
    click(page("run").see_result)
    assert "of texts it never saw" in page("result").title.text()
    wait(lambda: page("result").reference.isVisible())
    wait(lambda: not desk.journey.run.is_busy)
    click(page("result").go_on)
    qtbot.keyClicks(page("use").panel.answer.box, "surely spam")
    wait(lambda: page("use").panel.answer.headline.text() == "spam, 90 % sure")
    desk.journey.go_to("start")
    assert not desk.journey.answering.is_busy


def test_window_that_answers_closes_without_a_question(open_desk, wait, home, new_text_run):
    desk = open_desk(str(new_text_run.path))
    desk.journey.prediction.open_run(new_text_run, "text")
    desk.journey.stage = "use"
    desk.journey.answering.open(new_text_run)
    wait(lambda: bool(desk.journey.answering.classes))
    desk.window.close()
    assert desk._application.has_quit


def test_example_that_is_not_installed_is_not_offered(monkeypatch, tmp_path):
    monkeypatch.setattr(app, "resources_folder", lambda: tmp_path)
    assert app.example_source("text") == ""
    (tmp_path / "examples" / "texts").mkdir(parents=True)
    assert app.example_source("text") == str(tmp_path / "examples" / "texts")


def test_example_trains_without_a_single_click(open_desk, wait, pictures, monkeypatch):
    monkeypatch.setattr(app, "example_source", lambda modality: str(pictures))
    monkeypatch.setattr(app, "ENGINE_AFTER_MS", 60_000)
    desk = open_desk("--example")
    wait(lambda: desk.journey.run.status == "finished")
    assert desk.device.device is not None, "the run knows what it computes on"
    assert desk.journey.stage == "run"
    wait(lambda: not desk.journey.run.is_busy)


def test_computer_is_described_by_what_really_computed(open_desk, wait):
    desk = open_desk()
    wait(lambda: desk.device.device is not None)
    assert "Fake processor" in desk.window.status.device.toolTip()


def test_closing_while_training_pauses_and_the_next_start_continues(
    open_desk, click, wait, new_run
):
    first = open_desk(str(new_run.path), words="slow")
    click(first.window.pages.page("run").resume)
    wait(lambda: first.journey.run.state.last_step is not None)
    first.window.close()
    assert first.window.isVisible(), "training must never end without a question"
    click(first.window.pause_and_close)
    assert not first.window.isVisible()
    wait(lambda: first._application.has_quit)
    assert new_run.status() == "paused"
    first.engines.shut_down()

    second = open_desk()
    (button,) = second.window.sidebar.run_buttons
    assert "paused" in button.accessibleName()
    click(button)
    click(second.window.pages.page("run").resume)
    wait(lambda: second.journey.run.status == "finished")
    assert [e.epoch for e in second.journey.run.state.epochs] == [1, 2, 3]
    wait(lambda: not second.journey.run.is_busy)


@pytest.mark.parametrize(
    ("words", "sentence"), [("die:3", "exit code 3"), ("fail:out_of_memory", "not enough memory")]
)
def test_engine_that_dies_leaves_a_sentence_and_a_way_on(
    open_desk, click, wait, new_run, words, sentence
):
    desk = open_desk(str(new_run.path), words=words)
    page = desk.window.pages.page("run")
    click(page.resume)
    wait(lambda: page.failure.isVisible() and page.resume.isVisible())
    assert sentence in page.failure.text.text()
    assert len(desk.journey.run.state.epochs) == 1, "what was learned is kept"


def test_discarding_while_training_moves_the_run_to_the_trash(
    open_desk, click, wait, new_run, home
):
    desk = open_desk(str(new_run.path), words="slow")
    page = desk.window.pages.page("run")
    click(page.resume)
    wait(lambda: desk.journey.run.state.last_step is not None)
    click(page.discard)
    wait(lambda: desk.journey.run.discarded is not None)
    assert list_runs(Home(home).runs) == ()
    click(page.undo)
    wait(lambda: desk.journey.run.status == "paused")
    assert new_run.path.is_dir()


def test_chosen_colors_are_there_at_the_next_start(open_desk, home):
    first = open_desk()
    first.appearance.choose_theme("dark")
    assert first.theme.is_dark
    assert read_settings(Home(home).settings).theme == "dark"
    assert open_desk().theme.is_dark


def test_computer_without_models_still_opens(open_desk, monkeypatch, tmp_path):
    monkeypatch.setattr(app, "resources_folder", lambda: tmp_path)
    desk = open_desk()
    assert desk.journey.plan.presets == {}


def test_a_model_that_was_imported_or_is_shared_can_be_chosen(
    open_desk, home, monkeypatch, tmp_path
):
    for folder, name in ((Home(home).models, "mine"), (tmp_path / "shared", "ours")):
        (folder / name).mkdir(parents=True)
        (folder / name / "config.json").write_text("{}")
        record = asdict(replace(LITE0, id=name, embedded=False))
        (folder / name / "preset.json").write_text(json.dumps(record))
    monkeypatch.setenv("TLGUI_SHARED_MODELS", str(tmp_path / "shared"))

    offered = open_desk().journey.plan.presets

    assert list(offered)[-2:] == ["mine", "ours"]


def test_main_opens_a_window_and_ends_with_it(qapp, monkeypatch, home):
    opened, prepared = [], []

    class Application:
        def __init__(self, argv):
            opened.append(argv)

        def __getattr__(self, name):
            return getattr(qapp, name)

        def exec(self):
            return 7

    class FakeDesk:
        def __init__(self, application, home, engines, dialogs):
            opened.append(home.path)
            self.window = QObject()
            self.window.prepared = SimpleNamespace(connect=prepared.append)

        def open(self, argv):
            opened.append(argv)

    monkeypatch.setattr(app, "QApplication", Application)
    monkeypatch.setattr(app, "Desk", FakeDesk)
    assert app.main(["a folder"]) == 7
    assert opened[1:] == [home, ["a folder"]]
    assert [start.__name__ for start in prepared] == ["start"]
