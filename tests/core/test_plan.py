"""The plan: every setting, its rule, and the way to the disk and back."""

import pytest

from tests.core.examples import example
from tests.presets import LITE0, PLAIN, TEXT
from tlgui.core.errors import TlguiError
from tlgui.core.plan import (
    SETTINGS,
    Plan,
    make_plan,
    plan_from_json,
    possible_settings,
    possible_strategies,
)
from tlgui.core.strategies import STRATEGIES

# of every setting: what a person may write, and what they may not
GOOD = {
    "batch_size": ("1", "4096", " 8 "),
    "epochs": ("1", "10000"),
    "group_by": ("", "prefix", "prefix:-", "folder", "column:patient"),
    "learning_rate": ("1e-5", "0.5"),
    "patience": ("1", "10000"),
    "pooling": ("mean", "first_token", "layer_mixture"),
    "seed": ("0", "2147483647"),
    "sequence_length": ("4", "512"),
    "split": ("60/20/20", "0.5/0.25/0.25", "3/1/1", " 8 / 1 / 1 "),
}
BAD = {
    "batch_size": ("0", "4097", "", "2.5", "²", "--5", "many"),
    "epochs": ("0", "-1", "10001", "ten"),
    "group_by": ("prefix:", "column:", "suffix", "folder:x"),
    "learning_rate": ("0", "1", "-0.1", "nan", "inf", "small"),
    "patience": ("0", "x", "9" * 5000),
    "pooling": ("", "max"),
    "seed": ("-1", "2147483648", "x"),
    "sequence_length": ("3", "513", "100001", "long"),
    "split": ("60/20", "60/20/20/1", "60/40/0", "-60/20/20", "²/1/1", "a/b/c", "", "./1/1"),
}


def _gradient_phase(plan):
    return next(p for p in plan.phases if p.solver == "gradient")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_makes_a_plan_that_survives_the_disk(strategy):
    plan = make_plan(LITE0, strategy=strategy, settings={"split": "8/1/1", "seed": "3"})
    assert plan_from_json(plan.to_json()) == plan
    assert plan.strategy == strategy
    assert plan.phases


def test_every_field_of_a_plan_survives_the_disk():
    assert plan_from_json(example(Plan).to_json()) == example(Plan)


@pytest.mark.parametrize("text", ["", "[]", "5", "{}", '{"preset": 1}'])
def test_what_is_no_plan_is_refused(text):
    with pytest.raises(ValueError, match=r"Plan|Expecting value"):
        plan_from_json(text)


def test_a_strategy_nobody_knows_is_told_with_those_there_are():
    with pytest.raises(TlguiError, match="strategy_unknown") as caught:
        make_plan(LITE0, strategy="magic")
    assert set(STRATEGIES) <= set(caught.value.detail["known"].split(", "))


def test_a_setting_nobody_knows_is_told_with_those_there_are():
    with pytest.raises(TlguiError, match="setting_unknown") as caught:
        make_plan(LITE0, settings={"magic": "1"})
    assert set(SETTINGS) == set(caught.value.detail["known"].split(", "))


def test_every_setting_is_tried_with_good_and_bad_values():
    assert GOOD.keys() == BAD.keys() == SETTINGS.keys()


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, ts in GOOD.items() for t in ts])
def test_a_good_value_is_taken(name, text):
    plan = make_plan(TEXT, strategy="head_then_all", settings={name: text})
    assert plan_from_json(plan.to_json()) == plan


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, ts in BAD.items() for t in ts])
def test_a_bad_value_is_refused_with_the_rule(name, text):
    with pytest.raises(TlguiError, match="setting_invalid") as caught:
        make_plan(TEXT, strategy="head_then_all", settings={name: text})
    detail = caught.value.detail
    assert (detail["name"], detail["value"]) == (name, text)
    assert "invalid literal" not in detail["rule"], "Python's words are no rule"


def test_settings_change_the_gradient_phases_and_leave_the_solved_head_alone():
    settings = {"epochs": "5", "learning_rate": "0.01", "patience": "2", "batch_size": "8"}
    plan = make_plan(LITE0, strategy="head_then_all", settings=settings)
    phase = _gradient_phase(plan)
    assert (phase.epochs, phase.learning_rate, phase.patience) == (5, 0.01, 2)
    assert plan.phases[0] == STRATEGIES["head_then_all"].phases[0]
    assert (plan.batch_size, plan.max_epochs) == (8, 6)


def test_shares_of_any_size_are_brought_to_one():
    split = make_plan(LITE0, settings={"split": "3/1/1"}).split
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    assert shares == pytest.approx((0.6, 0.2, 0.2))


def test_shares_beyond_all_numbers_are_refused():
    with pytest.raises(TlguiError, match="setting_invalid") as caught:
        make_plan(LITE0, settings={"split": "9" * 400 + "/1/1"})
    assert caught.value.detail["rule"] == "the three shares must sum to 1"


def test_a_preset_brings_its_own_rates_and_epochs():
    phase = _gradient_phase(make_plan(TEXT, strategy="head_then_all"))
    assert (phase.learning_rate, phase.weight_decay) == (3e-5, 0.01)
    assert (phase.epochs, phase.patience) == (4, 3)


def test_a_method_without_pretrained_weights_has_nothing_to_fine_tune():
    assert [s.id for s in possible_strategies(PLAIN)] == ["feature_extraction"]
    with pytest.raises(TlguiError, match="strategy_not_possible"):
        make_plan(PLAIN, strategy="head_then_all")


def test_a_plan_records_the_strengths_that_a_method_is_really_solved_with():
    plan = make_plan(PLAIN)
    assert plan.phases[0].l2_strengths == PLAIN.l2_strengths != ()
    assert make_plan(TEXT).phases[0].l2_strengths != PLAIN.l2_strengths


@pytest.mark.parametrize(
    ("preset", "setting"),
    [(LITE0, "sequence_length"), (LITE0, "pooling"), (PLAIN, "sequence_length")],
)
def test_a_setting_that_a_model_does_not_have_is_neither_offered_nor_taken(preset, setting):
    value = {"sequence_length": "64", "pooling": "first_token"}[setting]
    assert setting not in possible_settings(preset, "feature_extraction")
    with pytest.raises(TlguiError, match="setting_invalid"):
        make_plan(preset, settings={setting: value})


def test_a_sequence_longer_than_the_model_can_read_is_refused():
    with pytest.raises(TlguiError, match="512 tokens at most"):
        make_plan(TEXT, settings={"sequence_length": "513"})


def test_pictures_have_no_settings_of_texts_and_solved_heads_none_of_steps():
    assert possible_settings(LITE0, "feature_extraction") == {"group_by", "seed", "split"}
    assert possible_settings(TEXT, "head_then_all") == SETTINGS.keys()
