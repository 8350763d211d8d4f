from pathlib import Path

import pytest

from tlgui.core.events import AnswersReady, JobCancelled, TextAnswered
from tlgui.viewmodels.answering import MAX_CHARACTERS, AnsweringViewModel


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> AnsweringViewModel:
    viewmodel = AnsweringViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.open(make_run())
    return viewmodel


@pytest.fixture
def ready(viewmodel, engines, story):
    """Load the model; returns the engine."""
    engines.running[-1].say(story.tell(AnswersReady, classes=("ham", "spam")))
    return engines.running[-1]


@pytest.fixture
def answer(story):
    """Tell of an answer."""

    def tell(question: int, spam: float = 0.97, num_cut: int = 0, **changes):
        content = {"probabilities": (1 - spam, spam), "num_tokens": 9, "num_cut": num_cut}
        return story.tell(TextAnswered, question=question, **{**content, **changes})

    return tell


@pytest.fixture
def type_and_wait(viewmodel, qtbot):
    """Type a text and wait until nobody has typed for a moment."""

    def type_text(text: str) -> None:
        with qtbot.waitSignal(viewmodel._pause.timeout, timeout=5000):
            viewmodel.type_text(text)

    return type_text


def test_model_is_loaded_once_for_as_long_as_the_page_is_open(viewmodel, engines, app_home):
    viewmodel.open(viewmodel.run)
    (job,) = engines.jobs
    assert job.kind == "answer"
    assert job.model == str(viewmodel.run.path)
    assert Path(job.folder).parent == app_home.jobs
    assert viewmodel.headline == "Loading the model…"
    assert viewmodel.shown == ()


def test_typing_is_answered(viewmodel, ready, answer, type_and_wait):
    assert viewmodel.headline == ""
    type_and_wait("Claim your prize")
    assert ready.questions == [(1, "Claim your prize")]
    ready.say(answer(1))
    assert viewmodel.headline == "spam, 97 % sure"
    assert viewmodel.shown == (("ham", pytest.approx(0.03)), ("spam", 0.97))
    assert viewmodel.note == ""


def test_what_was_typed_while_the_model_was_loading_is_answered(
    viewmodel, engines, story, type_and_wait
):
    type_and_wait("Claim your prize")
    assert engines.running[0].questions == []
    engines.running[0].say(story.tell(AnswersReady, classes=("ham", "spam")))
    assert engines.running[0].questions == [(1, "Claim your prize")]


def test_fast_typing_asks_about_the_last_text_only(viewmodel, ready, type_and_wait):
    viewmodel.type_text("C")
    viewmodel.type_text("Cl")
    type_and_wait("Claim")
    assert ready.questions == [(1, "Claim")]


def test_questions_never_pile_up_and_the_latest_is_answered(
    viewmodel, ready, answer, type_and_wait
):
    type_and_wait("first")
    type_and_wait("second")
    type_and_wait("third")
    assert ready.questions == [(1, "first")], "one at a time, or the pipe could fill"
    ready.say(answer(1))
    assert ready.questions[1:] == [(2, "third")]
    ready.say(answer(1, spam=0.8))
    assert viewmodel.headline == "spam, 97 % sure", "a stray answer must not be shown"
    ready.say(answer(2, spam=0.6))
    assert viewmodel.headline == "spam, 60 % sure"


def test_answer_during_typing_waits_for_the_pause(viewmodel, ready, answer, type_and_wait):
    type_and_wait("first")
    viewmodel.type_text("first and mo")
    ready.say(answer(1))
    assert len(ready.questions) == 1


def test_empty_box_has_no_answer(viewmodel, ready, answer, type_and_wait):
    type_and_wait("first")
    viewmodel.type_text("  ")
    ready.say(answer(1))
    assert viewmodel.headline == ""
    assert viewmodel.shown == ()
    type_and_wait("first")
    assert ready.questions[1:] == [(2, "first")]


def test_same_text_is_not_asked_twice(viewmodel, ready, answer, type_and_wait):
    type_and_wait("first")
    ready.say(answer(1))
    type_and_wait("first")
    assert len(ready.questions) == 1


def test_doubt_begins_where_a_person_has_drawn_the_line(viewmodel, engines, story, answer):
    headlines = []
    for threshold in (0.9, 0.98):
        viewmodel.run.write_threshold(threshold)
        viewmodel.close()
        viewmodel.open(viewmodel.run)
        engines.running[-1].say(story.tell(AnswersReady, classes=("ham", "spam")))
        viewmodel.type_text("first")
        viewmodel._on_pause()
        engines.running[-1].say(answer(1))
        headlines.append(viewmodel.headline)
        viewmodel.type_text("")
    assert headlines == ["spam, 97 % sure", "Not sure, perhaps spam"]


def test_damaged_threshold_does_not_keep_anybody_from_asking(engines, app_home, make_run):
    run = make_run("damaged-1")
    (run.path / "threshold.json").write_text("noise")
    AnsweringViewModel(engines, app_home).open(run)
    assert engines.jobs


def test_doubt_is_called_doubt(viewmodel, engines, story, answer, type_and_wait):
    names = tuple(f"kind {n}" for n in range(12))
    engines.running[0].say(story.tell(AnswersReady, classes=names))
    type_and_wait("first")
    shares = (*(0.05 for _ in range(11)), 0.45)
    engines.running[0].say(answer(1, probabilities=shares))
    assert viewmodel.headline == "Not sure, perhaps kind 11"
    assert len(viewmodel.shown) == 8
    assert viewmodel.shown[0] == ("kind 11", 0.45), "of many kinds the likeliest are shown"


def test_text_unlike_all_that_was_learned_is_called_that(viewmodel, ready, answer, type_and_wait):
    type_and_wait("Quousque tandem")
    ready.say(answer(1, is_unfamiliar=True))
    assert viewmodel.headline == "Unlike anything it was trained on, perhaps spam"


def test_answer_that_fits_no_classes_is_not_shown(viewmodel, ready, answer, type_and_wait):
    type_and_wait("first")
    ready.say(answer(1, probabilities=(1.0,)))
    assert viewmodel.shown == ()


def test_text_of_unknown_words_is_not_answered_by_a_guess(viewmodel, ready, story, type_and_wait):
    type_and_wait("你好")
    ready.say(story.tell(TextAnswered, question=1, probabilities=(), num_tokens=1, num_cut=0))
    assert viewmodel.headline == "The model knows none of these words"
    assert viewmodel.shown == ()


def test_cut_texts_are_pointed_out(viewmodel, ready, answer, type_and_wait):
    type_and_wait("first")
    ready.say(answer(1, num_cut=72))
    assert viewmodel.note == "Too long for this model: the last 72 tokens were left out."
    type_and_wait("a" * (MAX_CHARACTERS + 1))
    assert len(ready.questions[-1][1]) == MAX_CHARACTERS
    ready.say(answer(2, num_cut=72))
    assert viewmodel.note == "Only the first 10,000 characters were looked at."


def test_page_that_is_left_frees_the_engine(viewmodel, ready, engines, qtbot):
    with qtbot.waitSignal(viewmodel.job_ended, timeout=1000):
        viewmodel.close()
    assert ready.requests == ["stop"]
    assert not viewmodel.is_busy
    viewmodel.close()
    assert ready.requests == ["stop"]


def test_text_is_still_there_when_the_page_is_opened_again(
    viewmodel, ready, engines, story, type_and_wait
):
    type_and_wait("Claim your prize")
    viewmodel.close()
    viewmodel.open(viewmodel.run)
    engines.running[1].say(story.tell(AnswersReady, classes=("ham", "spam")))
    assert engines.running[1].questions == [(1, "Claim your prize")]


def test_other_model_answers_the_text_that_was_typed(
    viewmodel, ready, make_run, type_and_wait, engines
):
    type_and_wait("Claim your prize")
    viewmodel.open(make_run("other-1"))
    assert viewmodel.text == "Claim your prize"
    assert viewmodel.answer is None, "the old model's answer is not the new one's"
    assert len(engines.jobs) == 2
    assert ready.requests == ["stop"], "the old model must not stay in memory"


def test_model_that_fails_can_be_tried_again(viewmodel, engines, story, type_and_wait):
    engines.running[0].say(story.fail("engine_died", reason="exit code 3"))
    engines.running[0].end()
    assert viewmodel.failure.code == "engine_died"
    type_and_wait("typing on must not start an engine that fails again and again")
    assert len(engines.jobs) == 1
    viewmodel.restart()
    assert viewmodel.failure is None
    engines.running[1].say(story.tell(AnswersReady, classes=("ham", "spam")))
    assert len(engines.running[1].questions) == 1


def test_engine_that_was_stopped_says_nothing_more(viewmodel, ready, story):
    ready.say(story.tell(JobCancelled))
    ready.end()
    assert viewmodel.headline == ""


def test_nothing_is_loaded_without_a_run(engines, app_home):
    AnsweringViewModel(engines, app_home).restart()
    assert engines.jobs == []
