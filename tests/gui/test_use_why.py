"""Asking why on the use page: of a new file, and of a text that was typed."""

from dataclasses import replace

import pytest

from tests.gui.test_result_why import TEXT
from tests.stories import Story
from tests.viewmodels.test_explanation import FOUND
from tlgui.core.events import (
    AnswersReady,
    ExplainerReady,
    SampleExplained,
    SamplePredicted,
    TextAnswered,
)
from tlgui.core.job import AnswerJob, ExplainJob


@pytest.fixture
def chosen(open_result, desk, thumbnail):
    """Choose an answer to a new picture."""
    open_result()
    desk.journey.go_to("use")
    page = desk.page("use")
    answer = Story().tell(
        SamplePredicted, file=thumbnail, predicted="elm", probability=0.6, is_sure=True
    )
    desk.journey.prediction.detail.choose(answer)
    return page.panel.why


def test_new_picture_is_explained_below_its_answer(chosen, desk, engines, story, thumbnail):
    assert not chosen.panel.isVisibleTo(chosen)
    chosen.ask.click()
    assert isinstance(engines.jobs[-1], ExplainJob)
    assert chosen.panel.isVisibleTo(chosen)
    assert not chosen.ask.isVisibleTo(chosen)
    engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
    assert engines.running[-1].questions[-1][2]["file"] == thumbnail
    found = replace(FOUND, file=thumbnail, true="", overlay=thumbnail)
    engines.running[-1].say(story.tell(SampleExplained, question=1, explanation=found))
    desk.journey.explanation.announce_now()
    assert chosen.panel.finding.text() == "Bright places speak for elm."
    assert not chosen.panel.picture.pixmap().isNull()


def test_reasons_follow_the_answer_that_is_chosen(chosen, desk, engines, pixel_file):
    chosen.ask.click()
    other = pixel_file("other.png", "#112233")
    answer = Story().tell(SamplePredicted, file=other, predicted="oak", probability=0.9)
    desk.journey.prediction.detail.choose(answer)
    assert desk.journey.explanation.is_open
    row = Story().tell(SamplePredicted, file="t.csv row 5", predicted="oak", probability=0.9)
    desk.journey.prediction.detail.choose(row)
    assert not desk.journey.explanation.is_open
    assert not chosen.ask.isVisibleTo(chosen), "a row of a table is no file"
    desk.journey.prediction.detail.choose(None)
    assert len(engines.jobs) == 1


def test_typed_text_is_explained_until_it_is_another(open_result, desk, engines, qtbot):
    open_result(is_text=True)
    desk.journey.go_to("use")
    panel = desk.page("use").panel
    answering = next(
        engine
        for engine, job in zip(engines.running, engines.jobs, strict=True)
        if isinstance(job, AnswerJob)
    )
    told = Story()
    answering.say(told.tell(AnswersReady, classes=("ham", "spam")))
    desk.journey.answering.announce_now()
    assert not panel.answer.why.isVisible()
    with qtbot.waitSignal(desk.journey.answering._pause.timeout, timeout=5000):
        panel.answer.box.setPlainText("win a prize")
    answering.say(
        told.tell(TextAnswered, question=1, probabilities=(0.1, 0.9), num_tokens=3, num_cut=0)
    )
    desk.journey.answering.announce_now()
    panel.answer.why.click()
    engine = engines.running[-1]
    engine.say(told.tell(ExplainerReady, classes=("ham", "spam")))
    assert engine.questions == [(1, "win a prize", {"file": "", "against": ""})]
    engine.say(told.tell(SampleExplained, question=1, explanation=TEXT))
    desk.journey.explanation.announce_now()
    assert panel.why_typed.isVisible()
    assert not panel.why.panel.isVisible()
    assert panel.why_typed.words.toPlainText() == TEXT.text
    panel.answer.box.setPlainText("win no prize")
    desk.journey.answering.announce_now()
    assert not panel.why_typed.isVisible()
