import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from tests.stories import Story
from tlgui.core.dataset import Problem
from tlgui.core.events import Progressed, SnippetReady, ThumbnailReady


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


def texts(page) -> list[str]:
    model = page.texts.list.snippets
    rows = range(model.rowCount())
    return [model.data(model.index(n), Qt.ItemDataRole.DisplayRole) for n in rows]


def test_texts_take_the_place_of_pictures(desk, scan_texts):
    scan_texts()
    page = desk.page("data")
    assert page.texts.isVisible()
    assert not page.gallery.isVisible()
    assert len(texts(page)) == 20
    assert page.bars_panel.heading.text() == "Texts per kind"
    assert page.facts.text().startswith("Half of the texts")
    model = page.texts.list.snippets
    assert model.data(model.index(0), Qt.ItemDataRole.ToolTipRole) == "row 2"
    spoken = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("ham: Sounds good")
    assert model.data(model.index(0), Qt.ItemDataRole.FontRole) is None


def test_typing_searches_and_clearing_brings_everything_back(desk, scan_texts, qtbot):
    scan_texts()
    page = desk.page("data")
    qtbot.keyClicks(page.texts.search, "winner")
    assert len(texts(page)) == 10
    assert page.texts.found.text() == "10 of 20 shown"
    page.texts.search.clear()
    assert len(texts(page)) == 20


def test_search_of_the_last_folder_does_not_stay(desk, scan_texts, qtbot):
    scan_texts()
    page = desk.page("data")
    qtbot.keyClicks(page.texts.search, "winner")
    scan_texts()
    assert page.texts.search.text() == ""
    assert len(texts(page)) == 20


def test_click_on_a_kind_shows_its_texts_and_words(desk, scan_texts, qtbot):
    scan_texts()
    page = desk.page("data")
    canvas = page.bars.widget()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 50))
    assert page.class_words.text() == "Typical of spam: claim, prize, txt, urgent"
    assert len(texts(page)) == 10
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 50))
    assert len(texts(page)) == 20


def test_kinds_can_be_chosen_with_the_keyboard(desk, scan_texts, qtbot):
    scan_texts()
    page = desk.page("data")
    canvas = page.bars.widget()
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert canvas.accessibleName() == "spam: 10"
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.accessibleName() == "spam: 10, chosen"
    assert desk.journey.dataset.snippets.class_name == "spam"
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    qtbot.keyClick(canvas, Qt.Key.Key_Space)
    assert desk.journey.dataset.snippets.class_name == "ham"
    qtbot.keyClick(canvas, Qt.Key.Key_A)


def test_bars_of_pictures_lead_nowhere(desk, scan, qtbot):
    scan()
    canvas = desk.page("data").bars.widget()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 50))
    assert desk.journey.dataset.snippets.class_name == ""
    assert canvas.focusPolicy() == Qt.FocusPolicy.NoFocus


def choose(box, text: str) -> None:
    box.setCurrentText(text)
    box.activated.emit(box.currentIndex())


def test_columns_of_a_table_can_be_changed(desk, scan_texts, engines):
    scan_texts()
    page = desk.page("data")
    assert page.columns.isVisible()
    assert (page.columns.texts.currentText(), page.columns.kinds.currentText()) == (
        "message",
        "label",
    )
    choose(page.columns.kinds, "sender")
    job = engines.jobs[-1]
    assert (job.text_column, job.label_column) == ("message", "sender")


def test_wrong_guess_of_the_columns_can_be_put_right_in_place(desk, engines):
    desk.journey.open_source("/data/messages.csv")
    failed = Story().fail("column_missing", path="/m.csv", name="text", known="kind, words")
    engines.running[-1].say(failed)
    engines.running[-1].end()
    page = desk.page("data")
    assert page.failure.isVisible()
    assert page.columns.texts.currentIndex() == -1
    choose(page.columns.texts, "words")
    job = engines.jobs[-1]
    assert (job.text_column, job.label_column) == ("words", "")


def test_folder_of_pictures_has_no_columns_to_choose(desk, scan):
    scan()
    assert not desk.page("data").columns.isVisible()


def test_huge_texts_are_drawn_from_their_beginning_only(desk, engines, qtbot):
    desk.journey.open_source("/data/texts")
    told = Story()
    engines.running[-1].say(
        *(
            told.tell(SnippetReady, path=f"{n}.txt", class_name="a" * 500, text="long " * 40_000)
            for n in range(50)
        ),
        told.tell(SnippetReady, path="empty.txt", class_name="a", text=""),
    )
    desk.journey.dataset.announce_now()
    page = desk.page("data")
    assert len(texts(page)) == 51
    assert not page.texts.list.grab().isNull()
