"""What people read on a terminal of what the engine tells."""

from dataclasses import replace

import pytest
from rich.progress import Progress

from tests.core.examples import example
from tlgui.console import RateColumn, event_sentence
from tlgui.core.events import (
    AdaptationEpochEnded,
    EnsembleFormed,
    RatesTried,
    RateTried,
    RunFinished,
)

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


def test_rate_stands_beside_the_bar_once_it_is_known():
    clock = iter((0.0, 0.0, 1.0, 2.0)).__next__
    progress = Progress(RateColumn(), get_time=clock, disable=True)
    progress.add_task("", total=100)
    [task] = progress.tasks
    assert RateColumn().render(task).plain == ""
    progress.update(task.id, completed=10)
    progress.update(task.id, completed=50)
    assert RateColumn().render(task).plain == "40/s"
