from dataclasses import replace

import pytest

from tests.presets import LITE0, TEXT
from tlgui.core.planning import make_plan, possible_strategies
from tlgui.core.strategies import STRATEGIES
from tlgui.viewmodels.strip import blocks, key_phases, planned_blocks, strip_words

TRANSFORMER = replace(TEXT, architecture="transformer", num_groups=7)


def drawn(strategy: str, info=LITE0, **settings: str):
    plan = make_plan(info, strategy=strategy, settings=settings)
    return planned_blocks(plan.phases[-1], info, is_pretrained=plan.is_pretrained)


def marks(strip) -> str:
    letters = {"frozen": ".", "trained": "#", "fresh": "o", "inside": "-", "beside": "_"}
    return "".join({**letters, "between": "|", "tokens": ":"}[block.mark] for block in strip)


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("feature_extraction", ".........#"),
        ("top_blocks", "......####"),
        ("head_then_all", "##########"),
        ("lora", "_________#"),
        ("adapters", ".||||||||#"),
        ("bias_and_norm", "---------#"),
        ("from_scratch", "ooooooooo#"),
    ],
)
def test_each_strategy_looks_like_what_it_does(strategy, expected):
    assert marks(drawn(strategy)) == expected


def test_embeddings_of_a_transformer_get_no_additions():
    assert marks(drawn("lora", TRANSFORMER)) == ".______#"
    assert marks(drawn("prompt_tuning", TRANSFORMER)) == ".::::::#"


def test_number_of_groups_that_a_person_chose_is_drawn():
    assert marks(drawn("top_blocks", top_groups="5")) == "....######"


def test_last_layer_is_not_there_while_there_are_no_labels():
    phase = make_plan(LITE0, settings={"adapt": "1"}).phases[0]
    assert marks(planned_blocks(phase, LITE0)) == "#########."


def test_smaller_steps_further_down_are_paler():
    strengths = [block.strength for block in drawn("discriminative")]
    assert strengths == sorted(strengths)
    assert 0 < strengths[0] < strengths[-1] == 1
    assert {block.strength for block in drawn("head_then_all")} == {1.0}


def test_strip_of_a_run_without_a_plan_shows_what_learns():
    assert marks(blocks((False, True, True), None)) == ".##"
    assert blocks((), None) == ()


def test_strip_is_told_to_a_screen_reader():
    assert strip_words(drawn("top_blocks")) == "3 of 9 layer groups learn"
    assert strip_words(drawn("feature_extraction")) == "0 of 9 layer groups learn"
    assert "Small matrices beside 9 of 9" in strip_words(drawn("lora"))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_drawn_and_told_on_every_model_it_fits(strategy):
    for info in (LITE0, TRANSFORMER):
        if STRATEGIES[strategy] in possible_strategies(info):
            assert len(drawn(strategy, info)) == info.num_groups + 1
            assert "{" not in strip_words(drawn(strategy, info))


def test_long_row_of_phases_is_told_by_three():
    phases = make_plan(LITE0, strategy="gradual_unfreezing").phases
    assert [phase.id for phase in key_phases(phases)] == ["head", "thaw", "all"]
    assert key_phases(phases[:2]) == phases[:2]
