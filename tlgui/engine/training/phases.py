"""A phase applied to a network: which variables train, and how."""

import keras

from tlgui.core.strategies import Phase
from tlgui.engine.models.layer_groups import layer_groups, selected_groups
from tlgui.engine.training.schedules import learning_rate_schedule


def apply_phase(phase: Phase, model: keras.Model, steps_per_epoch: int) -> tuple[bool, ...]:
    """Freeze, thaw and compile the model for a gradient phase.

    Returns:
        For every layer group, from the input to the head, whether it trains.
    """
    groups = layer_groups(model)
    trained = selected_groups(groups, phase.trains)
    for group, trains in zip(groups, trained, strict=True):
        for layer in group.layers:
            # a frozen batch norm uses its stored statistics, in training too
            frozen_norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = trains and (phase.train_batch_norm or not frozen_norm)
    model.compile(
        # a fixed name: checkpoints find its variables by their paths
        optimizer=keras.optimizers.Adam(
            learning_rate_schedule(phase, steps_per_epoch), name="optimizer"
        ),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        # XLA on a CPU is slower than plain graphs by an order of magnitude
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return trained


def count_weights(variables: list[keras.Variable]) -> int:
    """Return the number of scalars in the variables."""
    return sum(int(keras.ops.size(variable)) for variable in variables)
