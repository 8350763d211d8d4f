"""Every strategy has a page to read."""

import pytest

from tests.presets import CATALOG, TEXT
from tlgui.core.plan_settings import SETTINGS
from tlgui.core.planning import possible_settings, possible_strategies
from tlgui.core.strategies import STRATEGIES
from tlgui.core.strategy_help import STRATEGY_HELP

PRESETS = (*CATALOG.values(), TEXT)


def test_every_strategy_has_its_page_and_no_page_is_left_over():
    assert STRATEGY_HELP.keys() == STRATEGIES.keys()


@pytest.mark.parametrize("page", STRATEGY_HELP.values(), ids=STRATEGY_HELP)
def test_paragraphs_are_whole_and_calm(page):
    for text in (page.happens, page.helps, page.costs):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "!" not in text
        assert "  " not in text


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_said_to_be_turned_can_be_turned(strategy):
    knobs = STRATEGY_HELP[strategy].knobs
    assert set(knobs) <= SETTINGS.keys()
    fitting = [p for p in PRESETS if STRATEGIES[strategy] in possible_strategies(p)]
    offered = set().union(*(possible_settings(preset, strategy) for preset in fitting))
    assert set(knobs) <= offered
