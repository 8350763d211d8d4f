"""A plan is made to fit into a time."""

from dataclasses import replace
from itertools import product

import pytest

from tests.core.test_costs import EVERY, WORK
from tests.presets import LITE0
from tlgui.core.budget import with_budget
from tlgui.core.costs import MIN_EPOCHS, expected_seconds
from tlgui.core.phase import ALL
from tlgui.core.planning import make_plan


def at_minimum(plan):
    rows = [phase.id for phase in plan.phases]
    epochs = [phase.epochs for phase in plan.phases]
    return max(epochs) <= MIN_EPOCHS and len(rows) == len(set(rows))


@EVERY
def test_a_budget_is_kept_or_nothing_is_left_to_shorten(preset, strategy):
    for num_train, budget_s in product((20, 480, 20_000), (1.0, 30.0, 100.0, 300.0, 3600.0)):
        work = replace(WORK, num_train=num_train)
        plan = with_budget(make_plan(preset, strategy=strategy), preset, work, budget_s)
        assert expected_seconds(plan, preset, work) <= budget_s or at_minimum(plan)
        assert all(phase.epochs >= 1 for phase in plan.phases)


@EVERY
def test_a_plan_that_fits_stays_as_it_is(preset, strategy):
    plan = make_plan(preset, strategy=strategy)
    assert with_budget(plan, preset, WORK, 1e6) == plan


def test_epochs_are_as_many_as_fit():
    plan = make_plan(LITE0, strategy="head_then_all", settings={"epochs": "100"})
    fitting = with_budget(plan, LITE0, WORK, 300.0)
    longer = replace(fitting.phases[1], epochs=fitting.phases[1].epochs + 1)
    too_long = replace(fitting, phases=(fitting.phases[0], longer))
    assert expected_seconds(too_long, LITE0, WORK) > 300.0


def test_a_short_budget_thaws_in_fewer_steps_and_ends_with_everything():
    plan = make_plan(LITE0, strategy="gradual_unfreezing")
    fitting = with_budget(plan, LITE0, WORK, 150.0)
    thawed = [p.trains.num_groups for p in fitting.phases if p.id == "thaw"]
    assert 0 < len(thawed) < LITE0.num_groups - 1
    assert thawed == sorted(set(thawed))
    assert fitting.phases[-1].trains == ALL


@pytest.mark.parametrize("budget_s", [60.0, 100.0, 300.0])
def test_phases_without_labels_neither_shrink_nor_shorten_what_follows(budget_s):
    usual, adapted = (
        with_budget(
            make_plan(LITE0, strategy="top_blocks", settings=settings), LITE0, WORK, budget_s
        )
        for settings in ({}, {"adapt": "50"})
    )
    assert [p.epochs for p in adapted.phases] == [50, *(p.epochs for p in usual.phases)]
