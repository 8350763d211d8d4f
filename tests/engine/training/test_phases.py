"""Only what a phase announces may learn, and only as fast as it says."""

import keras
import numpy as np
import pytest

from tests.engine.conftest import TINY
from tests.engine.tiny_text import TINY_BERT
from tlgui.core.phase import ALL, HEAD, Phase, Selection
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.low_rank import add_low_rank
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.training.phases import apply_phase, count_weights
from tlgui.engine.training.training_step import Lesson, TrainingStep


@pytest.fixture
def model():
    return build_classifier(build_backbone(TINY), 3)


def learned(phase, model):
    """Return the paths of what a step of a phase changes."""
    step = TrainingStep(model, apply_phase(phase, model, 1))
    before = values(model)
    pixels = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3)).astype(np.float32)
    step(Lesson(batch=pixels, labels=np.arange(8) % 3, weights=np.ones(8, np.float32)))
    after = values(model)
    return {path for path, value in before.items() if not np.array_equal(value, after[path])}


def values(model):
    return {v.path: keras.ops.convert_to_numpy(v) for v in model.variables}


def test_head_alone_learns_and_the_pretrained_model_stays(model):
    phase = Phase(id="head", trains=HEAD, learning_rate=0.1)

    assert learned(phase, model) == {"head/kernel", "head/bias"}
    assert apply_phase(phase, model, 1).trained_groups == (False, False, False, False, True)


def test_frozen_batch_norm_keeps_statistics_and_scales(model):
    changed = learned(Phase(id="all", trains=ALL, learning_rate=0.1), model)

    assert "stem_conv/kernel" in changed
    assert not any("_bn/" in path for path in changed)


def test_batch_norm_learns_where_the_phase_says_so(model):
    phase = Phase(id="all", trains=ALL, learning_rate=0.1, train_batch_norm=True)

    assert {"top_bn/gamma", "top_bn/moving_mean"} <= learned(phase, model)


def test_scales_learn_alone_while_the_statistics_stay(model):
    trains = Selection(num_groups=None, part="bias_and_norm")
    changed = learned(Phase(id="bias_and_norm", trains=trains, learning_rate=0.1), model)

    assert "top_bn/gamma" in changed
    assert {path.rpartition("/")[2] for path in changed - {"head/kernel"}} <= {
        *("gamma", "beta", "bias")
    }


def test_thawed_groups_are_the_ones_next_to_the_head(model):
    phase = Phase(id="top", trains=Selection(num_groups=1), learning_rate=0.1)

    assert learned(phase, model) == {"head/kernel", "head/bias", "top_conv/kernel"}


def test_count_of_learning_weights_is_the_number_of_scalars(model):
    learning = apply_phase(Phase(id="head", trains=HEAD, learning_rate=0.1), model, 1)

    assert count_weights(learning.variables) == 24 * 3 + 3


def test_low_rank_matrices_train_without_the_biases_beside_them():
    backbone = build_backbone(TINY_BERT)
    trains = Selection(num_groups=None, part="low_rank", size=2, targets="attention")
    model = build_classifier(add_low_rank(backbone, trains), 3)

    variables = apply_phase(Phase(id="x", trains=trains, learning_rate=0.1), model, 1).variables

    paths = {v.path for v in variables} - {"head/kernel", "head/bias"}
    assert len(paths) == 2 * 2 * 2  # of each of 2 blocks, query and value, A and B
    assert all("lora_kernel" in path for path in paths)


def test_earlier_groups_learn_slower_by_the_factor_of_the_phase(model):
    phase = Phase(id="all", trains=ALL, learning_rate=0.1, rate_decay_per_group=2.0)
    learning = apply_phase(phase, model, 1)

    assert learning.learning_rates == pytest.approx((0.1, 0.05, 0.025, 0.0125, 0.00625))
    assert [v.path for v in learning.learners[0].variables] == ["head/kernel", "head/bias"]
    assert learning.learners[-1].variables[0].path == "stem_conv/kernel"


def test_one_rate_for_all_is_told_once_for_every_group_that_learns(model):
    learning = apply_phase(Phase(id="all", trains=ALL, learning_rate=0.1), model, 1)

    assert learning.learning_rates == pytest.approx((0.1,) * 5)
    assert len(learning.learners) == 1


def decayed_without_a_gradient(phase, model):
    """Return by what every variable that learns is multiplied in a step without gradients."""
    learning = apply_phase(phase, model, 1)
    for variable in learning.variables:
        variable.assign(keras.ops.ones_like(variable))
    for learner in learning.learners:
        nothing = [keras.ops.zeros_like(variable) for variable in learner.variables]
        learner.optimizer.apply(nothing, learner.variables)
    return {v.path: keras.ops.convert_to_numpy(v) for v in learning.variables}


@pytest.mark.parametrize("family", ["text", "image"])
def test_weights_decay_but_no_bias_no_scale_and_no_share_of_a_layer(family):
    phase = Phase(id="all", trains=ALL, learning_rate=0.1, weight_decay=0.5, train_batch_norm=True)
    if family == "text":
        model = build_classifier(build_backbone(TINY_BERT), 3, "layer_mixture")
    else:
        model = build_classifier(build_backbone(TINY), 3)

    values = decayed_without_a_gradient(phase, model)

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
    phase = Phase(id="all", trains=ALL, learning_rate=0.1)

    values = decayed_without_a_gradient(phase, model)

    assert all((value == 1).all() for value in values.values())
