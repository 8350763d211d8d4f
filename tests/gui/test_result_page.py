import pytest
from PySide6.QtCore import Qt


@pytest.fixture
def page(open_result, desk):
    open_result()
    return desk.page("result")


def captions(page) -> list[str]:
    return [picture.caption for picture in page.gallery.pictures.pictures]


def test_verdict_is_the_title_and_never_stands_alone(page):
    assert page.title.text() == "Right on 75 % of pictures it never saw"
    assert "between 50 % and 90 %" in page.sub.text()
    assert "always guessing oak would give 50 %" in page.sub.text()


def test_every_kind_has_its_figure_and_its_n(page):
    assert [(bar.name, bar.value) for bar in page.classes.bars] == [
        ("oak", "50 % · n 2"),
        ("elm", "50 % · n 2"),
    ]
    assert "precision 50 %" in page.classes.bars[0].hint
    assert "its figure is rough" in page.advice.text()


def test_worst_mistakes_are_shown_with_what_the_model_said(page):
    assert captions(page) == ["elm, said oak 97 %", "oak, said elm 60 %"]
    assert page.gallery.pictures.pictures[0].thumbnail


def test_click_on_a_cell_shows_its_pictures_and_leads_back(page, qtbot):
    center = page.matrix.cell_rect(0, 0).center().toPoint()
    qtbot.mouseClick(page.matrix, Qt.MouseButton.LeftButton, pos=center)
    assert captions(page) == ["oak 90 %"]
    assert page.gallery_title.text() == "oak, rightly recognized: 1"
    assert page.matrix.chosen == (0, 0)
    page.back.click()
    assert len(captions(page)) == 2
    assert not page.back.isVisible()


def test_matrix_can_be_walked_with_the_keyboard(page, qtbot):
    qtbot.keyClick(page.matrix, Qt.Key.Key_Right)
    qtbot.keyClick(page.matrix, Qt.Key.Key_Return)
    assert captions(page) == ["oak, said elm 60 %"]
    assert page.matrix.accessibleName() == "oak: 1 of 2 taken for elm"


def test_result_leads_to_using_the_model(page, desk):
    page.go_on.click()
    assert desk.journey.stage == "use"


def test_missing_result_is_told_in_place(desk, make_run, story):
    desk.journey.evaluation.open_run(make_run("none-1", story))
    page = desk.page("result")
    desk.window.pages.show_stage("result")
    assert page.title.text() == "No result yet"
    assert page.failure.isVisible()
    assert not page.matrix_panel.isVisible()


def test_mistakes_on_texts_can_be_read(open_result, desk):
    open_result(is_text=True)
    page = desk.page("result")
    assert page.texts.isVisible()
    assert not page.gallery.isVisible()
    first, _ = page.texts.snippets.snippets
    assert first.caption == "spam, said ham 97 %"
    assert first.text.startswith("WINNER")
    assert page.title.text() == "Right on 75 % of texts it never saw"
    assert page.reference.text.text().startswith("The bar to beat")
    desk.journey.evaluation.choose_cell(0, 0)
    (shown,) = page.texts.snippets.snippets
    assert (shown.text, shown.file) == ("", "row 2")


def test_pictures_have_no_bar_of_words_to_beat(page):
    assert not page.reference.isVisible()
    assert not page.texts.isVisible()
