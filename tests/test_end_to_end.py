"""The whole journey in a real window, on the real weights, with the real engine.

Runs on whatever platform Qt is given: offscreen by default, and under Xvfb in CI. With
TLGUI_SCREENSHOTS=FOLDER a picture of every page is left there for people to look at.
"""

import csv
import json
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tlgui.app import Desk
from tlgui.core.evaluation_words import reference_sentence
from tlgui.core.run_folder import list_runs
from tlgui.core.settings import Home
from tlgui.gui.dialogs import Dialogs
from tlgui.jobs.standby import Engines

pytestmark = pytest.mark.engine

PATIENCE_MS = 120_000  # a bound for slow machines; nothing waits for it
SETTLED_MS = 100  # plots are drawn in a turn of their own


class Answers(Dialogs):
    """Answers instead of a person."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def choose_folder(self, parent, title, start):
        return str(self.folder)

    def choose_target(self, parent, title, suggestion):
        return str(self.folder / Path(suggestion).name)


class QuietApplication:
    """Stands for the application, which a test must not end."""

    def quit(self) -> None:
        pass


@pytest.fixture
def desk(qapp, qtbot, home, tmp_path):
    opened = []

    def open_desk():
        (tmp_path / "exports").mkdir(exist_ok=True)
        engines = Engines(Home(home))
        desk = Desk(QApplication.instance(), Home(home), engines, Answers(tmp_path / "exports"))
        desk._application = QuietApplication()
        opened.append(desk)
        qtbot.addWidget(desk.window)
        desk.window.resize(1280, 800)
        desk.open([])
        qtbot.waitExposed(desk.window)
        return desk

    yield open_desk
    for desk in opened:
        desk.engines.shut_down()


def drop(window, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))


def click(qtbot, button):
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=PATIENCE_MS)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def snap(desk, name):
    """Leave pictures for people to look at, in the sizes and colors that they use."""
    folder = os.environ.get("TLGUI_SCREENSHOTS")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for theme in ("dark", "light"):
        desk.theme.choose(theme)
        for width, height in ((1920, 1080), (1280, 800)):
            desk.window.resize(width, height)
            QTest.qWait(SETTLED_MS)
            desk.window.grab().save(f"{folder}/{name}-{theme}-{width}.png")


def test_person_gets_from_a_dropped_folder_to_a_model_that_works_elsewhere(
    desk, qtbot, pictures, home, tmp_path
):
    desk = desk()
    journey, pages = desk.journey, desk.window.pages
    snap(desk, "1-start")

    (pictures / "disk" / "broken.png").write_bytes(b"not a picture")
    drop(desk.window, pictures)
    qtbot.waitUntil(lambda: journey.dataset.is_usable, timeout=PATIENCE_MS)
    assert len(journey.dataset.thumbnails) == 36
    assert "Unreadable files: 1" in journey.dataset.problem_summary
    snap(desk, "2-data")

    click(qtbot, pages.page("data").go_on)
    assert "tlgui train" in journey.plan.command
    snap(desk, "3-plan")
    click(qtbot, pages.page("plan").train)
    run_page = pages.page("run")
    qtbot.waitUntil(lambda: journey.run.status == "finished", timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not run_page.plot.is_behind)
    assert list(run_page.plot.accuracy.unseen.getData()[0]) == [1]
    snap(desk, "4-run")

    click(qtbot, run_page.see_result)
    (run,) = list_runs(Home(home).runs)
    evaluation = run.read_evaluation()
    qtbot.waitUntil(lambda: journey.evaluation.evaluation is not None, timeout=PATIENCE_MS)
    assert f"{round(evaluation.accuracy.value * 100)} %" in journey.evaluation.title
    snap(desk, "5-result")

    certificate = use_and_export(desk, qtbot, pictures / "square")
    assert certificate["label_agreement"] == 1.0
    assert certificate["num_samples"] == evaluation.num_samples

    understand(desk, qtbot, tmp_path / "exports")
    train_another_way(desk, qtbot)
    let_both_answer_together(desk, qtbot, Home(home))


def use_and_export(desk, qtbot, folder):
    """Sort a folder, copy what was sorted and export the model; return the certificate."""
    journey, pages = desk.journey, desk.window.pages
    click(qtbot, pages.page("result").go_on)
    use = pages.page("use")
    drop(desk.window, folder)
    qtbot.waitUntil(lambda: len(journey.prediction.answers) == 12, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not journey.prediction.is_busy, timeout=PATIENCE_MS)
    click(qtbot, use.panel.sort_copies)
    qtbot.waitUntil(lambda: journey.prediction.copies is not None, timeout=PATIENCE_MS)
    copies = Path(journey.prediction.copies.folder).glob("*/*")
    assert {path.name for path in copies} == {path.name for path in folder.iterdir()}
    click(qtbot, use.export.export)
    qtbot.waitUntil(lambda: journey.export.finished is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not journey.export.is_busy, timeout=PATIENCE_MS)
    snap(desk, "6-use")
    return json.loads(Path(journey.export.finished.folder, "certificate.json").read_text())


def understand(desk, qtbot, folder):
    """Look through every lens, ask why, and save what can be handed on."""
    journey, page = desk.journey, desk.window.pages.page("result")
    journey.go_to("result")
    for lens in ("certainty", "labels", "comparison", "errors"):
        click(qtbot, page.lenses.buttons[lens])
        snap(desk, f"5-result-{lens}")
    journey.evaluation.choose_cell(0, 0)
    page.samples.opened.emit(0)
    alike = page.explanation.gallery.pictures
    qtbot.waitUntil(lambda: alike.rowCount() == 5, timeout=PATIENCE_MS)
    snap(desk, "5-result-why")
    for button, ending in ((page.documents.report, ".html"), (page.documents.script, ".py")):
        click(qtbot, button)
        qtbot.waitUntil(lambda: not journey.documents.is_busy, timeout=PATIENCE_MS)
        assert [path.suffix for path in folder.glob(f"*{ending}")] == [ending]
    assert "tlgui" not in next(folder.glob("*.py")).read_text(encoding="utf-8").split("import")[1]


def train_another_way(desk, qtbot):
    """Train another model on the same data, to the end."""
    journey, pages = desk.journey, desk.window.pages
    journey.go_to("plan")
    journey.plan.change_setting("augmentation", "gentle")
    click(qtbot, pages.page("plan").train)
    qtbot.waitUntil(lambda: journey.run.status == "finished", timeout=PATIENCE_MS)
    click(qtbot, pages.page("run").see_result)


def let_both_answer_together(desk, qtbot, home):
    """Compare both runs, and join them."""
    journey, page = desk.journey, desk.window.pages.page("result")
    click(qtbot, page.lenses.buttons["comparison"])
    assert len(journey.comparison.others) == 1
    journey.comparison.choose(0)
    qtbot.waitUntil(lambda: journey.comparison.comparison is not None, timeout=PATIENCE_MS)
    snap(desk, "5-result-two-runs")
    click(qtbot, page.comparison.join)
    qtbot.waitUntil(lambda: not journey.ensemble.is_busy, timeout=PATIENCE_MS)
    assert journey.ensemble.failure is None
    assert len(list_runs(home.runs)) == 3
    qtbot.waitUntil(lambda: journey.run.state.ensemble is not None, timeout=PATIENCE_MS)
    assert [run.is_ensemble for run in journey.runs.runs] == [True, False, False]
    qtbot.waitUntil(lambda: journey.evaluation.evaluation is not None, timeout=PATIENCE_MS)
    snap(desk, "5-result-ensemble")


def test_closed_while_training_goes_on_at_the_next_start(desk, qtbot, pictures, home):
    first = desk()
    drop(first.window, pictures)
    click(qtbot, first.window.pages.page("data").go_on)
    first.journey.plan.choose_strategy("head_then_all")
    first.journey.plan.change_setting("batch_size", "2")
    first.journey.plan.change_setting("epochs", "1")
    click(qtbot, first.window.pages.page("plan").train)
    qtbot.waitUntil(lambda: first.journey.run.state.last_step is not None, timeout=PATIENCE_MS)
    first.window.close()
    assert first.window.isVisible()
    click(qtbot, first.window.pause_and_close)
    qtbot.waitUntil(lambda: first.shutdown.step == "closed", timeout=PATIENCE_MS)
    (run,) = list_runs(Home(home).runs)
    assert run.status() == "paused"

    second = desk()
    second.journey.open_run(run)
    click(qtbot, second.window.pages.page("run").resume)
    qtbot.waitUntil(lambda: second.journey.run.status == "finished", timeout=PATIENCE_MS)

    assert [e.epoch for e in second.journey.run.state.epochs] == [1, 2]


@pytest.fixture
def messages(tmp_path) -> Path:
    """A table of messages of two kinds, none like another."""
    path = tmp_path / "messages.csv"
    wishes = ("a free holiday", "cash prizes", "a new phone", "cheap tickets", "a luxury watch")
    hurry = ("call now", "text back today", "claim it before midnight", "reply with your number")
    meals = ("lunch", "dinner", "breakfast", "a coffee", "some soup")
    places = ("at home", "near the station", "with my parents", "after the lecture")
    rows = [("junk", f"You have won {w}, {h}!") for w in wishes for h in hurry]
    rows += [("friends", f"Shall we have {m} {p}?") for m in meals for p in places]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("id", "kind", "message"), *((n, *r) for n, r in enumerate(rows))]
        )
    return path


def test_person_gets_from_a_table_of_texts_to_answers_while_typing_and_a_bundle(
    desk, qtbot, messages, home
):
    desk = desk()
    journey, pages = desk.journey, desk.window.pages
    drop(desk.window, messages)
    qtbot.waitUntil(lambda: journey.dataset.is_usable, timeout=PATIENCE_MS)
    assert journey.dataset.dataset.class_counts == (20, 20)
    assert journey.dataset.dataset.text_column == "message"
    pages.page("data").texts.search.setText("lunch")
    snap(desk, "texts-2-data")

    click(qtbot, pages.page("data").go_on)
    assert "all_minilm_l6_v2_en" in journey.plan.command
    snap(desk, "texts-3-plan")
    click(qtbot, pages.page("plan").train)
    run_page = pages.page("run")
    qtbot.waitUntil(lambda: journey.run.status == "finished", timeout=PATIENCE_MS)
    snap(desk, "texts-4-run")

    click(qtbot, run_page.see_result)
    qtbot.waitUntil(lambda: journey.evaluation.evaluation is not None, timeout=PATIENCE_MS)
    assert "bar to beat" in reference_sentence(journey.evaluation.evaluation)
    snap(desk, "texts-5-result")

    certificate = ask_and_export(desk, qtbot, messages)
    assert certificate["label_agreement"] == 1.0
    assert "predict.py" in certificate["sha256"]


def ask_and_export(desk, qtbot, table):
    """Type a text, sort a table and export the model; return the certificate."""
    journey, pages = desk.journey, desk.window.pages
    click(qtbot, pages.page("result").go_on)
    box = pages.page("use").panel.answer.box
    qtbot.waitUntil(box.isVisible, timeout=PATIENCE_MS)
    qtbot.keyClicks(box, "You have won a prize, call us at once!")
    qtbot.waitUntil(lambda: journey.answering.headline.startswith("junk"), timeout=PATIENCE_MS)
    drop(desk.window, table)
    qtbot.waitUntil(lambda: len(journey.prediction.answers) == 40, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not journey.prediction.is_busy, timeout=PATIENCE_MS)
    click(qtbot, pages.page("use").export.export)
    qtbot.waitUntil(lambda: journey.export.finished is not None, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not journey.export.is_busy, timeout=PATIENCE_MS)
    snap(desk, "texts-6-use")
    return json.loads(Path(journey.export.finished.folder, "certificate.json").read_text())
