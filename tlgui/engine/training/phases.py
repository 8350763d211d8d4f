"""A phase applied to a network: which variables train, and how."""

import keras

from tlgui.core.strategies import Phase
from tlgui.engine.models.heads import MIXTURE_NAME
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
        optimizer=_optimizer(phase, model, steps_per_epoch),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        # XLA on a CPU is slower than plain graphs by an order of magnitude
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)
    return trained


def _optimizer(phase: Phase, model: keras.Model, steps_per_epoch: int) -> keras.Optimizer:
    """Return Adam, with decoupled weight decay where the phase asks for it.

    The scores of a mixture of layers do not decay either: that would pull it to the even one.

    Source:
        Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2; biases and scales of
        normalizations do not decay, as in Devlin et al. 2019, arXiv:1810.04805.
    """
    rate = learning_rate_schedule(phase, steps_per_epoch)
    # a fixed name: checkpoints find its variables by their paths
    if not phase.weight_decay:
        return keras.optimizers.Adam(rate, name="optimizer")
    optimizer = keras.optimizers.AdamW(rate, weight_decay=phase.weight_decay, name="optimizer")
    mixture = [v for v in model.trainable_variables if v.path.startswith(f"{MIXTURE_NAME}/")]
    optimizer.exclude_from_weight_decay(mixture, var_names=["bias", "gamma", "beta"])
    return optimizer


def count_weights(variables: list[keras.Variable]) -> int:
    """Return the number of scalars in the variables."""
    return sum(int(keras.ops.size(variable)) for variable in variables)
