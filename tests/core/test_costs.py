"""What a plan costs, and how it is made to fit."""

from dataclasses import replace

import pytest

from tests.presets import CATALOG, LITE0
from tlgui.core.costs import (
    Work,
    budgeted_seconds,
    epoch_seconds,
    expected_memory_bytes,
    expected_seconds,
    samples_at_once,
    trained_share,
    trained_weights,
)
from tlgui.core.phase import ALL, HEAD, Selection, num_variants
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
        (LITE0, "feature_extraction", WORK, None, 7),
        (LITE0, "head_then_all", WORK, "3", 60),
        (LITE0, "from_scratch", WORK, "8", 265),
        (LITE0, "top_blocks", replace(WORK, num_test=500), "14", 96),
        (MINILM, "head_then_all", replace(WORK, samples_per_s=330.0, num_classes=2), "3", 59),
        (MINILM, "head_then_all", replace(WORK, samples_per_s=100.0, num_classes=8), "2", 90),
        (GLOVE, "head_then_all", replace(WORK, samples_per_s=4000.0, num_classes=2), "8", 17),
    ],
    ids=["head", "pictures", "from scratch", "top", "short texts", "long texts", "word vectors"],
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


@pytest.mark.parametrize("name", ["augmentation=gentle", "mixup=0.2"])
def test_what_is_frozen_costs_once_unless_pictures_vary(name):
    setting, value = name.split("=")
    usual, varied = (
        seconds(LITE0, "top_blocks", epochs="10", **settings) for settings in ({}, {setting: value})
    )
    assert varied > 1.4 * usual


def test_a_head_that_sees_variants_costs_a_look_at_each():
    usual, varied = (
        seconds(LITE0, "feature_extraction", **s) for s in ({}, {"augmentation": "gentle"})
    )
    assert varied > usual + 4 * WORK.num_train / WORK.samples_per_s


@pytest.mark.parametrize(
    ("num_train", "variants"), [(0, 4), (20_000, 4), (30_000, 2), (50_000, 1), (1_000_000, 1)]
)
def test_many_pictures_are_varied_less_so_that_memory_holds_them(num_train, variants):
    assert num_variants(num_train) == variants


def test_memory_of_varying_pictures_is_that_of_keras():
    plain, varied = (
        expected_memory_bytes(make_plan(LITE0, settings=s), LITE0)
        for s in ({}, {"augmentation": "gentle"})
    )
    assert varied > 2 * plain


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


def replaying(fraction):
    settings = {"replay_folder": "/older", "replay_fraction": fraction}
    return make_plan(LITE0, strategy="head_then_all", settings=settings)


def test_reminding_of_older_samples_takes_more_and_full_steps():
    usual = make_plan(LITE0, strategy="head_then_all")
    alone = epoch_seconds(usual.phases[1], usual, LITE0, WORK)
    half = replaying("0.5")  # as many older ones as new ones
    reminded = epoch_seconds(half.phases[1], half, LITE0, WORK)
    assert reminded > 1.5 * alone
    judged = replace(WORK, num_validation=0)
    learned = epoch_seconds(half.phases[1], half, LITE0, judged)
    assert learned == pytest.approx(
        epoch_seconds(usual.phases[1], usual, LITE0, replace(judged, num_train=960))
    )


def test_however_few_older_samples_there_is_one_in_every_batch():
    few, usual = replaying("0.001"), make_plan(LITE0, strategy="head_then_all")
    times = [epoch_seconds(plan.phases[1], plan, LITE0, WORK) for plan in (usual, few)]
    assert times[0] < times[1] < 1.1 * times[0]


def test_a_share_of_older_samples_leaves_room_for_new_ones():
    nearly_all = replaying("0.999")
    assert epoch_seconds(nearly_all.phases[1], nearly_all, LITE0, WORK) > 0


@pytest.mark.parametrize(
    ("num_tokens", "length", "factor"),
    [
        ((20,) * 101, "256", 1.0),
        ((1_000,) * 101, "256", 2.0),
        ((1_000,) * 101, "64", 0.5),
        ((64,) * 50 + (192,) * 50, "512", 4 / 3),
        ((), "256", 2.0),
        ((), "128", 1.0),
    ],
    ids=["short texts", "long texts", "cut short", "mixed", "never counted", "as usual"],
)
def test_texts_cost_as_much_as_is_read_of_them(num_tokens, length, factor):
    work = replace(WORK, num_tokens=num_tokens)
    plan = make_plan(MINILM, settings={"sequence_length": length})
    assert work.pace(plan, MINILM) == pytest.approx(WORK.samples_per_s / factor)
    usual = make_plan(MINILM)
    longer, as_usual = (expected_seconds(p, MINILM, work) for p in (plan, usual))
    assert (longer > as_usual) == (factor > 1)
    assert (longer < as_usual) == (factor < 1)


def test_a_phase_costs_what_it_reads_too():
    settings = {"sequence_length": "256"}
    plan = make_plan(MINILM, strategy="head_then_all", settings=settings)
    usual = make_plan(MINILM, strategy="head_then_all")
    times = [epoch_seconds(p.phases[1], p, MINILM, WORK) for p in (usual, plan)]
    assert times[1] > 1.5 * times[0]


def needed_bytes(preset=LITE0, **settings):
    return expected_memory_bytes(
        make_plan(preset, strategy="head_then_all", settings=settings), preset
    )


def test_two_views_of_each_picture_fill_twice_the_memory():
    batch = needed_bytes(batch_size="64") - needed_bytes(batch_size="32")
    views = needed_bytes(adapt="1") - needed_bytes()
    assert views == pytest.approx(batch, rel=0.01)


@pytest.mark.parametrize(("setting", "copies"), [("ema", 1), ("l2_sp", 1), ("ewc", 2)])
def test_what_is_kept_beside_the_weights_needs_memory(setting, copies):
    plain = {"ema": "0"}
    more = needed_bytes(**{**plain, setting: "0.5"}) - needed_bytes(**plain)
    assert more == pytest.approx(copies * 4 * LITE0.num_parameters, rel=0.01)


def test_no_budget_bounds_what_is_learned_without_labels():
    adapted = make_plan(LITE0, strategy="head_then_all", settings={"adapt": "50"})
    usual = make_plan(LITE0, strategy="head_then_all")
    assert budgeted_seconds(adapted, LITE0, WORK) == expected_seconds(usual, LITE0, WORK)
    assert expected_seconds(adapted, LITE0, WORK) > budgeted_seconds(adapted, LITE0, WORK) + 500


def test_an_adapted_backbone_is_slower_where_the_head_is_solved():
    slow = replace(WORK, samples_per_s=1.0)
    adapted = make_plan(LITE0, settings={"adapt": "1"})
    epoch_s = epoch_seconds(adapted.phases[0], adapted, LITE0, slow)
    rest_s = expected_seconds(adapted, LITE0, slow) - epoch_s
    assert rest_s > 2 * (slow.num_train + slow.num_validation)


@pytest.mark.parametrize(
    ("free", "at_once"),
    [(0, 1), (0.3e9, 1), (1.3e9, 22), (2e9, 32), (float("inf"), 32)],
)
def test_as_much_of_a_batch_is_computed_together_as_memory_holds(free, at_once):
    plan = make_plan(LITE0, strategy="full_fine_tuning")
    found = samples_at_once(plan.phases[-1], plan, LITE0, free)
    assert found == pytest.approx(at_once, abs=2)
    assert 1 <= found <= plan.batch_size


def test_word_vectors_need_no_memory_for_a_batch():
    plan = make_plan(GLOVE, strategy="full_fine_tuning")
    assert samples_at_once(plan.phases[-1], plan, GLOVE, 0) == plan.batch_size
