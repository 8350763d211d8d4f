"""Rates rise and fall as the literature and the help pages say."""

from typing import get_args

import pytest

from tlgui.core.phase import ALL, Phase, ScheduleId
from tlgui.engine.training.schedules import learning_rate_schedule


def rates(schedule):
    """Return the rate of every step of a phase of 100 steps and the one after them."""
    phase = Phase(id="all", trains=ALL, schedule=schedule, warmup_fraction=0.1, epochs=10)
    found = learning_rate_schedule(phase, steps_per_epoch=10, peak=1e-3)
    return [float(found(step)) if callable(found) else found for step in range(101)]


@pytest.mark.parametrize("schedule", get_args(ScheduleId))
def test_no_rate_is_above_its_peak_or_below_zero(schedule):
    assert max(rates(schedule)) == pytest.approx(1e-3)
    assert min(rates(schedule)[:100]) > 0, "a step that changes nothing costs time for nothing"


@pytest.mark.parametrize("schedule", ["warmup_cosine", "linear", "slanted_triangular"])
def test_rate_rises_for_a_tenth_of_the_steps_and_falls_to_its_lowest(schedule):
    found = rates(schedule)
    lowest = 1e-3 / 32 if schedule == "slanted_triangular" else 0

    assert found[9] == found[10] == pytest.approx(1e-3), "ten steps of warm-up, then the peak"
    assert found[0] == pytest.approx(lowest + (1e-3 - lowest) / 10)
    assert found[100] == pytest.approx(lowest, abs=1e-9)
    assert found[:10] == sorted(found[:10])
    assert found[10:] == sorted(found[10:], reverse=True)


def test_a_line_is_halfway_down_in_the_middle_of_its_fall():
    assert rates("linear")[55] == pytest.approx(0.5e-3)


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_a_rate_without_a_plan_stays(schedule):
    assert set(rates(schedule)) == {1e-3}


@pytest.mark.parametrize("schedule", get_args(ScheduleId))
def test_the_only_step_of_a_short_phase_is_a_whole_one(schedule):
    phase = Phase(id="all", trains=ALL, schedule=schedule, warmup_fraction=0.1, epochs=1)
    found = learning_rate_schedule(phase, steps_per_epoch=1, peak=1e-3)
    assert float(found(0) if callable(found) else found) == pytest.approx(1e-3)
