"""What is tried out in the drawer: real widgets, real threads, and engines that compute nothing."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.presets import LITE0
from tests.stories import Story
from tlgui import app
from tlgui.app import Desk
from tlgui.core.events import PreviewReady, RatesTried, RateTried
from tlgui.core.settings import Home
from tlgui.gui.dialogs import Dialogs
from tlgui.jobs.standby import Engines

FAKE_ENGINE = [sys.executable, str(Path(__file__).parents[1] / "fake_engine.py")]
PATIENCE_MS = 20_000


class QuietApplication:
    """Stands for the application, which a test must not end."""

    def quit(self) -> None:
        pass


@pytest.fixture
def open_page(qtbot, qapp, home, pictures, monkeypatch) -> Callable[..., SimpleNamespace]:
    """Scan pictures and show the drawer of their plan; ``words`` go to all later engines."""
    home.mkdir()
    monkeypatch.setattr(app, "ENGINE_AFTER_MS", 60_000)
    desks = []

    def make(words: str = "") -> SimpleNamespace:
        engines = Engines(Home(home), command=FAKE_ENGINE)
        monkeypatch.setattr(engines, "warm_up", lambda: None)  # it would not know the words
        desk = Desk(QApplication.instance(), Home(home), engines, Dialogs())
        desk._application = QuietApplication()
        qtbot.addWidget(desk.window)
        desks.append(desk)
        desk.journey.plan.presets = {LITE0.id: LITE0}
        desk.window.resize(1280, 800)
        desk.open(())
        desk.journey.open_source(str(pictures))
        qtbot.waitUntil(lambda: desk.journey.dataset.is_usable, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: not desk.journey.advising.is_busy, timeout=PATIENCE_MS)
        engines._environment = {**engines._environment, "TLGUI_FAKE_ENGINE": words}
        desk.journey.dataset.accept()
        desk.journey.plan.choose_strategy("head_then_all")
        page = desk.window.pages.page("plan")
        page.more.click()
        return SimpleNamespace(desk=desk, page=page, trials=desk.trials)

    yield make
    for desk in desks:
        desk.engines.shut_down()


@pytest.fixture
def wait(qtbot) -> Callable[[Callable[[], bool]], None]:
    return lambda condition: qtbot.waitUntil(condition, timeout=PATIENCE_MS)


def test_person_looks_at_pictures_as_the_model_will_see_them(open_page, wait):
    opened = open_page()
    page = opened.page
    page.drawer.headings["overfitting"].click()
    assert not page.pictures.link.isVisible(), "nothing varies"
    opened.desk.journey.plan.change_setting("augmentation", "gentle")
    page.pictures.link.click()
    wait(lambda: page.pictures.pictures.isVisible())
    rows = page.pictures.pictures.rows
    assert [len(row.variants) for row in rows] == [4, 4, 4, 4]
    assert all(Path(row.original).is_file() for row in rows)
    assert page.drawer.editors["augmentation"].isVisible()
    assert not page.drawer.editors["mixup"].isVisible(), "the pictures have its place"
    opened.desk.journey.plan.change_setting("augmentation", "strong")
    wait(lambda: page.pictures.pictures.isVisible() and page.pictures.pictures.rows != rows)
    page.pictures.close_link.click()
    assert page.drawer.editors["mixup"].isVisible()
    wait(lambda: not opened.trials.preview.is_busy)


def test_person_finds_a_rate_and_takes_it(open_page, wait):
    opened = open_page()
    page, plan = opened.page, opened.desk.journey.plan
    plan.change_setting("learning_rate", "0.003")
    page.rates.link.click()
    wait(lambda: page.rates.take.isVisible())
    xs, _ = page.rates.plot.curve.getData()
    assert list(xs) == pytest.approx([-7, -6, -5, -4, -3, -2, -1])
    assert page.rates.take.text() == "Use 0.0001"
    page.rates.take.click()
    assert plan.plan.phases[-1].learning_rate == 1e-4
    assert page.drawer.editors["learning_rate"].input.text() == "0.0001"
    wait(lambda: "as suggested" in page.rates.words.text())  # once the engine has gone
    wait(lambda: not opened.trials.rates.is_busy)


@pytest.mark.parametrize(
    ("words", "sentence"), [("die:3", "exit code 3"), ("fail:dataset_changed", "told to")]
)
def test_trial_that_fails_says_why_in_place_and_can_be_repeated(open_page, wait, words, sentence):
    opened = open_page(words)
    page = opened.page
    page.rates.link.click()
    wait(lambda: page.rates.failure.isVisible() and page.rates.again.isVisible())
    assert sentence in page.rates.failure.text.text()
    assert "checkpoint" not in page.rates.failure.text.text()
    page.drawer.headings["overfitting"].click()
    opened.desk.journey.plan.change_setting("augmentation", "gentle")
    page.pictures.link.click()
    wait(lambda: page.pictures.failure.isVisible())
    assert sentence in page.pictures.failure.text.text()
    assert page.pictures.again.isVisible()
    wait(lambda: not opened.trials.preview.is_busy and not opened.trials.rates.is_busy)


def test_training_ends_a_test_of_rates(open_page, wait):
    opened = open_page("slow")
    opened.page.rates.link.click()
    wait(lambda: len(opened.trials.rates.points) > 0)
    opened.page.train.click()
    assert not opened.trials.rates.is_busy
    assert opened.desk.journey.run.is_busy
    assert opened.desk.engines._standby is None, "a run needs the computer for itself"
    wait(lambda: opened.desk.journey.run.state.last_step is not None)
    opened.desk.journey.run.stop()
    wait(lambda: not opened.desk.journey.run.is_busy)


def test_window_closes_without_waiting_for_a_trial(open_page, wait):
    opened = open_page("slow")
    opened.page.rates.link.click()
    wait(lambda: len(opened.trials.rates.points) > 0)
    opened.desk.window.close()
    assert opened.desk.shutdown.step == "closed"


@pytest.fixture
def page(desk, scan):
    scan()
    desk.journey.dataset.accept()
    desk.journey.plan.choose_strategy("head_then_all")
    page = desk.page("plan")
    page.more.click()
    return page


def test_keyboard_goes_from_the_field_to_the_test_and_to_its_curve(page, desk, engines, qtbot):
    page.drawer.editors["learning_rate"].input.setFocus()
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
    assert page.rates.link.hasFocus()
    qtbot.keyClick(page.rates.link, Qt.Key.Key_Return)
    assert page.rates.stop.hasFocus(), "the way out comes first"
    told = Story()
    engines.running[-1].say(
        told.tell(RateTried, learning_rate=1e-4, loss=0.5),
        told.tell(RatesTried, suggested=3e-5),
    )
    engines.running[-1].end()
    assert page.rates.plot.hasFocus()
    before = desk.journey.plan.plan.phases[-1].learning_rate
    qtbot.keyClick(page.rates.plot, Qt.Key.Key_Right)
    larger = desk.journey.plan.plan.phases[-1].learning_rate
    assert before < larger < 2 * before, "a step to the right of the plan's own rate"
    page.rates.close_link.setFocus()
    qtbot.keyClick(page.rates.close_link, Qt.Key.Key_Space)
    assert page.rates.link.hasFocus()
    assert page.drawer.editors["epochs"].isVisible()


def test_keyboard_goes_to_the_pictures_and_back(page, desk, qtbot):
    page.drawer.headings["overfitting"].click()
    desk.journey.plan.change_setting("augmentation", "gentle")
    page.drawer.editors["augmentation"].input.setFocus()
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
    assert page.pictures.link.hasFocus()
    qtbot.keyClick(page.pictures.link, Qt.Key.Key_Return)
    assert page.pictures.close_link.hasFocus()
    qtbot.keyClick(page.pictures.close_link, Qt.Key.Key_Return)
    assert page.pictures.link.hasFocus()


def test_test_that_is_stopped_before_its_curve_leaves_nothing(page, desk, engines):
    page.rates.link.click()
    assert page.rates.progress.label.text() == "Getting ready…"
    page.rates.stop.click()
    assert engines.running[-1].requests == ["stop"]
    assert not page.rates.isVisible()
    assert page.rates.link.isVisible()


def test_test_that_is_stopped_later_keeps_its_curve(page, desk, engines):
    page.rates.link.click()
    engines.running[-1].say(Story().tell(RateTried, learning_rate=1e-4, loss=0.5))
    desk.trials.rates.announce_now()
    page.rates.stop.click()
    assert page.rates.plot.isVisible()
    assert page.rates.again.isVisible()
    assert "Ended early" in page.rates.words.text()


def test_tool_goes_with_its_section_and_comes_back(page, desk):
    page.rates.link.click()
    page.drawer.headings["data"].click()
    assert not page.rates.isVisible()
    assert page.drawer.editors["seed"].isVisible()
    page.drawer.headings["pace"].click()
    assert page.rates.isVisible()
    desk.journey.plan.choose_strategy("feature_extraction")
    assert not page.rates.isVisible(), "there are no steps any more"


def test_nothing_is_tried_while_a_run_is_in_training(page, desk):
    desk.journey.plan.set_blocked(True)
    desk.journey.plan.announce_now()
    assert not page.rates.link.isEnabled()
    desk.journey.plan.set_blocked(False)
    desk.journey.plan.announce_now()
    assert page.rates.link.isEnabled()


def test_pictures_that_are_gone_leave_an_empty_frame(page, desk, engines, qtbot, tmp_path):
    page.drawer.headings["overfitting"].click()
    desk.journey.plan.change_setting("mixup", "0.2")
    page.pictures.link.click()
    gone = str(tmp_path / "gone.jpg")
    engines.running[-1].say(Story().tell(PreviewReady, originals=(gone,), files=((gone,) * 4,)))
    engines.running[-1].end()
    drawing = page.pictures.pictures
    assert drawing.accessibleName() == "1 of your pictures, each as it is and in 4 variants"
    assert not drawing.grab().isNull()


@pytest.mark.parametrize("size", [(280, 116), (700, 120), (1340, 300), (400, 900)])
def test_pictures_stay_inside_whatever_the_room_is(page, desk, engines, thumbnail, size):
    page.drawer.headings["overfitting"].click()
    desk.journey.plan.change_setting("augmentation", "gentle")
    page.pictures.link.click()
    files = (thumbnail,) * 4
    engines.running[-1].say(Story().tell(PreviewReady, originals=files, files=(files,) * 4))
    engines.running[-1].end()
    drawing = page.pictures.pictures
    drawing.resize(*size)
    places = [place for _, place in drawing.places(*drawing._arrangement())]
    assert len(places) == 20
    assert all(drawing.rect().contains(place.toRect()) for place in places)
    assert all(place.width() > 15 for place in places)
