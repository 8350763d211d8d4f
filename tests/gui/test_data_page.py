import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from tests.stories import Story
from tlgui.core.dataset import Problem
from tlgui.core.events import Progressed, ThumbnailReady


def test_pictures_appear_while_the_folder_is_read(desk, engines, thumbnail):
    desk.journey.open_source("/data/trees")
    page, story = desk.page("data"), Story()
    engines.running[-1].say(
        story.tell(ThumbnailReady, path="oak/1.png", class_name="oak", file=thumbnail),
        story.tell(Progressed, activity="reading", done=1, total=20),
    )
    desk.journey.dataset.announce_now()
    model = page.gallery.pictures
    assert model.rowCount() == 1
    assert model.data(model.index(0), Qt.ItemDataRole.DisplayRole) == "oak"
    assert model.data(model.index(0), Qt.ItemDataRole.ToolTipRole) == "oak/1.png"
    assert "1 of 20" in page.progress.label.text()
    assert page.cancel.isVisible()
    assert not page.go_on.isVisible()


def test_finished_scan_shows_counts_and_leads_on(desk, scan):
    scan()
    page = desk.page("data")
    assert page.title.text() == "trees"
    assert [(bar.name, bar.value) for bar in page.bars.bars] == [("elm", "10"), ("oak", "10")]
    assert not page.progress.isVisible()
    page.go_on.click()
    assert desk.journey.stage == "plan"


def test_every_problem_can_be_read_with_its_reason(desk, scan):
    scan(
        Problem(code="file_unreadable", path="oak/a.png", reason="it is empty"),
        Problem(code="file_unreadable", path="oak/b.png", reason="it is cut off"),
    )
    page = desk.page("data")
    assert page.problems.strong.text() == "2 things to look at"
    assert not page.problem_list.isVisible()
    page.show_problems.click()
    text = page.problem_list.toPlainText()
    assert "oak/a.png cannot be read: it is empty." in text
    assert "oak/b.png cannot be read: it is cut off." in text
    assert page.show_problems.text() == "Hide"
    page.show_problems.click()
    assert not page.problem_list.isVisible()


def test_listed_problems_grow_with_the_scan(desk, scan, engines):
    scan(Problem(code="file_unreadable", path="oak/a.png", reason="it is empty"))
    page = desk.page("data")
    assert page.problems.strong.text() == "One thing to look at"
    page.show_problems.click()
    desk.journey.dataset.problems.append(Problem(code="class_empty", name="ash"))
    desk.journey.dataset.announce_now()
    assert "ash" in page.problem_list.toPlainText()


def test_one_question_is_answered_with_one_click(desk, scan):
    scan()
    page = desk.page("data")
    assert "P0_" in page.question.text.text()
    page.keep_together.click()
    assert not page.question.isVisible()
    page.go_on.click()
    assert desk.journey.plan.plan.split.group_by == "prefix"


def test_error_stands_in_place_with_a_way_on(desk, engines, answers):
    desk.journey.open_source("/data/trees")
    engines.running[-1].say(Story().fail("no_classes", path="/data/trees"))
    engines.running[-1].end()
    page = desk.page("data")
    assert page.failure.isVisible()
    assert "Make one folder per kind" in page.failure.text.text()
    page.failure.copy.click()
    assert "no_classes" in QGuiApplication.clipboard().text()
    answers.path = "/data/other"
    page.choose.click()
    assert engines.jobs[-1].source == "/data/other"
    assert not page.failure.isVisible()


@pytest.mark.parametrize("way", ["button", "Esc"])
def test_scan_can_be_cancelled(desk, engines, qtbot, way):
    desk.journey.open_source("/data/trees")
    if way == "button":
        desk.page("data").cancel.click()
    else:
        qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert engines.running[-1].requests == ["stop"]


def test_second_folder_shows_nothing_of_the_first(desk, scan):
    scan(count=20)
    scan(count=3)
    assert desk.page("data").gallery.pictures.rowCount() == 3
