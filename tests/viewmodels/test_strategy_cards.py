from dataclasses import replace

import pytest

from tests.presets import LITE0, PLAIN
from tlgui.core.catalog import WeightCounts
from tlgui.core.costs import Work
from tlgui.core.planning import make_plan, possible_strategies
from tlgui.core.strategies import STRATEGIES
from tlgui.core.strategy_words import STRATEGY_WORDS
from tlgui.viewmodels.strategy_cards import main_cards, strategy_cards, strategy_page

WORK = Work(num_train=1200, num_validation=400, num_test=400, num_classes=2, samples_per_s=50.0)
INFO = replace(
    LITE0,
    num_parameters=1_000_000,
    weights=WeightCounts(groups=(100_000,) * 9, bias_and_norm=10_000, low_rank=2_500),
)
COUNTS = replace(PLAIN, num_groups=0, num_parameters=0, architecture="counts")


def card(name: str, info=INFO, plan=None, work=WORK, recommended=""):
    plans = {name: plan} if plan else {}
    return next(c for c in strategy_cards(info, plans, work, recommended) if c.id == name)


@pytest.mark.parametrize("strategy", [s.id for s in possible_strategies(LITE0)])
def test_card_says_what_the_command_line_says(strategy):
    words = STRATEGY_WORDS[strategy]
    shown = card(strategy)
    assert (shown.title, shown.term, shown.sentence) == (words.title, words.term, words.sentence)
    assert shown.pictures
    assert len(shown.pictures) <= 3


def test_share_time_and_memory_stand_on_the_card():
    assert card("lora").share == "trains 2 % of the weights"
    assert card("bias_and_norm").share == "trains 1 % of the weights"
    assert card("top_blocks").share == "trains 30 % of the weights"
    assert card("feature_extraction").share == "trains the last layer only"
    assert card("feature_extraction").costs.startswith("about ")
    assert card("feature_extraction").costs.endswith(" MB")
    assert card("head_then_all", work=None).costs.endswith(" GB")
    assert "about" not in card("head_then_all", work=None).costs


def test_share_that_nobody_counted_is_not_made_up():
    uncounted = replace(INFO, weights=WeightCounts())
    assert card("lora", uncounted).share == ""
    assert card("head_then_all", uncounted).share == "trains all weights"


def test_chosen_card_shows_its_own_settings():
    plan = make_plan(INFO, strategy="top_blocks", settings={"top_groups": "6"})
    assert card("top_blocks", plan=plan).share == "trains 60 % of the weights"


def test_method_without_pretraining_is_told_as_such():
    (only,) = strategy_cards(COUNTS, {}, WORK, "")
    assert only.sentence.startswith("Nothing is pretrained")
    assert (only.pictures, only.share) == ((), "")


def names(cards) -> list[str]:
    return [c.id for c in cards]


def test_few_cards_are_the_recommended_the_quick_the_thorough_and_the_chosen():
    cards = strategy_cards(INFO, {}, WORK, "top_blocks")
    assert cards[0].id == "top_blocks"
    ladder = ("nearest_neighbors", "top_blocks", "gradual_unfreezing")
    assert set(names(main_cards(cards, "top_blocks", ladder))) == set(ladder)
    chosen = main_cards(cards, "adapters", ladder)
    assert names(chosen)[0] == "top_blocks"
    assert set(names(chosen)) == {*ladder, "adapters"}


def test_few_cards_are_the_usual_ones_where_nothing_is_advised():
    cards = strategy_cards(INFO, {}, None, "")
    assert names(main_cards(cards, "lora", ())) == [
        *("feature_extraction", "top_blocks", "head_then_all", "lora"),
    ]


@pytest.mark.parametrize("strategy", [s.id for s in possible_strategies(LITE0)])
def test_page_has_text_picture_and_source(strategy):
    page = strategy_page(strategy, INFO, WORK)
    assert page.source == STRATEGIES[strategy].source
    assert page.help.happens
    assert page.pictures


def test_row_of_phases_alike_is_drawn_by_its_ends():
    page = strategy_page("gradual_unfreezing", INFO, WORK)
    assert [picture.words for picture in page.pictures] == [
        "1. last layer only",
        "2. one group after another, 1 of 9 groups",
        "3. one group after another, 8 of 9 groups",
        "4. everything, slowly",
    ]
    (alone,) = strategy_page("feature_extraction", INFO, WORK).pictures
    assert alone.words == "last layer only"
