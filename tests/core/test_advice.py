"""Every rung and every rule of the advisor."""

from dataclasses import replace
from itertools import product

import pytest

from tests.presets import CATALOG, LITE0
from tlgui.core.advice import advise
from tlgui.core.costs import MIN_EPOCHS
from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.ladder import (
    FAR,
    FEWEST_PER_CLASS,
    LADDERS,
    LEVELS,
    QUICK,
    RECOMMENDED,
    SIZE_RULES,
    THOROUGH,
)
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.planning import make_plan, possible_strategies

MINILM, GLOVE, COUNTS = (
    CATALOG[name] for name in ("all_minilm_l6_v2_en", "glove_50k_100d_en", "tfidf_linear")
)
LITE1 = CATALOG["efficientnet_lite1_imagenet"]
TEXTS = (MINILM, GLOVE, COUNTS)
FAST = 1e6
RUNGS = ("nearest_neighbors", "feature_extraction", "top_blocks", "head_then_all")


def found(preset, accuracy=0.9, samples_per_s=160.0):
    return PresetFacts(preset=preset.id, samples_per_s=samples_per_s, accuracy=accuracy)


def facts(num_train=480, *presets, **others):
    """Return facts of even classes, of pictures near to what EfficientNet-Lite0 knows."""
    num_classes = others.get("num_classes", 10)
    known = {
        "modality": "image",
        "num_validation": num_train // 3,
        "num_test": num_train // 3,
        "num_classes": num_classes,
        "smallest_class": num_train // num_classes,
        "chance": 1 / num_classes,
        "presets": presets or (found(LITE0),),
    }
    return Facts(num_train=num_train, **{**known, **others})


def texts(*presets, num_train=480, **others):
    return facts(num_train, *presets, **{"modality": "text", "language": "en", **others})


def codes(advice, about):
    return [reason.code for reason in advice.reasons if reason.about == about]


@pytest.mark.parametrize(
    ("num_train", "strategy", "code"),
    [
        (99, "feature_extraction", "size_few"),
        (100, "top_blocks", "size_some"),
        (9_999, "top_blocks", "size_some"),
        (10_000, "head_then_all", "size_many"),
    ],
)
def test_more_samples_let_more_of_the_model_learn(num_train, strategy, code):
    advice = advise(facts(num_train, found(LITE0, samples_per_s=FAST)), [LITE0])
    assert advice.strategy == strategy
    assert codes(advice, "strategy") == [code]


@pytest.mark.parametrize(
    ("num_train", "strategy"),
    [(99, "top_blocks"), (480, "head_then_all"), (20_000, "head_then_all")],
)
def test_what_the_model_knows_little_of_makes_it_learn_more(num_train, strategy):
    far = facts(num_train, found(LITE0, accuracy=0.3, samples_per_s=FAST))
    advice = advise(far, [LITE0])
    assert far.nearness(LITE0.id) < FAR
    assert advice.strategy == strategy
    assert ("far" in codes(advice, "strategy")) == (num_train < 10_000), "else it is no reason"


def test_chance_counts_against_nearness():
    two = facts(480, found(LITE0, accuracy=0.85), num_classes=2)
    many = facts(480, found(LITE0, accuracy=0.85), num_classes=10)
    assert two.nearness(LITE0.id) == pytest.approx(0.7)
    assert many.nearness(LITE0.id) > FAR > two.nearness(LITE0.id)


def test_a_handful_of_samples_does_not_tell_near_from_far():
    handful = facts(49, found(LITE0, accuracy=0.2))
    assert advise(handful, [LITE0]).strategy == "feature_extraction"
    assert advise(replace(handful, num_train=50), [LITE0]).strategy == "top_blocks"


@pytest.mark.parametrize("preset", [LITE0, MINILM, GLOVE, COUNTS], ids=lambda info: info.id)
def test_every_rung_can_be_stood_on(preset):
    possible = {strategy.id for strategy in possible_strategies(preset)}
    assert set(LADDERS[preset.architecture]) <= possible


def test_hardly_any_samples_are_compared_with_the_mean_of_each_kind():
    few = facts(10 * FEWEST_PER_CLASS - 1)
    advice = advise(few, [LITE0])
    assert advice.strategy == "nearest_neighbors"
    assert codes(advice, "strategy") == ["size_few", "fewest"]
    assert advise(facts(10 * FEWEST_PER_CLASS), [LITE0]).strategy == "feature_extraction"


def test_the_slider_walks_along_the_ladder():
    walked = [advise(facts(), [LITE0], level) for level in range(len(LEVELS))]
    assert [advice.strategy for advice in walked] == [
        "feature_extraction",
        "feature_extraction",
        "top_blocks",
        "head_then_all",
        "head_then_all",
    ]
    assert "level_quick" in codes(walked[QUICK], "strategy")
    assert "level_thorough" in codes(walked[THOROUGH], "strategy")
    times = [advice.expected_s for advice in walked]
    assert times == sorted(times)


@pytest.mark.parametrize("num_train", [40, 480, 50_000])
def test_quick_trains_one_layer_and_thorough_everything_however_much_there_is(num_train):
    plenty = facts(num_train, found(LITE0, samples_per_s=FAST))
    assert advise(plenty, [LITE0], QUICK).strategy == "feature_extraction"
    assert advise(plenty, [LITE0], THOROUGH).strategy == "head_then_all"


@pytest.fixture
def all_the_time(monkeypatch):
    """Nothing takes too long."""
    endless = tuple(replace(level, budget_s=float("inf")) for level in LEVELS)
    monkeypatch.setattr("tlgui.core.advice.LEVELS", endless)
    monkeypatch.setattr("tlgui.core.advised_strategy.LEVELS", endless)
    monkeypatch.setattr("tlgui.core.advised_preset.LEVELS", endless)


@pytest.mark.usefixtures("all_the_time")
def test_more_samples_never_make_less_of_the_model_learn():
    for level, accuracy in product(range(len(LEVELS)), (0.1, 0.5, 0.9)):
        preset = found(LITE0, accuracy, FAST)
        sizes = (20, 60, 99, 100, 480, 3_000, 9_999, 10_000, 40_000)
        chosen = [advise(facts(n, preset), [LITE0], level).strategy for n in sizes]
        rungs = [RUNGS.index(strategy) for strategy in chosen]
        assert rungs == sorted(rungs)


@pytest.mark.usefixtures("all_the_time")
def test_nearer_data_never_make_more_of_the_model_learn():
    for level, num_train in product(range(len(LEVELS)), (60, 480, 20_000)):
        chosen = [
            advise(facts(num_train, found(LITE0, accuracy, FAST)), [LITE0], level).strategy
            for accuracy in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
        ]
        rungs = [RUNGS.index(strategy) for strategy in chosen]
        assert rungs == sorted(rungs, reverse=True)


def test_every_recommendation_keeps_to_its_time():
    for level, num_train, pace in product(range(len(LEVELS)), (20, 480, 9_000), (20.0, 160.0)):
        advice = advise(facts(num_train, found(LITE0, 0.9, pace)), [LITE0], level)
        is_least = advice.strategy == "feature_extraction"
        assert advice.expected_s <= LEVELS[level].budget_s or is_least


def test_a_slow_computer_is_told_why_less_is_trained():
    slow = facts(5_000, found(LITE0, samples_per_s=100.0))
    advice = advise(slow, [LITE0])
    assert advice.strategy == "feature_extraction"
    assert codes(advice, "strategy") == ["size_some", "too_slow"]


def test_800_pictures_on_two_cores_are_done_within_6_minutes_whatever_the_strategy():
    measured = facts(480, found(LITE0, samples_per_s=150.0))
    for strategy in possible_strategies(LITE0):
        advice = advise(measured, [LITE0], strategy=strategy.id)
        assert advice.strategy == strategy.id
        assert advice.expected_s <= 360
        assert codes(advice, "strategy") == ["strategy_given"]


@pytest.mark.parametrize(
    ("level", "pace", "num_train", "code"),
    [
        (RECOMMENDED, FAST, 5_000, "epochs_usual"),
        (RECOMMENDED, FAST, 480, "epochs_more"),
        (RECOMMENDED, 30.0, 480, "epochs_cut"),
        (THOROUGH, FAST, 5_000, "epochs_long"),
        (QUICK, FAST, 5_000, "epochs_once"),
    ],
)
def test_epochs_come_with_the_reason_for_their_number(level, pace, num_train, code):
    advice = advise(facts(num_train, found(LITE0, samples_per_s=pace)), [LITE0], level)
    assert codes(advice, "epochs") == [code]
    phases = gradient_phases(advice.plan)
    assert advice.settings == ({"epochs": str(phases[-1].epochs)} if phases else {})
    assert all(phase.epochs >= MIN_EPOCHS for phase in phases)


def test_the_settings_make_the_plan_again():
    advice = advise(facts(), [LITE0])
    again = make_plan(LITE0, strategy=advice.strategy, settings=advice.settings)
    assert again == advice.plan


def test_what_a_person_insists_on_is_kept():
    slow = facts(5_000, found(LITE0, samples_per_s=10.0))
    settings = {"epochs": "50", "batch_size": "8"}
    advice = advise(slow, [LITE0], strategy="full_fine_tuning", settings=settings)
    assert advice.settings == settings
    assert (advice.plan.batch_size, advice.plan.phases[0].epochs) == (8, 50)
    assert codes(advice, "epochs") == ["epochs_given"]
    assert advice.expected_s > LEVELS[RECOMMENDED].budget_s, "and costs what it costs"


def test_own_settings_leave_the_epochs_to_the_advisor():
    advice = advise(facts(), [LITE0], settings={"batch_size": "8"})
    assert advice.settings.keys() == {"batch_size", "epochs"}
    assert advice.plan.batch_size == 8


def test_unknown_wishes_are_refused():
    with pytest.raises(TlguiError, match="strategy_unknown"):
        advise(facts(), [LITE0], strategy="hope")
    with pytest.raises(TlguiError, match="setting_unknown"):
        advise(facts(), [LITE0], settings={"volume": "11"})
    counted = texts(found(COUNTS, None))
    with pytest.raises(TlguiError, match="strategy_not_possible"):
        advise(counted, [COUNTS], strategy="top_blocks")
    with pytest.raises(TlguiError, match="preset_unknown"):
        facts().of_preset("nobody")


def test_texts_get_the_sentence_encoder_and_pictures_their_usual_model():
    known = texts(found(MINILM), found(GLOVE, 0.85, 3000.0), found(COUNTS, None, 2000.0))
    assert advise(known, TEXTS).preset == MINILM.id
    assert advise(facts(), [LITE0]).preset == LITE0.id
    assert codes(advise(known, TEXTS), "model") == ["model_usual"]


def test_a_language_that_no_model_has_read_is_left_to_the_words_themselves():
    german = texts(found(MINILM), found(COUNTS, None, 2000.0), language="de")
    advice = advise(german, TEXTS)
    assert (advice.preset, advice.strategy) == (COUNTS.id, "feature_extraction")
    assert codes(advice, "model") == ["model_language"]
    assert codes(advice, "strategy") == ["nothing_to_adapt"]
    assert advise(german, [MINILM]).preset == MINILM.id, "it is the only one"


def test_texts_of_an_open_language_get_the_usual_model():
    assert advise(texts(found(MINILM), found(COUNTS, None), language=""), TEXTS).preset == MINILM.id


def test_a_model_that_is_clearly_nearer_goes_before_the_usual_one():
    lite1 = replace(LITE1, id="another")
    near, like = (facts(480, found(LITE0, 0.6), found(lite1, a)) for a in (0.8, 0.65))
    advice = advise(near, [LITE0, lite1])
    assert (advice.preset, codes(advice, "model")) == ("another", ["model_nearer"])
    assert advise(like, [LITE0, lite1]).preset == LITE0.id


def test_a_model_that_is_too_slow_for_a_quick_result_gives_way():
    long = texts(found(MINILM, 0.9, 20.0), found(GLOVE, 0.8, 3000.0), num_train=5_000)
    assert advise(long, TEXTS, QUICK).preset == GLOVE.id
    assert advise(long, TEXTS, THOROUGH).preset == MINILM.id
    slow = texts(found(MINILM, 0.9, 0.2), found(GLOVE, 0.8, 0.3), num_train=5_000)
    advice = advise(slow, TEXTS)
    assert (advice.preset, codes(advice, "model")) == (GLOVE.id, ["model_fast"])


def test_a_strategy_decides_which_models_there_are():
    known = texts(found(GLOVE, 0.95, 3000.0), found(MINILM, 0.7), found(COUNTS, None))
    assert advise(known, TEXTS, strategy="prompt_tuning").preset == MINILM.id


def test_a_model_that_nobody_looked_at_is_not_recommended():
    assert advise(facts(480, found(LITE0)), [LITE1, LITE0]).preset == LITE0.id
    with pytest.raises(TlguiError, match="preset_unknown"):
        advise(facts(480, found(LITE0)), [LITE1])


def test_word_vectors_have_no_upper_blocks():
    known = texts(found(GLOVE, 0.9, 3000.0))
    assert advise(known, [GLOVE]).strategy == "head_then_all"


def test_a_rare_kind_is_pointed_out():
    assert codes(advise(facts(smallest_class=5), [LITE0]), "balance") == ["unequal"]
    assert codes(advise(facts(), [LITE0]), "balance") == []


def test_transformers_learn_in_small_steps():
    # Devlin et al. 2019, arXiv:1810.04805, appendix A.3; Sun et al. 2019, arXiv:1905.05583;
    # Clark et al. 2020, arXiv:2003.10555, table 7 (ELECTRA takes larger ones)
    found_any = [p for p in CATALOG.values() if p.architecture == "transformer"]
    assert found_any
    for preset in found_any:
        phases = gradient_phases(make_plan(preset, strategy="head_then_all"))
        assert all(1e-5 <= phase.learning_rate <= 1e-4 for phase in phases)


def test_every_rule_about_size_says_where_it_comes_from():
    assert all("arXiv:" in rule.source for rule in SIZE_RULES)
    assert SIZE_RULES[-1].below == float("inf"), "there is a rule for any number of samples"


@pytest.mark.parametrize(("mixture", "pooling"), [(0.92, "layer_mixture"), (0.90, "mean")])
def test_layers_are_mixed_where_they_tell_the_kinds_apart_better(mixture, pooling):
    known = texts(replace(found(MINILM, 0.9, 330.0), mixture_accuracy=mixture))
    advice = advise(known, [MINILM])
    assert advice.plan.pooling == pooling
    assert ("pooling_mixture" in codes(advice, "model")) == (pooling == "layer_mixture")


def test_a_pooling_that_a_person_insists_on_stays():
    known = texts(replace(found(MINILM, 0.5, 330.0), mixture_accuracy=0.9))
    assert advise(known, [MINILM], settings={"pooling": "mean"}).plan.pooling == "mean"


@pytest.mark.parametrize("strategy", [s.id for s in possible_strategies(LITE0)])
@pytest.mark.parametrize("samples_per_s", [5.0, 40.0, 160.0])
def test_a_command_line_can_repeat_what_is_advised(strategy, samples_per_s):
    known = facts(480, found(LITE0, samples_per_s=samples_per_s))
    advice = advise(known, [LITE0], strategy=strategy)
    assert advice.plan == make_plan(LITE0, strategy=strategy, settings=advice.settings)


@pytest.mark.parametrize("num_train", [40, 480, 5_000])
@pytest.mark.parametrize("preset", [COUNTS, GLOVE, MINILM, LITE0], ids=lambda info: info.id)
def test_a_level_is_a_reason_only_where_it_changes_something(preset, num_train):
    known = facts(num_train, found(preset, 0.9, FAST), modality=preset.task)
    usual = advise(known, [preset]).strategy
    for level in range(len(LEVELS)):
        advice = advise(known, [preset], level)
        told = {"level_quick", "level_thorough"} & set(codes(advice, "strategy"))
        assert bool(told) == (advice.strategy != usual)


def test_word_vectors_are_not_said_to_have_blocks():
    known = texts(found(GLOVE, 0.9, 3000.0), num_train=500)
    assert codes(advise(known, [GLOVE]), "strategy") == ["size_words"]
    far = texts(found(GLOVE, 0.3, 3000.0), num_train=500)
    assert codes(advise(far, [GLOVE]), "strategy") == ["size_words"], "all learns anyway"
    few = texts(found(GLOVE, 0.9, 3000.0), num_train=60)
    assert codes(advise(few, [GLOVE]), "strategy") == ["size_few"]


@pytest.mark.parametrize("level", range(len(LEVELS)))
@pytest.mark.parametrize(
    ("settings", "strategy"),
    [
        ({"rate_decay": "2"}, "gradual_unfreezing"),
        ({"lora_rank": "8"}, "lora"),
        ({"lora_rank": "8", "batch_size": "8"}, "lora"),
        ({"adapter_size": "8"}, "adapters"),
        ({"thaw_steps": "2"}, "gradual_unfreezing"),
        ({"top_groups": "2"}, "top_blocks"),
    ],
)
def test_settings_choose_a_strategy_that_has_a_use_for_them(settings, strategy, level):
    advice = advise(facts(), [LITE0], level, settings=settings)
    assert advice.strategy == strategy
    assert settings.items() <= advice.settings.items()
    assert codes(advice, "strategy") == ["strategy_of_settings"]


def test_settings_choose_a_model_that_has_a_use_for_them():
    known = texts(found(GLOVE, 0.95, 3000.0), found(MINILM, 0.7), found(COUNTS, None))
    advice = advise(known, TEXTS, settings={"prompt_tokens": "4"})
    assert (advice.preset, advice.strategy) == (MINILM.id, "prompt_tuning")


@pytest.mark.parametrize(
    "settings", [{"lora_rank": "8", "rate_decay": "2"}, {"word_dropout": "0.1"}]
)
@pytest.mark.parametrize("num_train", [50, 480])
def test_settings_that_fit_no_strategy_are_refused(settings, num_train):
    with pytest.raises(TlguiError, match="setting_invalid"):
        advise(facts(num_train), [LITE0], settings=settings)


def test_settings_of_any_step_leave_the_choice_to_the_slider():
    settings = {"batch_size": "8", "epochs": "5", "l2_sp": "0.1"}
    for level in range(len(LEVELS)):
        usual = advise(facts(480, found(LITE0, samples_per_s=FAST)), [LITE0], level)
        own = advise(
            facts(480, found(LITE0, samples_per_s=FAST)), [LITE0], level, settings=settings
        )
        assert own.strategy == usual.strategy


def test_a_long_adaptation_takes_no_epochs_from_what_follows_and_is_told():
    usual, adapted = (advise(facts(), [LITE0], settings=s) for s in ({}, {"adapt": "50"}))
    assert adapted.strategy == usual.strategy
    assert adapted.settings["epochs"] == usual.settings["epochs"]
    assert codes(adapted, "epochs") == [*codes(usual, "epochs"), "unlabeled_added"]
    [added] = [r.detail["added_s"] for r in adapted.reasons if r.code == "unlabeled_added"]
    assert added > LEVELS[RECOMMENDED].budget_s
    assert adapted.expected_s == pytest.approx(usual.expected_s + added)


def test_files_that_nobody_counted_are_told():
    advice = advise(facts(), [LITE0], settings={"adapt_folder": "/more"})
    assert codes(advice, "epochs")[-2:] == ["unlabeled_added", "unlabeled_uncounted"]


def test_a_time_that_cannot_be_kept_is_not_said_to_be_kept():
    slow = facts(5_000, found(LITE0, samples_per_s=10.0))
    advice = advise(slow, [LITE0], strategy="full_fine_tuning")
    assert codes(advice, "epochs") == ["epochs_fewest"]
    assert advice.expected_s > LEVELS[RECOMMENDED].budget_s


def test_a_longer_text_makes_less_of_the_model_learn_where_time_is_short():
    long = texts(found(MINILM, 0.9, 70.0), num_tokens=(1_000,) * 101, num_train=1_000)
    usual, longer = (advise(long, [MINILM], settings=s) for s in ({}, {"sequence_length": "512"}))
    assert (usual.strategy, longer.strategy) == ("top_blocks", "feature_extraction")
    assert longer.expected_s > 0
