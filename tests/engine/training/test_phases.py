"""Only what a phase announces may change."""

import keras
import numpy as np
import pytest

from tests.engine.conftest import TINY
from tests.engine.tiny_text import TINY_BERT
from tlgui.core.strategies import ALL, HEAD, Phase, Selection
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.training.phases import apply_phase, count_weights
from tlgui.engine.training.schedules import learning_rate_schedule


@pytest.fixture
def model():
    return build_classifier(build_backbone(TINY), 3)


def changed_by_a_step(model):
    before = {v.path: keras.ops.convert_to_numpy(v) for v in model.variables}
    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    model.train_on_batch(pixels, np.arange(8) % 3)
    return {
        path
        for path, value in before.items()
        if not np.array_equal(
            value, {v.path: keras.ops.convert_to_numpy(v) for v in model.variables}[path]
        )
    }


def test_head_alone_learns_and_the_pretrained_model_stays(model):
    trained = apply_phase(Phase(id="head", trains=HEAD, learning_rate=0.1), model, 1)

    assert trained == (False, False, False, False, True)
    assert changed_by_a_step(model) == {"head/kernel", "head/bias"}


def test_frozen_batch_norm_keeps_statistics_and_scales(model):
    apply_phase(Phase(id="all", trains=ALL, learning_rate=0.1), model, 1)

    changed = changed_by_a_step(model)

    assert "stem_conv/kernel" in changed
    assert not any("_bn/" in path for path in changed)


def test_batch_norm_learns_where_the_phase_says_so(model):
    phase = Phase(id="all", trains=ALL, learning_rate=0.1, train_batch_norm=True)
    apply_phase(phase, model, 1)

    assert {"top_bn/gamma", "top_bn/moving_mean"} <= changed_by_a_step(model)


def test_thawed_groups_are_the_ones_next_to_the_head(model):
    phase = Phase(id="top", trains=Selection(num_groups=1), learning_rate=0.1)
    apply_phase(phase, model, 1)

    assert changed_by_a_step(model) == {"head/kernel", "head/bias", "top_conv/kernel"}


def test_count_of_learning_weights_is_the_number_of_scalars(model):
    apply_phase(Phase(id="head", trains=HEAD, learning_rate=0.1), model, 1)

    assert count_weights(model.trainable_variables) == 24 * 3 + 3


def decayed_without_a_gradient(model):
    """Return by what every variable that learns is multiplied in a step without gradients."""
    for variable in model.trainable_variables:
        variable.assign(keras.ops.ones_like(variable))
    nothing = [keras.ops.zeros_like(variable) for variable in model.trainable_variables]
    model.optimizer.apply(nothing, model.trainable_variables)
    return {v.path: keras.ops.convert_to_numpy(v) for v in model.trainable_variables}


@pytest.mark.parametrize("family", ["text", "image"])
def test_weights_decay_but_no_bias_no_scale_and_no_share_of_a_layer(family):
    phase = Phase(id="all", trains=ALL, learning_rate=0.1, weight_decay=0.5, train_batch_norm=True)
    if family == "text":
        model = build_classifier(build_backbone(TINY_BERT), 3, "layer_mixture")
    else:
        model = build_classifier(build_backbone(TINY), 3)
    apply_phase(phase, model, 1)

    values = decayed_without_a_gradient(model)

    kept = {path for path, value in values.items() if (value == 1).all()}
    spared = ("bias", "gamma", "beta")
    assert kept == {
        path for path in values if path.rpartition("/")[2] in spared or path.startswith("mixture/")
    }
    assert {"head/bias"} < kept
    assert any(path.startswith("mixture/") for path in kept) == (family == "text")
    assert {"head/kernel"} < values.keys() - kept
    for path in values.keys() - kept:
        np.testing.assert_allclose(values[path], 1 - 0.1 * 0.5, rtol=1e-6, err_msg=path)


def test_nothing_decays_where_a_preset_asks_for_no_decay(model):
    apply_phase(Phase(id="all", trains=ALL, learning_rate=0.1), model, 1)

    assert all((value == 1).all() for value in decayed_without_a_gradient(model).values())


def test_rate_rises_to_its_peak_and_falls_to_zero():
    phase = Phase(
        id="all",
        trains=ALL,
        learning_rate=1e-3,
        schedule="warmup_cosine",
        warmup_fraction=0.1,
        epochs=10,
    )
    schedule = learning_rate_schedule(phase, steps_per_epoch=10)
    rates = [float(schedule(step)) for step in range(101)]

    assert rates[0] == 0
    assert np.argmax(rates) == 10
    assert rates[10] == pytest.approx(1e-3)
    assert rates[100] == pytest.approx(0, abs=1e-9)
