from dataclasses import replace

from tests.stories import Story
from tlgui.core.events import CopiesFinished, PredictionFinished
from tlgui.core.prediction_words import sorting_sentence


def copies(**changes) -> CopiesFinished:
    counts = {"num_copied": 1234, "num_rows": 0, "num_failed": 0, **changes}
    return Story().tell(CopiesFinished, folder="/sorted", **counts)


def test_copies_are_counted_with_what_has_none():
    assert sorting_sentence(copies()) == "Copied into /sorted: 1,234"
    assert sorting_sentence(copies(num_rows=2, num_failed=3)) == (
        "Copied into /sorted: 1,234 · rows of tables, which are no files: 2 "
        "· could not be copied: 3"
    )


def test_answers_are_counted():
    event = Story().tell(PredictionFinished, num_samples=3, num_unreadable=1, csv="t.csv")
    assert sorting_sentence(event) == "3 answers, 1 unreadable: t.csv"
    strange = "3 answers, 2 unlike anything it was trained on, 1 unreadable: t.csv"
    assert sorting_sentence(replace(event, num_unfamiliar=2)) == strange
