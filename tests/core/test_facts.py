"""What advice rests on survives the way from the engine to the window."""

import pytest

from tests.core.test_advice import COUNTS, LITE0, facts, found
from tlgui.core.advice import advise
from tlgui.core.events import AdviceReady, from_json


def test_the_window_can_walk_the_slider_with_what_the_engine_sent():
    known = facts()
    event = AdviceReady(seq=1, time_s=0.0, facts=known, advice=advise(known, [LITE0]))
    received = from_json(event.to_json())
    assert received == event
    assert advise(received.facts, [LITE0], 4) == advise(known, [LITE0], 4)


def test_the_work_of_a_preset_has_its_own_pace():
    work = facts(480, found(LITE0, samples_per_s=77.0), num_tokens=(5, 9)).work(LITE0.id)
    assert work.num_tokens == (5, 9)
    assert (work.num_train, work.num_test, work.samples_per_s) == (480, 160, 77.0)


@pytest.mark.parametrize(("accuracy", "nearness"), [(0.1, 0.0), (0.55, 0.5), (1.0, 1.0)])
def test_nearness_goes_from_guessing_to_being_always_right(accuracy, nearness):
    assert facts(480, found(LITE0, accuracy)).nearness(LITE0.id) == pytest.approx(nearness)


def test_what_has_no_features_of_its_own_is_never_far():
    assert facts(480, found(COUNTS, None)).nearness(COUNTS.id) == 1.0
