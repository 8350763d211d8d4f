"""What a plan costs, and how it is made to fit."""

from dataclasses import replace
from itertools import product

import pytest

from tests.presets import CATALOG, LITE0
from tlgui.core.costs import (
    MIN_EPOCHS,
    Work,
    epoch_seconds,
    expected_memory_bytes,
    expected_seconds,
    trained_share,
    trained_weights,
    with_budget,
)
from tlgui.core.phase import ALL, HEAD, Selection
from tlgui.core.planning import make_plan, possible_strategies

MINILM, GLOVE = CATALOG["all_minilm_l6_v2_en"], CATALOG["glove_50k_100d_en"]
WORK = Work(num_train=480, num_validation=160, num_test=160, num_classes=10, samples_per_s=160.0)
KINDS = (LITE0, MINILM, GLOVE, CATALOG["tfidf_linear"])  # one of each architecture
POSSIBLE = [(preset, s.id) for preset in KINDS for s in possible_strategies(preset)]
EVERY = pytest.mark.parametrize(("preset", "strategy"), POSSIBLE, ids=lambda x: getattr(x, "id", x))


def seconds(preset, strategy, work=WORK, **settings):
    return expected_seconds(make_plan(preset, strategy=strategy, settings=settings), preset, work)


@pytest.mark.parametrize(
    ("preset", "strategy", "work", "epochs", "measured_s"),
    [
        (LITE0, "feature_extraction", WORK, None, 13),
        (LITE0, "head_then_all", WORK, "3", 60),
        (MINILM, "head_then_all", replace(WORK, samples_per_s=330.0, num_classes=2), "3", 59),
        (MINILM, "head_then_all", replace(WORK, samples_per_s=100.0, num_classes=8), "2", 90),
        (GLOVE, "head_then_all", replace(WORK, samples_per_s=4000.0, num_classes=2), "8", 17),
    ],
    ids=["head", "pictures", "short texts", "long texts", "word vectors"],
)
def test_the_time_that_is_announced_is_about_the_time_it_took(
    preset, strategy, work, epochs, measured_s
):
    settings = {"epochs": epochs} if epochs else {}
    assert measured_s / 2 < seconds(preset, strategy, work, **settings) < measured_s * 2


@EVERY
def test_more_samples_or_a_slower_computer_cost_more(preset, strategy):
    usual = seconds(preset, strategy)
    assert seconds(preset, strategy, replace(WORK, num_train=4800)) > usual
    assert seconds(preset, strategy, replace(WORK, num_validation=1600)) > usual
    assert seconds(preset, strategy, replace(WORK, num_test=1600)) > usual
    assert seconds(preset, strategy, replace(WORK, samples_per_s=16.0)) > 2 * usual


def test_thawing_more_of_a_model_costs_more():
    order = ["feature_extraction", "top_blocks", "head_then_all", "gradual_unfreezing"]
    for preset in (LITE0, MINILM):
        costs = [seconds(preset, strategy) for strategy in order]
        assert costs == sorted(set(costs))


def test_added_weights_are_cheaper_than_all_and_still_need_the_whole_network():
    for strategy in ("lora", "adapters", "bias_and_norm"):
        assert seconds(LITE0, "feature_extraction") < seconds(LITE0, strategy)
        assert seconds(LITE0, strategy) < seconds(LITE0, "head_then_all")


def test_two_views_of_each_picture_cost_twice_and_judge_nothing():
    phase = make_plan(LITE0, strategy="head_then_all").phases[1]
    plan = make_plan(LITE0)
    no_judging = replace(WORK, num_validation=0)
    pair = epoch_seconds(replace(phase, solver="contrastive"), plan, LITE0, WORK)
    assert pair == pytest.approx(2 * epoch_seconds(phase, plan, LITE0, no_judging), rel=0.1)


@EVERY
def test_memory_is_more_than_the_weights_and_less_than_a_small_computer_has(preset, strategy):
    needed = expected_memory_bytes(make_plan(preset, strategy=strategy), preset)
    assert preset.num_bytes < needed < 8_000_000_000


@pytest.mark.parametrize(
    ("preset", "measured_bytes"), [(LITE0, 2.6e9), (MINILM, 3.9e9), (GLOVE, 1.05e9)]
)
def test_memory_of_adapting_everything_is_about_what_it_took(preset, measured_bytes):
    needed = expected_memory_bytes(make_plan(preset, strategy="head_then_all"), preset)
    assert needed == pytest.approx(measured_bytes, rel=0.3)


def test_smaller_batches_and_fewer_thawed_blocks_need_less_memory():
    def needed(strategy, **settings):
        return expected_memory_bytes(make_plan(LITE0, strategy=strategy, settings=settings), LITE0)

    assert needed("head_then_all", batch_size="8") < needed("head_then_all")
    assert needed("feature_extraction") < needed("top_blocks") < needed("head_then_all")


@EVERY
def test_a_share_is_one_of_the_whole(preset, strategy):
    assert 0 <= trained_share(make_plan(preset, strategy=strategy), preset) <= 1


def test_a_share_grows_with_what_is_thawed():
    shares = [
        trained_share(make_plan(MINILM, strategy=s), MINILM)
        for s in ("feature_extraction", "bias_and_norm", "top_blocks", "head_then_all")
    ]
    assert shares == sorted(set(shares))
    assert (shares[0], shares[-1]) == (0, 1)


def test_groups_that_nobody_counted_count_as_equal():
    uncounted = replace(LITE0, weights=type(LITE0.weights)())
    third = Selection(num_groups=3)
    assert trained_weights(third, uncounted) == pytest.approx(LITE0.num_parameters / 3, rel=1e-4)
    assert trained_weights(HEAD, uncounted) == 0
    assert trained_weights(ALL, LITE0) == LITE0.num_parameters


def test_weights_that_are_added_are_counted_by_their_size():
    counts = replace(
        MINILM.weights, low_rank=30, low_rank_attention=7, adapter=20, adapter_fixed=5, prompt=11
    )
    preset = replace(MINILM, weights=counts)

    def added(**selection):
        return trained_weights(Selection(num_groups=None, **selection), preset)

    assert added(part="low_rank", size=4) == 120
    assert added(part="low_rank", size=4, targets="attention") == 28
    assert added(part="adapter", size=2) == 45
    assert added(part="prompt", size=3) == 33
    assert added(part="bias_and_norm") == counts.bias_and_norm


def test_without_attention_every_matrix_gets_its_low_rank_ones():
    preset = replace(LITE0, weights=replace(LITE0.weights, low_rank=30))
    wanted = Selection(num_groups=None, part="low_rank", size=4, targets="attention")
    assert trained_weights(wanted, preset) == 120


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


def test_phases_without_labels_are_as_long_as_a_person_asked_for():
    settings = {"adapt": "50"}
    plan = make_plan(LITE0, strategy="top_blocks", settings=settings)
    fitting = with_budget(plan, LITE0, WORK, 60.0)
    assert [p.epochs for p in fitting.phases] == [50, 1, MIN_EPOCHS]
