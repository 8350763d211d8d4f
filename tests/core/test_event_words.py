"""What people read on a terminal of what the engine tells."""

from dataclasses import replace

import pytest

from tests.core.examples import example
from tlgui.core.dataset import Problem
from tlgui.core.event_words import event_sentence
from tlgui.core.events import (
    KINDS,
    AdaptationEpochEnded,
    DeviceReported,
    EnsembleFormed,
    PhaseStarted,
    ProblemFound,
    RatesTried,
    RateTried,
    RunFinished,
    SampleNotExplained,
    SamplePredicted,
)

# for a window alone, or shown as a bar or as an error
SILENT = {
    *("answers_ready", "explainer_ready", "job_cancelled", "preview_ready", "progressed"),
    *("run_failed", "scan_finished", "snippet_ready", "step_ended", "text_answered"),
    "thumbnail_ready",
}
IDS = {
    PhaseStarted: {"phase": "head"},
    ProblemFound: {"problem": Problem(code="file_unreadable", path="a.png", reason="x")},
    SampleNotExplained: {"code": "file_damaged", "detail": {"path": "a.png", "reason": "x"}},
}
ADAPTED = replace(
    example(AdaptationEpochEnded),
    epoch=2,
    train_loss=7.9,
    val_loss=7.7,
    train_accuracy=0.066,
    val_accuracy=0.078,
)


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            ADAPTED,
            "Epoch 2 without labels: loss 7.900, unseen 7.700, riddles solved 7 %, unseen 8 %",
        ),
        (replace(example(RateTried), learning_rate=1.26e-4, loss=0.4), "Rate 1.3e-04: loss 0.400"),
        (
            replace(example(RatesTried), suggested=6e-5),
            "Suggested: 6e-05. Train with: --set learning_rate=6e-05",
        ),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_what_was_learned_without_labels_and_which_rate_is_good_is_told(event, sentence):
    assert event_sentence(event) == sentence


def test_ensemble_names_no_epoch_and_how_many_models_it_has():
    formed = replace(example(EnsembleFormed), members=("a", "b"), num_validation=20, num_test=1_000)
    finished = replace(example(RunFinished), best_epoch=0, run="/runs/e")
    assert event_sentence(formed, "texts") == (
        "2 models answer together · 20 texts to ask how sure they may be, 1,000 to test with"
    )
    assert "epoch" not in event_sentence(finished)
    assert "; epoch 3 is kept: " in event_sentence(replace(finished, best_epoch=3))


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_told_or_known_to_be_shown_otherwise(kind):
    event = replace(example(KINDS[kind]), **IDS.get(KINDS[kind], {}))
    assert bool(event_sentence(event)) == (kind not in SILENT)


def test_doubt_stands_beside_an_answer():
    sure = replace(
        example(SamplePredicted),
        **{"file": "a.png", "predicted": "cat", "probability": 0.8},
        **{"is_sure": True, "is_unfamiliar": False},
    )
    assert event_sentence(sure) == "a.png: cat (80 %)"
    assert event_sentence(replace(sure, is_sure=False, is_unfamiliar=True)) == (
        "a.png: not sure, perhaps cat (80 %), unlike anything it was trained on"
    )


def test_numbers_that_nobody_has_are_not_told():
    device = replace(example(DeviceReported), name="CPU", num_cores=2, samples_per_s=0.0)
    phase = replace(example(PhaseStarted), phase="head", num_trained=0)
    assert event_sentence(device) == "Computing on CPU (2 cores)"
    assert "weights" not in event_sentence(phase)
