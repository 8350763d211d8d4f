"""Every strategy and every phase has its words."""

import pytest

from tlgui.core.strategies import STRATEGIES
from tlgui.core.strategy_words import PHASES, STRATEGY_WORDS

ALL_PHASES = {phase.id for strategy in STRATEGIES.values() for phase in strategy.phases}


def test_every_strategy_has_its_words_and_no_words_are_left_over():
    assert STRATEGY_WORDS.keys() == STRATEGIES.keys()


def test_every_phase_has_a_name_and_so_has_the_one_without_labels():
    assert PHASES.keys() == ALL_PHASES | {"adapt"}


@pytest.mark.parametrize("words", STRATEGY_WORDS.values(), ids=STRATEGY_WORDS)
def test_words_are_calm_and_fit_on_a_card(words):
    assert words.title[0].isupper()
    assert not words.title.endswith(".")
    assert words.sentence.endswith(".")
    assert "!" not in words.title + words.sentence
    assert "  " not in words.sentence
    assert len(words.title) <= 48
    assert len(words.sentence) <= 170


def test_no_two_strategies_are_called_the_same():
    assert len({words.title for words in STRATEGY_WORDS.values()}) == len(STRATEGIES)
    assert len({words.term for words in STRATEGY_WORDS.values()}) == len(STRATEGIES)


def test_name_of_a_phase_fits_into_a_plot():
    assert all(len(name) <= 25 for name in PHASES.values())
