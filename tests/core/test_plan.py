"""The plan: every setting, its rule, and the way to the disk and back."""

from dataclasses import replace

import pytest

from tests.core.examples import example
from tests.presets import LITE0, PLAIN, TEXT
from tlgui.core.errors import TlguiError
from tlgui.core.plan import Plan, plan_from_json
from tlgui.core.plan_settings import SETTINGS
from tlgui.core.planning import make_plan, possible_settings, possible_strategies
from tlgui.core.strategies import STRATEGIES

# of every setting: what a person may write, and what they may not
GOOD = {
    "adapt": ("0", "2", "10000"),
    "adapt_folder": ("", "/data/more files"),
    "adapter_size": ("1", "4096"),
    "augmentation": ("none", "gentle", "strong", "scans"),
    "batch_size": ("1", "4096", " 8 "),
    "class_balance": ("none", "weights", "sampling"),
    "dropout": ("0", "0.5"),
    "ema": ("0", "0.999"),
    "epochs": ("1", "10000"),
    "ewc": ("0", "1e5"),
    "group_by": ("", "prefix", "prefix:-", "folder", "column:patient"),
    "l2_sp": ("0", "0.01"),
    "label_smoothing": ("0", "0.1"),
    "learning_rate": ("1e-5", "0.5"),
    "lora_rank": ("1", "1024"),
    "lora_targets": ("attention", "all"),
    "mixup": ("0", "0.2"),
    "patience": ("1", "10000"),
    "pooling": ("mean", "first_token", "layer_mixture"),
    "prompt_tokens": ("1", "256"),
    "rate_decay": ("1", "2.6"),
    "replay_folder": ("", "/data/old"),
    "replay_fraction": ("0", "0.25"),
    "schedule": ("constant", "linear", "warmup_cosine", "slanted_triangular", "plateau"),
    "seed": ("0", "2147483647"),
    "sequence_length": ("4", "512"),
    "split": ("60/20/20", "0.5/0.25/0.25", "3/1/1", " 8 / 1 / 1 "),
    "thaw_steps": ("1", "3", "1000"),
    "top_groups": ("1", "2", "1000"),
    "warmup": ("0", "0.5"),
    "weight_decay": ("0", "0.05"),
    "word_dropout": ("0", "0.2"),
}
BAD = {
    "adapt": ("-1", "10001", "some"),
    "adapt_folder": (),
    "adapter_size": ("0", "4097", "wide"),
    "augmentation": ("", "wild"),
    "batch_size": ("0", "4097", "", "2.5", "²", "--5", "many"),
    "class_balance": ("", "fair"),
    "dropout": ("-0.1", "1", "nan", "half"),
    "ema": ("1", "-1", "x"),
    "epochs": ("0", "-1", "10001", "ten"),
    "ewc": ("-1", "inf", "1e7"),
    "group_by": ("prefix:", "column:", "suffix", "folder:x"),
    "l2_sp": ("-1", "nan"),
    "label_smoothing": ("1", "x"),
    "learning_rate": ("0", "1", "-0.1", "nan", "inf", "small"),
    "lora_rank": ("0", "1025", "1.5"),
    "lora_targets": ("", "query"),
    "mixup": ("-0.1", "100", "x"),
    "patience": ("0", "x", "9" * 5000),
    "pooling": ("", "max"),
    "prompt_tokens": ("0", "257"),
    "rate_decay": ("0.9", "1000", "x"),
    "replay_folder": (),
    "replay_fraction": ("1", "-0.1"),
    "schedule": ("", "cosine"),
    "seed": ("-1", "2147483648", "x"),
    "sequence_length": ("3", "513", "100001", "long"),
    "split": ("60/20", "60/20/20/1", "60/40/0", "-60/20/20", "²/1/1", "a/b/c", "", "./1/1"),
    "thaw_steps": ("0", "1001", "all"),
    "top_groups": ("0", "1001", "all"),
    "warmup": ("1", "-0.1"),
    "weight_decay": ("1", "-0.1"),
    "word_dropout": ("1", "x"),
}

# where a setting is not one of ``head_then_all`` on texts
STRATEGY_OF = {
    "adapter_size": "adapters",
    "lora_rank": "lora",
    "lora_targets": "lora",
    "prompt_tokens": "prompt_tuning",
    "rate_decay": "discriminative",
    "thaw_steps": "gradual_unfreezing",
    "top_groups": "top_blocks",
}
OF_PICTURES = frozenset({"augmentation", "mixup"})
TRANSFORMER = replace(TEXT, architecture="transformer")


def _gradient_phase(plan):
    return next(p for p in plan.phases if p.solver == "gradient")


def changed(name, text):
    """Return a plan with one setting, of a strategy and a preset that it fits."""
    preset = LITE0 if name in OF_PICTURES else TRANSFORMER
    strategy = STRATEGY_OF.get(name, "head_then_all")
    assert name in possible_settings(preset, strategy)
    needed = {"replay_folder": "old"} if name == "replay_fraction" and text != "0" else {}
    return make_plan(preset, strategy=strategy, settings={**needed, name: text})


@pytest.mark.parametrize(
    ("preset", "strategy", "varied"),
    [
        (LITE0, "feature_extraction", ["gentle"]),
        (LITE0, "top_blocks", ["none", "gentle"]),
        (LITE0, "nearest_neighbors", []),
        (TRANSFORMER, "feature_extraction", []),
    ],
)
def test_pictures_vary_where_that_teaches_something(preset, strategy, varied):
    assert ("augmentation" in possible_settings(preset, strategy)) == bool(varied)
    if varied:
        plan = make_plan(preset, strategy=strategy, settings={"augmentation": "gentle"})
        assert [phase.regularization.augmentation for phase in plan.phases] == varied


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_makes_a_plan_that_survives_the_disk(strategy):
    preset = LITE0 if strategy != "prompt_tuning" else TRANSFORMER
    plan = make_plan(preset, strategy=strategy, settings={"split": "8/1/1", "seed": "3"})
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
    plan = changed(name, text)
    assert plan_from_json(plan.to_json()) == plan


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_offered_changes_the_plan(name):
    assert len({changed(name, text) for text in GOOD[name]}) > 1


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, ts in BAD.items() for t in ts])
def test_a_bad_value_is_refused_with_the_rule(name, text):
    with pytest.raises(TlguiError, match="setting_invalid") as caught:
        changed(name, text)
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
    solved = possible_settings(LITE0, "feature_extraction")
    of_data = {"adapt", "adapt_folder", "class_balance", "group_by", "seed", "split"}
    assert solved == {"augmentation", *of_data}
    of_counts = of_data - {"adapt", "adapt_folder"}
    assert possible_settings(PLAIN, "feature_extraction") == of_counts
    stepped = possible_settings(TRANSFORMER, "head_then_all")
    assert stepped == SETTINGS.keys() - STRATEGY_OF.keys() - OF_PICTURES
    assert possible_settings(LITE0, "head_then_all") >= OF_PICTURES


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_strategy_has_no_settings_of_what_it_does_not_add(strategy):
    added = {"adapter_size": "adapter", "lora_rank": "low_rank", "prompt_tokens": "prompt"}
    parts = {phase.trains.part for phase in STRATEGIES[strategy].phases}
    offered = possible_settings(TRANSFORMER, strategy)
    assert {part for name, part in added.items() if name in offered} == parts - {
        "all",
        "bias_and_norm",
    }


def test_files_without_labels_come_first_and_can_be_left_out_again():
    settings = {"adapt": "2", "adapt_folder": "/more"}
    plan = make_plan(TRANSFORMER, strategy="head_then_all", settings=settings)
    first = plan.phases[0]
    assert (first.id, first.solver, first.epochs) == ("adapt", "masked_language", 2)
    assert not first.has_labels
    assert plan.adapt_folder == "/more"
    assert make_plan(LITE0, settings={"adapt": "1"}).phases[0].solver == "contrastive"
    again = make_plan(TRANSFORMER, strategy="head_then_all", settings={"adapt": "0"})
    assert again == make_plan(TRANSFORMER, strategy="head_then_all")


def test_rounds_of_a_row_of_thawing_phases_stay_one_each():
    plan = make_plan(LITE0, strategy="gradual_unfreezing", settings={"epochs": "5"})
    assert {phase.epochs for phase in plan.phases if phase.id == "thaw"} == {1}
    assert plan.phases[-1].epochs == 5


def test_weights_that_were_never_pretrained_are_not_adapted():
    plan = make_plan(PLAIN, settings={"adapt": "2"})
    assert all(phase.has_labels for phase in plan.phases)


def test_fewer_steps_thaw_several_groups_at_once_and_still_reach_the_last():
    settings = {"thaw_steps": "3"}
    plan = make_plan(LITE0, strategy="gradual_unfreezing", settings=settings)

    assert [p.trains.num_groups for p in plan.phases] == [0, 2, 5, 8, None]


@pytest.mark.parametrize(
    ("preset", "strategy", "name", "text"),
    [
        (TRANSFORMER, "head_then_all", "augmentation", "strong"),
        (LITE0, "head_then_all", "word_dropout", "0.1"),
        (LITE0, "head_then_all", "lora_rank", "4"),
        (LITE0, "from_scratch", "ewc", "1"),
        (LITE0, "from_scratch", "adapt", "2"),
        (LITE0, "lora", "ewc", "1"),
        (LITE0, "adapters", "l2_sp", "1"),
        (LITE0, "full_fine_tuning", "ewc", "1"),
    ],
)
def test_a_setting_that_would_change_nothing_is_refused(preset, strategy, name, text):
    with pytest.raises(TlguiError, match="setting_invalid") as caught:
        make_plan(preset, strategy=strategy, settings={name: text})
    assert "has no use for it" in caught.value.detail["rule"]


def test_the_only_pooling_of_a_model_may_be_named():
    settings = {"pooling": "mean"}
    assert make_plan(LITE0, strategy="adapters", settings=settings).pooling == "mean"


def test_rounds_are_no_mistake_where_a_strategy_takes_no_steps():
    assert make_plan(LITE0, strategy="feature_extraction", settings={"epochs": "5"}).max_epochs == 1


def test_a_folder_to_be_reminded_of_brings_its_share_and_a_share_needs_a_folder():
    chosen = {"replay_folder": "old"}
    plan = make_plan(LITE0, strategy="head_then_all", settings=chosen)
    assert _gradient_phase(plan).regularization.replay_fraction == 0.25
    more = {**chosen, "replay_fraction": "0.5"}
    for settings in (more, dict(reversed(more.items()))):
        plan = make_plan(LITE0, strategy="head_then_all", settings=settings)
        assert _gradient_phase(plan).regularization.replay_fraction == 0.5
    with pytest.raises(TlguiError, match="setting_invalid"):
        make_plan(LITE0, strategy="head_then_all", settings={"replay_fraction": "0.5"})


def test_a_folder_without_labels_is_read_once_unless_told_otherwise():
    plan = make_plan(LITE0, strategy="head_then_all", settings={"adapt_folder": "more"})
    assert (plan.phases[0].id, plan.phases[0].epochs) == ("adapt", 1)
    settings = {"adapt_folder": "more", "adapt": "3"}
    assert make_plan(LITE0, strategy="head_then_all", settings=settings).phases[0].epochs == 3


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"adapt_folder": "more", "adapt": "0"}, "adapt"),
        ({"replay_folder": "old", "replay_fraction": "0"}, "replay_fraction"),
    ],
)
def test_folder_that_would_not_be_looked_at_is_refused_in_any_order(settings, name):
    for some in (settings, dict(reversed(settings.items()))):
        with pytest.raises(TlguiError, match="setting_invalid") as caught:
            make_plan(LITE0, strategy="head_then_all", settings=some)
        assert caught.value.detail["name"] == name
        assert "looked at" in caught.value.detail["rule"]


def test_folder_that_is_taken_back_brings_nothing():
    plain = make_plan(LITE0, strategy="head_then_all")
    for name in ("adapt_folder", "replay_folder"):
        assert make_plan(LITE0, strategy="head_then_all", settings={name: ""}) == plain


def test_folders_are_no_mistake_where_a_method_has_no_use_for_them():
    plan = make_plan(PLAIN, settings={"adapt_folder": "more", "replay_folder": "old"})
    assert plan.phases == make_plan(PLAIN).phases


def test_batch_of_one_has_no_room_for_an_older_sample():
    settings = {"batch_size": "1", "replay_folder": "old"}
    with pytest.raises(TlguiError, match="setting_invalid") as caught:
        make_plan(LITE0, strategy="head_then_all", settings=settings)
    assert caught.value.detail["name"] == "batch_size"
    settings["batch_size"] = "2"
    assert make_plan(LITE0, strategy="head_then_all", settings=settings).batch_size == 2
