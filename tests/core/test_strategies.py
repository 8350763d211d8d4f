"""Strategies are data; these are the rules that the data follows."""

import pytest

from tlgui.core.strategies import HEAD, STRATEGIES, FineTuning

RATES = FineTuning(learning_rate=1e-4, weight_decay=0.01, epochs=3, patience=2)

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
    for phase in strategy.phases_for(RATES, ()):
        assert phase.epochs >= 1
        if phase.solver == "gradient":
            assert 0 < phase.learning_rate < 1
            assert 0 <= phase.warmup_fraction < 1
            assert phase.patience >= 1
        else:
            assert phase.trains == HEAD, "only the head is solved on cached features"
            assert all(strength > 0 for strength in phase.l2_strengths)
            assert list(phase.l2_strengths) == sorted(set(phase.l2_strengths))
            assert phase.l2_strengths
