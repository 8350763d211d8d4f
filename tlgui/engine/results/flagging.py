"""How unlike anything it was trained on a sample is, as layers of an exported model."""

from typing import Any, Final

import keras
from keras import KerasTensor, ops

from tlgui.engine.models.segments import HEAD_NAME
from tlgui.engine.models.strangeness import SMALLEST_NORM, Floats, Strangeness

# differences of numbers of this size keep three digits in float32, in which runtimes compute
LARGEST_CONSTANT: Final = 1e4


def can_flag(strangeness: Strangeness) -> bool:
    """Return whether enough digits are left in float32; features all alike would take more."""
    return float(strangeness.constant[0]) <= LARGEST_CONSTANT


def head_input(network: keras.Model) -> KerasTensor:
    """Return what a network's head is given."""
    return network.get_layer(HEAD_NAME).input


def with_features(network: keras.Model) -> keras.Model:
    """Return a network that gives its logits and what its head was given."""
    return keras.Model(network.input, [network.output, head_input(network)], name=network.name)


def flagged(
    probabilities: KerasTensor, features: KerasTensor, strangeness: Strangeness | None
) -> Any:
    """Return what a bundle's model gives: the probabilities, and if it flags both by name.

    Args:
        probabilities: shape (batch, num_classes).
        features: shape (batch, feature_size), what the head was given.
        strangeness: None for a model that does not flag.
    """
    if strangeness is None:
        return probabilities
    return {"probabilities": probabilities, "strangeness": _layers(features, strangeness)}


def _layers(features: KerasTensor, strangeness: Strangeness) -> KerasTensor:
    """Return what ``Strangeness.of`` does, in layers and operations that every runtime has."""
    size = ops.sqrt(ops.maximum(_squares(features), SMALLEST_NORM**2))
    units = features / ops.expand_dims(size, -1)
    main = _product(units, "strangeness_directions", strangeness.directions)
    classes = _product(units, "strangeness_classes", strangeness.kernel, strangeness.bias)
    own = float(strangeness.constant[0]) * _squares(units) - _squares(main)
    return ops.sqrt(ops.maximum(own + ops.min(classes, axis=-1), 0.0))


def _squares(rows: KerasTensor) -> KerasTensor:
    return ops.sum(ops.square(rows), axis=-1)


def _product(rows: KerasTensor, name: str, kernel: Floats, *bias: Floats) -> KerasTensor:
    layer = keras.layers.Dense(kernel.shape[1], use_bias=bool(bias), name=name)
    product = layer(rows)
    layer.set_weights([kernel, *bias])
    return product
