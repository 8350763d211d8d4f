"""One battery for every strategy on every kind of network: what it promises is what it does."""

import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest

from tlgui.core.events import EpochEnded, PhaseStarted, StepEnded
from tlgui.core.run_folder import RunFolder
from tlgui.core.strategies import STRATEGIES
from tlgui.engine.channel import Channel
from tlgui.engine.models.checkpoints import load_latest
from tlgui.engine.models.linear_head import head_of
from tlgui.engine.models.trained_model import build_network
from tlgui.engine.results.export import export_run
from tlgui.engine.training.phases import apply_phase, count_weights
from tlgui.engine.training.train import train

# one of each kind, with the batch size that gives it several steps
PRESETS = {
    "tiny_text": "transformer",
    "tiny": "convolutional",
    "tiny_vit": "transformer",
    "tiny_vectors": "embedding",
}
PAIRS = [
    (strategy.id, preset)
    for strategy in STRATEGIES.values()
    for preset, architecture in PRESETS.items()
    if architecture in strategy.architectures
]
# every strategy with one kind of network and every kind with several strategies; the whole
# product is run with -m slow
QUICK = {
    (strategy, possible[number % len(possible)])
    for number, strategy in enumerate(STRATEGIES)
    for possible in [[p for s, p in PAIRS if s == strategy]]
}


# whose exports differ from those that tests/engine/results try
EXPORTED_OTHERWISE = {"nearest_neighbors", "lora", "adapters", "prompt_tuning", "from_scratch"}
# layers of our own, which a fresh Keras has to know; others are tried in a format that opens faster
OWN_LAYERS = {"adapters", "prompt_tuning"}


# what a resume has to bring back differs; the others are paused in test_gradient_phase.py
PAUSED_OTHERWISE = {"gradual_unfreezing", "discriminative", "lora", "prompt_tuning", "from_scratch"}


def battery(pairs, quick=QUICK):
    return pytest.mark.parametrize(
        ("strategy", "preset"),
        [pytest.param(*p, marks=() if p in quick else pytest.mark.slow) for p in pairs],
    )


def gradient_pairs():
    return [(s, p) for s, p in PAIRS if STRATEGIES[s].needs_gradients]


def choices(strategy, preset):
    own = {"batch_size": "8", "epochs": "1", "patience": "1", "learning_rate": "0.01"}
    return {"strategy": strategy, "preset": preset, **own}


@pytest.fixture
def source(request):
    """Return a function that gives the data of a preset's kind; shared, not to be changed."""
    return lambda preset: request.getfixturevalue(
        "shared_texts" if preset in ("tiny_text", "tiny_vectors") else "shared_pictures"
    )


@pytest.fixture
def trained(trained_once, source):
    """Return a function that gives a finished run; shared, see ``trained_once``."""

    def find(strategy, preset) -> RunFolder:
        return trained_once(source(preset), **choices(strategy, preset))

    return find


def values(variables):
    return {v.path: keras.ops.convert_to_numpy(v) for v in variables}


def fresh_network(run, library):
    """Return a run's network as it was before anything was learned."""
    plan = run.read_plan()
    keras.utils.clear_session()
    keras.utils.set_random_seed(plan.seed)
    classes = run.read_dataset().classes
    return build_network(library.folder(plan.preset), plan, len(classes))


def phases_started(run):
    return [event for event in run.events() if isinstance(event, PhaseStarted)]


@battery(gradient_pairs())
def test_only_what_is_announced_learns_and_all_else_is_as_it_came(
    strategy, preset, trained, tiny_library
):
    run = trained(strategy, preset)
    model = fresh_network(run, tiny_library)
    before = values(model.variables)

    phase = run.read_plan().phases[-1]
    learning = apply_phase(phase, model, 1)
    after = load_latest(run.checkpoints).tensors

    announced = phases_started(run)[-1]
    assert announced.trained_groups == learning.trained_groups
    assert announced.num_trained == count_weights(learning.variables)
    assert announced.num_parameters == count_weights(model.weights)
    may_change = {v.path for v in learning.variables} | {
        path for path in before if "seed_generator" in path
    }
    if phase.train_batch_norm:
        may_change |= {p for p in before if p.endswith(("moving_mean", "moving_variance"))}
    changed = {path for path in before if not np.array_equal(before[path], after[path])}
    assert changed <= may_change
    learned = {v.path for v in learning.variables}
    assert learned - changed <= {p for p in learned if p.endswith("/key/bias")}


@battery(gradient_pairs())
def test_every_group_learns_at_the_rate_that_is_announced(strategy, preset, trained, tiny_library):
    run = trained(strategy, preset)
    plan = run.read_plan()
    model = fresh_network(run, tiny_library)
    phase = replace(plan.phases[-1], schedule="constant")
    learning = apply_phase(phase, model, 1)

    shares = [phase.learning_rate / rate for rate in learning.learning_rates]
    first_frozen = (
        learning.trained_groups[::-1].index(False)
        if not all(learning.trained_groups)
        else len(learning.trained_groups)
    )
    if phase.trains.part == "all":
        expected = [phase.rate_decay_per_group**k for k in range(first_frozen)]
        assert shares == pytest.approx(expected)
    ended = [e for e in run.events() if isinstance(e, EpochEnded) and e.learning_rates][-1]
    assert len(ended.learning_rates) == sum(learning.trained_groups)


@battery(gradient_pairs(), {pair for pair in QUICK if pair[0] in PAUSED_OTHERWISE})
def test_a_pause_costs_nothing_to_the_last_bit(
    strategy, preset, trained, make_run, source, tiny_library
):
    undisturbed = trained(strategy, preset)
    run = make_run(source=source(preset), **choices(strategy, preset))
    last = max(e.epoch for e in undisturbed.events() if isinstance(e, EpochEnded))
    ticks = itertools.count().__next__  # time flies, so that every step is told

    def listener(event):
        if isinstance(event, StepEnded) and (event.epoch, event.step) == (last, 1):
            channel.request = "pause"

    channel = Channel(run.path, [listener], ticks=ticks)
    train(run, tiny_library, channel, requested_s=0.0)
    assert load_latest(run.checkpoints).position.step == 1
    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    actual, expected = load_latest(run.checkpoints), load_latest(undisturbed.checkpoints)
    assert actual.position == expected.position
    assert actual.tensors.keys() == expected.tensors.keys()
    for path, tensor in expected.tensors.items():
        np.testing.assert_array_equal(actual.tensors[path], tensor, err_msg=path)


@battery(PAIRS, {pair for pair in QUICK if pair[0] in EXPORTED_OTHERWISE})
def test_the_exported_model_answers_the_same_without_tlgui(
    strategy, preset, trained, tiny_library, tmp_path
):
    run = trained(strategy, preset)
    heard, form = [], "keras" if strategy in OWN_LAYERS else "onnx"
    export_run(run, tiny_library, form, tmp_path / "bundle", Channel(None, [heard.append]))

    assert heard[-1].label_agreement == 1
    assert heard[-1].max_probability_difference < 1e-3


@battery([p for p in PAIRS if p[0] == "nearest_neighbors"])
def test_nearest_means_are_a_head_and_nothing_else(strategy, preset, trained):
    assert head_of(load_latest(trained(strategy, preset).checkpoints).tensors) is not None
