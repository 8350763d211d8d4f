"""Asking why on the result page."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.viewmodels.test_explanation import FOUND, OAK
from tlgui.core.events import (
    ExplainerReady,
    NeighborsFound,
    RunFailed,
    SampleExplained,
    SampleNotExplained,
)
from tlgui.core.explanation import WordWeight

TEXT = replace(
    FOUND,
    file="row 40",
    modality="text",
    method="occlusion",
    true="spam",
    predicted="ham",
    target="ham",
    picture="",
    overlay="",
    text="call <b>now</b>\nto win",
    words=(
        WordWeight(start=0, end=4, weight=0.9),
        WordWeight(start=8, end=11, weight=-0.8),
        WordWeight(start=16, end=18, weight=0.01),
        WordWeight(start=19, end=22, weight=0.2),
    ),
)


@pytest.fixture
def why(open_result, desk, engines, story, qtbot):
    """Click the first sample of the gallery, and let the engine answer what is given."""

    def ask(explanation=FOUND, neighbors=(OAK,), *, is_text: bool = False):
        open_result(is_text=is_text)
        page = desk.page("result")
        view = page.samples.texts if is_text else page.samples.gallery
        inside = view.visualRect(view.model().index(0, 0)).center()
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(inside))
        engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
        if explanation is not None:
            engines.running[-1].say(
                story.tell(SampleExplained, question=1, explanation=explanation),
                story.tell(
                    NeighborsFound,
                    question=1,
                    file=explanation.file,
                    neighbors=tuple(neighbors),
                    num_compared=4,
                    num_train=4,
                ),
            )
        desk.journey.explanation.announce_now()
        return page

    return ask


def test_click_on_a_sample_says_why_in_place_and_esc_leads_back(why, engines, qtbot, desk):
    page = why()
    assert engines.running[-1].questions == [(1, "", {"file": "elm/3.png", "against": ""})]
    panel = page.explanation
    assert panel.isVisible()
    assert not page.hint.isVisible()
    assert not page.matrix_panel.isVisible()
    assert page.samples.gallery.isVisible(), "the others stay in reach"
    assert panel.headline.text() == "elm, 60 % sure, but it is oak"
    assert panel.title.text() == "Where it looked (Grad-CAM)"
    assert [p.caption for p in panel.gallery.pictures.pictures] == ["oak, 75 % alike"]
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert page.matrix_panel.isVisible()
    assert page.hint.text() == "Click one to see why"


def test_picture_is_shown_with_and_without_heat(why, pixel_file):
    heat, plain = pixel_file("heat.png", "#ff8800"), pixel_file("plain.png", "#888888")
    panel = why(replace(FOUND, overlay=heat, picture=plain)).explanation
    color = lambda: panel.picture.pixmap().toImage().pixelColor(5, 5).name()  # noqa: E731
    assert color() == "#ff8800"
    panel.heat.click()
    assert color() == "#888888"
    panel.heat.click()
    assert color() == "#ff8800"
    assert "Bright places speak for elm" in panel.picture.accessibleName()


def test_other_kind_is_chosen_to_compare_with(why, engines):
    panel = why().explanation
    assert [panel.others.itemText(i) for i in range(panel.others.count())] == [
        "Why not …",
        "oak",
    ]
    panel.others.setCurrentIndex(1)
    panel.others.activated.emit(1)
    assert engines.running[-1].questions[-1] == (
        2,
        "",
        {"file": "elm/3.png", "against": "oak"},
    )
    assert panel.others.currentText() == "oak"
    panel.others.activated.emit(0)
    assert engines.running[-1].questions[-1][2]["against"] == ""


def test_arrow_keys_go_on_to_the_next_sample(why, engines, qtbot):
    page = why()
    qtbot.keyClick(page.samples.gallery, Qt.Key.Key_Right)
    assert engines.running[-1].questions[-1][2]["file"] == "oak/1.png"
    assert len(engines.jobs) == 1


def test_words_are_told_apart_without_colors_too(why):
    panel = why(TEXT, is_text=True).explanation
    html = panel.words.toHtml()
    assert panel.words.toPlainText() == "call <b>now</b>\nto win", "a text is no page"
    assert panel.words.isVisible()
    assert not panel.picture.isVisible()
    assert "700" in html.partition("call")[0].rpartition("<span")[2]
    assert "underline" in html.partition("now")[0].rpartition("<span")[2]
    assert "background" not in html.partition("to ")[0].rpartition("<p")[2].rpartition("span")[2]


def test_shades_follow_the_theme(why, theme):
    panel = why(TEXT, is_text=True).explanation
    before = panel.words.toHtml()
    theme.choose("dark")
    assert panel.words.toHtml() != before


def test_similar_texts_can_be_read(why):
    near = replace(OAK, text="a text like it", thumbnail="", class_name="spam")
    panel = why(TEXT, (near,), is_text=True).explanation
    (shown,) = panel.texts.snippets.snippets
    assert (shown.text, shown.caption) == ("a text like it", "spam, 75 % alike")


def test_what_is_waited_for_and_what_failed_is_said(why, engines, story, desk):
    panel = why(None).explanation
    assert panel.progress.label.text() == "Looking at it…"
    assert panel.progress.bar.maximum() == 0, "of unknown length"
    detail = {"path": "elm/3.png", "reason": "it is gone"}
    engines.running[-1].say(
        story.tell(SampleNotExplained, question=1, code="file_damaged", detail=detail)
    )
    desk.journey.explanation.announce_now()
    assert "it is gone" in panel.headline.text()
    engines.running[-1].say(story.tell(RunFailed, code="internal_error", detail={"reason": "x"}))
    desk.journey.explanation.announce_now()
    assert panel.failure.isVisible()


def test_looking_at_something_else_hides_the_reasons(why):
    page = why()
    page.lenses.buttons["labels"].click()
    assert not page.explanation.isVisible()
    assert page.review.isVisible()


def test_leaving_the_page_lets_the_model_go(why, desk, engines):
    why()
    desk.journey.go_to("start")
    assert engines.running[-1].requests == ["stop"]
    assert not desk.journey.explanation.is_busy
