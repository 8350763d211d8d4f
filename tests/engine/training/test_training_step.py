"""A batch that memory does not hold at once is learned all the same, and like a whole one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.engine.conftest import TINY
from tests.engine.tiny_text import TINY_BERT
from tlgui.core.phase import ALL, Phase
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.training.phases import apply_phase
from tlgui.engine.training.training_step import Lesson, TrainingStep


class Notes:
    """Stands in for the optimizers: notes the gradients, which Adam would make all alike."""

    def __init__(self, model):
        self.variables = apply_phase(Phase(id="all", trains=ALL), model, 1).variables
        self.found = [tf.Variable(tf.zeros(v.shape)) for v in self.variables]

    def apply(self, gradients):
        for note, gradient in zip(self.found, gradients, strict=True):
            note.assign(tf.convert_to_tensor(gradient))


def pictures():
    return np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3)).astype(np.float32)


def texts():
    ids = np.random.default_rng(0).integers(1, 20, (8, 6)).astype(np.int32)
    return TokenBatch(token_ids=ids, padding_mask=np.ones((8, 6), bool))


def learned(config, batch, fails_above=None, **options):
    """Return loss, accuracy, the gradients of one step, and the step."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = build_classifier(build_backbone(config), 3)
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0  # chance is another one in every part
    notes = Notes(model)

    def penalty():
        return 0.1 * keras.ops.sum(notes.variables[0] ** 2)

    step = TrainingStep(model, notes, penalties=(penalty,), **options)
    if fails_above is not None:
        step._learn = failing_above(fails_above, step._learn)
        step._differentiate = failing_above(fails_above, step._differentiate)
    weights = np.linspace(0.5, 1.5, 8, dtype=np.float32)
    outcome = step(Lesson(batch=batch, labels=np.arange(8) % 3, weights=weights))
    return outcome, [note.numpy() for note in notes.found], step


def failing_above(most, function):
    def limited(inputs, labels, weights):
        if len(labels) > most:
            raise tf.errors.ResourceExhaustedError(None, None, "no memory")
        return function(inputs, labels, weights)

    return limited


def assert_same(ours, other):
    assert ours[0] == pytest.approx(other[0], rel=1e-5)
    for one, two in zip(ours[1], other[1], strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5 * max(1e-3, np.abs(two).max()))


@pytest.mark.parametrize("size", [1, 3, 4])
@pytest.mark.parametrize("kind", ["pictures", "texts"])
def test_a_batch_in_parts_teaches_what_a_whole_one_does(kind, size):
    config, batch = (TINY, pictures()) if kind == "pictures" else (TINY_BERT, texts())
    whole = learned(config, batch)

    assert_same(learned(config, batch, num_at_once=size), whole)
    assert any(gradient.any() for gradient in whole[1])


def test_a_step_that_runs_out_of_memory_goes_on_with_smaller_parts():
    whole = learned(TINY, pictures())
    ours = learned(TINY, pictures(), fails_above=2)

    assert_same(ours, whole)
    assert ours[2].num_at_once == 2


def test_memory_that_does_not_even_hold_one_sample_is_an_error():
    with pytest.raises(tf.errors.ResourceExhaustedError):
        learned(TINY, pictures(), fails_above=0)
