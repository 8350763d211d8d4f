"""Strategies are data; these are the rules that the data follows."""

from dataclasses import replace

import pytest

from tlgui.core.phase import HEAD, FineTuning
from tlgui.core.strategies import STRATEGIES

RATES = FineTuning(learning_rate=1e-4, weight_decay=0.01, epochs=3, patience=2)

NUM_GROUPS = 9

STRATEGY = pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)


def test_a_strategy_is_found_under_its_own_id():
    assert all(key == strategy.id for key, strategy in STRATEGIES.items())


@STRATEGY
def test_every_strategy_says_where_it_comes_from(strategy):
    assert "arXiv:" in strategy.source


@STRATEGY
def test_the_phases_of_a_strategy_can_be_told_apart(strategy):
    ids = [phase.id for phase in strategy.phases]
    assert ids
    assert len(ids) == len(set(ids))


@STRATEGY
def test_every_phase_can_be_carried_out(strategy):
    for phase in strategy.phases_for(RATES, (), NUM_GROUPS):
        assert phase.epochs >= 1
        if phase.solver == "gradient":
            assert 0 < phase.learning_rate < 1
            assert 0 <= phase.warmup_fraction < 1
            assert phase.patience >= 1
            assert phase.trains.num_groups is None or phase.trains.num_groups > 0
        elif phase.solver == "neighbors":
            assert phase.trains == HEAD
        else:
            assert phase.trains == HEAD, "only the head is solved on cached features"
            assert all(strength > 0 for strength in phase.l2_strengths)
            assert list(phase.l2_strengths) == sorted(set(phase.l2_strengths))
            assert phase.l2_strengths


def test_thawing_reaches_one_group_more_each_round_and_everything_in_the_end():
    phases = STRATEGIES["gradual_unfreezing"].phases_for(RATES, (), NUM_GROUPS)
    thawing = [phase for phase in phases if phase.id == "thaw"]
    assert [phase.trains.num_groups for phase in thawing] == list(range(1, NUM_GROUPS))
    assert {phase.epochs for phase in thawing} == {1}
    assert phases[0].solver == "convex"
    assert (phases[-1].id, phases[-1].trains.num_groups) == ("all", None)
    assert {phase.rate_decay_per_group for phase in phases[1:]} == {2.6}


def test_a_third_of_the_groups_is_at_least_one():
    for num_groups, expected in ((1, 1), (2, 1), (7, 2), (9, 3), (12, 4)):
        top = STRATEGIES["top_blocks"].phases_for(RATES, (), num_groups)[-1]
        assert top.trains.num_groups == expected


def test_few_or_added_weights_take_larger_steps_and_random_ones_their_own():
    rates = FineTuning(
        learning_rate=1e-5,
        added_learning_rate=1e-3,
        scratch_learning_rate=2e-3,
        weight_decay=0.0,
        epochs=3,
        patience=2,
    )

    def last(name):
        return STRATEGIES[name].phases_for(rates, (), NUM_GROUPS)[-1]

    assert last("lora").learning_rate == last("bias_and_norm").learning_rate == 1e-3
    assert last("from_scratch").learning_rate == 2e-3
    assert (last("from_scratch").epochs, last("from_scratch").patience) == (6, 4)
    assert last("head_then_all").learning_rate == 1e-5


def test_averages_of_weights_are_judged_but_where_batches_change_statistics():
    rates = replace(RATES, ema=0.98)
    for strategy in STRATEGIES.values():
        for phase in strategy.phases_for(rates, (), NUM_GROUPS):
            is_averaged = phase.solver == "gradient" and not phase.train_batch_norm
            assert phase.regularization.ema == (0.98 if is_averaged else 0.0)
