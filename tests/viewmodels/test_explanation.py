"""Asking a model why."""

from dataclasses import replace
from pathlib import Path

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    ExplainerReady,
    JobCancelled,
    NeighborsFound,
    Progressed,
    RunFailed,
    SampleExplained,
    SampleNotExplained,
)
from tlgui.core.explanation import Explanation, Neighbor
from tlgui.core.job import ExplainJob
from tlgui.viewmodels.explanation import FEW_CLASSES, MAX_CHARACTERS, ExplanationViewModel

FOUND = Explanation(
    file="oak/1.png",
    modality="image",
    method="grad_cam",
    true="oak",
    predicted="elm",
    target="elm",
    probabilities=(0.4, 0.6),
    picture="/out/1.png",
    overlay="/out/1-elm.png",
)
OAK = Neighbor(file="oak/7.png", class_name="oak", distance=0.25, thumbnail="/out/n.jpg")
FIRST = (1, "", {"file": "oak/1.png", "against": ""})


@pytest.fixture
def viewmodel(engines, app_home, make_run) -> ExplanationViewModel:
    viewmodel = ExplanationViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.open_run(make_run(), "image")
    return viewmodel


@pytest.fixture
def asked(viewmodel, engines, story):
    """Ask about a picture and load the model; returns the engine."""
    viewmodel.explain_file("oak/1.png")
    engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
    return engines.running[-1]


@pytest.fixture
def explained(story):
    """Tell of an explanation."""

    def tell(question: int = 1, **changes):
        explanation = replace(FOUND, **changes)
        return story.tell(SampleExplained, question=question, explanation=explanation)

    return tell


@pytest.fixture
def near(story):
    """Tell of similar training samples."""

    def tell(question: int = 1, num_train: int = 40):
        return story.tell(
            NeighborsFound,
            question=question,
            file="oak/1.png",
            neighbors=(OAK,),
            num_compared=40,
            num_train=num_train,
        )

    return tell


def test_model_is_loaded_when_somebody_asks_and_asked_once_it_is_there(
    viewmodel, engines, story, app_home
):
    assert not viewmodel.is_open
    assert not engines.jobs
    viewmodel.explain_file("oak/1.png")
    [job] = engines.jobs
    assert isinstance(job, ExplainJob)
    assert (job.model, job.files) == (str(viewmodel.run.path), ())
    assert Path(job.folder).parent == app_home.jobs
    assert viewmodel.is_open
    assert viewmodel.waiting_words == "Loading the model…"
    assert engines.running[-1].questions == []
    engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
    assert engines.running[-1].questions == [FIRST]
    assert viewmodel.waiting_words == "Looking at it…"


def test_explanation_says_what_to_see_and_what_not_to_believe(viewmodel, asked, explained):
    assert viewmodel.title == viewmodel.finding == viewmodel.note == viewmodel.headline == ""
    asked.say(explained())
    assert viewmodel.headline == "elm, 60 % sure, but it is oak"
    assert viewmodel.title == "Where it looked (Grad-CAM)"
    assert viewmodel.finding == "Bright places speak for elm."
    assert "not why" in viewmodel.note
    assert viewmodel.waiting_words == ""
    assert viewmodel.others == ("oak",)


def test_heat_can_be_taken_off_the_picture(viewmodel, asked, explained):
    assert viewmodel.picture == ""
    asked.say(explained())
    assert viewmodel.picture == FOUND.overlay
    viewmodel.show_heat(False)
    assert viewmodel.picture == FOUND.picture


def test_similar_samples_come_later_and_are_told_with_their_kinds(
    viewmodel, asked, explained, near, story
):
    asked.say(explained(), story.tell(Progressed, activity="neighbors", done=3, total=40))
    assert viewmodel.neighbors == ()
    assert viewmodel.neighbors_title == viewmodel.neighbors_note == ""
    assert viewmodel.progress is not None
    asked.say(near())
    assert viewmodel.progress is None
    assert viewmodel.neighbors == (OAK,)
    assert viewmodel.caption(OAK) == "oak, 75 % alike"
    assert viewmodel.caption(replace(OAK, distance=1.2)) == "oak, 0 % alike"
    assert viewmodel.neighbors_title == "Most like it, of the pictures it learned from"
    assert viewmodel.neighbors_note == ""
    asked.say(near(num_train=900))
    assert "40 of 900" in viewmodel.neighbors_note


def test_why_not_another_kind_is_asked_of_the_same_sample(viewmodel, asked, explained, near):
    asked.say(explained(), near())
    viewmodel.compare_with("oak")
    assert viewmodel.against == "oak"
    assert asked.questions[-1] == (2, "", {"file": "oak/1.png", "against": "oak"})
    assert viewmodel.explanation == FOUND, "nothing flickers meanwhile"
    asked.say(explained(2, against="oak"))
    assert "orange ones for oak" in viewmodel.finding
    viewmodel.compare_with("oak")
    assert len(asked.questions) == 2
    viewmodel.compare_with("")
    assert viewmodel.against == ""


def test_next_sample_needs_no_new_engine_and_late_answers_are_passed_over(
    viewmodel, engines, asked, explained, near, story
):
    viewmodel.explain_file("elm/2.png")
    asked.say(
        explained(1),
        near(1),
        story.tell(SampleNotExplained, question=1, code="run_missing", detail={}),
    )
    assert viewmodel.explanation is viewmodel.found is None
    assert viewmodel.headline == ""
    asked.say(explained(2, file="elm/2.png"))
    assert viewmodel.explanation is not None
    assert len(engines.jobs) == 1


def test_file_that_cannot_be_read_is_told(viewmodel, asked, story):
    detail = {"path": "oak/1.png", "reason": "it is gone"}
    asked.say(story.tell(SampleNotExplained, question=1, code="file_damaged", detail=detail))
    assert "oak/1.png cannot be read: it is gone" in viewmodel.headline
    assert viewmodel.waiting_words == ""
    assert viewmodel.others == ()


def test_text_is_asked_as_far_as_a_pipe_takes_it(viewmodel, asked):
    viewmodel.explain_text("x" * (MAX_CHARACTERS + 5))
    number, text, more = asked.questions[-1]
    assert (number, len(text)) == (2, MAX_CHARACTERS)
    assert more == {"file": "", "against": ""}


def test_typed_text_is_told_from_a_file(viewmodel, asked):
    assert viewmodel.typed == ""
    viewmodel.explain_text("a text")
    assert viewmodel.typed == "a text"
    viewmodel.hide()
    assert viewmodel.typed == ""


def test_of_what_is_clicked_while_the_model_loads_only_the_last_is_asked(viewmodel, engines, story):
    viewmodel.explain_file("oak/1.png")
    viewmodel.explain_file("elm/2.png")
    engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
    assert engines.running[-1].questions == [(2, "", {"file": "elm/2.png", "against": ""})]
    assert len(engines.jobs) == 1


def test_hidden_explanation_keeps_the_model(viewmodel, engines, asked, explained):
    asked.say(explained())
    viewmodel.hide()
    assert not viewmodel.is_open
    assert viewmodel.explanation is None
    assert asked.requests == []
    viewmodel.hide()
    viewmodel.compare_with("oak")
    viewmodel.explain_file("oak/1.png")
    assert asked.questions[-1][0] == 2
    assert len(engines.jobs) == 1


def test_hidden_while_the_model_loads_asks_nothing(viewmodel, engines, story):
    viewmodel.explain_file("oak/1.png")
    viewmodel.hide()
    engines.running[-1].say(story.tell(ExplainerReady, classes=("oak", "elm")))
    assert engines.running[-1].questions == []


def test_closing_lets_the_engine_go(viewmodel, engines, asked, qtbot):
    with qtbot.waitSignal(viewmodel.job_ended):
        viewmodel.close()
    assert asked.requests == ["stop"]
    assert not viewmodel.is_busy
    viewmodel.close()
    viewmodel.explain_file("oak/1.png")
    assert len(engines.jobs) == 2


def test_engine_that_failed_is_started_anew_for_the_same_sample(viewmodel, engines, asked, story):
    asked.say(story.tell(RunFailed, code="out_of_memory", detail={"batch_size": 1}))
    asked.end()
    assert viewmodel.failure is not None
    assert viewmodel.waiting_words == ""
    viewmodel.explain_file("oak/1.png")
    assert len(engines.jobs) == 2
    assert viewmodel.failure is None


def test_engine_that_just_ended_is_started_anew_for_the_next_sample(
    viewmodel, engines, asked, story
):
    asked.say(story.tell(JobCancelled))
    asked.end()
    viewmodel.explain_file("elm/2.png")
    assert len(engines.jobs) == 2
    assert engines.running[-1].questions == []


def test_engine_that_cannot_be_started_is_told(viewmodel, engines):
    engines.error = TlguiError("disk_full", path="/home")
    viewmodel.explain_file("oak/1.png")
    assert viewmodel.failure is not None
    assert viewmodel.is_open


def test_nothing_is_asked_before_there_is_a_run(engines, app_home):
    viewmodel = ExplanationViewModel(engines, app_home)
    viewmodel.explain_file("oak/1.png")
    assert not engines.jobs
    assert not viewmodel.is_open


def test_of_many_kinds_the_most_probable_can_be_chosen(viewmodel, engines, story, explained):
    classes = tuple(f"kind {n}" for n in range(100))
    viewmodel.explain_file("a")
    engines.running[-1].say(
        story.tell(ExplainerReady, classes=classes),
        explained(predicted="kind 99", probabilities=tuple(n / 4950 for n in range(100))),
    )
    assert viewmodel.others[:2] == ("kind 98", "kind 97")
    assert len(viewmodel.others) == FEW_CLASSES


def test_another_run_starts_over(viewmodel, asked, explained, make_run):
    asked.say(explained())
    viewmodel.open_run(make_run("trees-2"), "image")
    assert asked.requests == ["stop"]
    assert not viewmodel.is_open
