"""Pictures as a model will see them: what is asked of the engine, kept and let go."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.presets import LITE0
from tlgui.core.errors import TlguiError
from tlgui.core.events import PreviewReady, Progressed
from tlgui.core.planning import make_plan
from tlgui.viewmodels.augmentation_preview import (
    AugmentationPreviewViewModel,
    PreviewRow,
    Wish,
    wish_of,
)

DATASET = "/jobs/scan-1/dataset.json"
STRONG = Wish(dataset=DATASET, preset=LITE0.id, augmentation="strong", mixup=0.0)
GENTLE = replace(STRONG, augmentation="gentle")
NONE = replace(STRONG, augmentation="none")


@pytest.fixture
def viewmodel(engines, app_home) -> AugmentationPreviewViewModel:
    viewmodel = AugmentationPreviewViewModel(engines, app_home, clock=lambda: 3.0)
    viewmodel.follow(STRONG)
    return viewmodel


@pytest.fixture
def opened(viewmodel) -> AugmentationPreviewViewModel:
    viewmodel.open()
    return viewmodel


def answer(engines, story, name: str = "a"):
    engines.running[-1].say(
        story.tell(PreviewReady, originals=(f"{name}.jpg",), files=((f"{name}-1.jpg",),))
    )
    engines.running[-1].end()


def test_nothing_is_computed_before_somebody_looks(viewmodel, engines):
    assert engines.jobs == []
    viewmodel.open()
    (job,) = engines.jobs
    assert (job.kind, job.dataset, job.preset) == ("preview", DATASET, LITE0.id)
    assert (job.augmentation, job.mixup, job.requested_s) == ("strong", 0.0, 3.0)


def test_every_sample_comes_as_it_is_and_with_its_variants(opened, engines, story, app_home):
    engines.running[0].say(story.tell(Progressed, activity="loading", done=0, total=1))
    assert opened.is_waiting
    assert opened.sentence == "Varying a few of your pictures…"
    assert Path(engines.jobs[0].folder).parent == app_home.jobs
    answer(engines, story)
    assert opened.rows == (PreviewRow(original="a.jpg", variants=("a-1.jpg",)),)
    assert not opened.is_waiting
    assert opened.sentence.startswith("First each picture as it is")


def test_other_choice_lets_the_older_job_go_and_waits_for_a_pause(opened, engines, story, qtbot):
    opened.follow(GENTLE)
    assert engines.running[0].requests == ["stop"]
    assert len(engines.jobs) == 1, "somebody may still be choosing"
    assert opened.is_waiting
    answer(engines, story)
    assert opened.rows == (), "the pictures of the other choice are not its own"
    qtbot.waitUntil(lambda: len(engines.jobs) == 2)
    assert engines.jobs[1].augmentation == "gentle"


def test_what_was_shown_once_is_there_at_once(opened, engines, story):
    answer(engines, story)
    opened.follow(GENTLE)
    opened._on_pause()
    answer(engines, story, "b")
    opened.follow(STRONG)
    assert opened.rows[0].original == "a.jpg"
    assert not opened.is_waiting
    opened.open()
    assert len(engines.jobs) == 2


def test_nothing_that_varies_needs_no_engine(opened, engines):
    opened.follow(NONE)
    opened.retry()
    assert len(engines.jobs) == 1
    assert "Nothing varies" in opened.sentence
    assert replace(NONE, mixup=0.2).varies


def test_engine_is_let_go_when_nobody_looks(opened, engines, qtbot):
    with qtbot.waitSignal(opened.job_ended, timeout=1000):
        opened.close()
    assert engines.running[0].requests == ["stop"]
    assert not opened.is_waiting
    with qtbot.assertNotEmitted(opened.job_ended):
        opened.close()
    opened.follow(GENTLE)
    assert len(engines.jobs) == 1


def test_pictures_that_are_there_are_put_away_without_a_job(opened, engines, story, qtbot):
    answer(engines, story)
    with qtbot.assertNotEmitted(opened.job_ended):
        opened.close()
    assert not opened.is_open


def test_failure_is_told_and_can_be_tried_again(opened, engines, story):
    engines.running[0].say(story.fail("dataset_changed", path="oak/1.png", reason="it is gone"))
    engines.running[0].end()
    assert "looked through: it is gone" in opened.failure.sentence
    assert opened.sentence == ""
    opened.retry()
    assert opened.failure is None
    assert len(engines.jobs) == 2
    engines.error = TlguiError("disk_full", path="/jobs")
    opened.retry()
    assert opened.failure.code == "disk_full"


def test_texts_have_no_pictures(opened, engines):
    opened.follow(None)
    opened.retry()
    assert len(engines.jobs) == 1
    assert not opened.is_waiting


def test_wish_is_what_the_plan_does():
    settings = {"augmentation": "strong", "mixup": "0.2"}
    plan = make_plan(LITE0, strategy="head_then_all", settings=settings)
    assert wish_of(DATASET, plan) == replace(STRONG, mixup=0.2)
    assert wish_of(DATASET, make_plan(LITE0)) == NONE
    solved = make_plan(LITE0, settings={"augmentation": "gentle"})
    assert wish_of(DATASET, solved) == GENTLE
