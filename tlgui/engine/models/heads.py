"""Task heads: from a backbone's features of every place to one logit per class."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import keras

from tlgui.core.catalog import Pooling

TextInputs: TypeAlias = Mapping[str, keras.KerasTensor]
HiddenStates: TypeAlias = Sequence[keras.KerasTensor]

HEAD_NAME = "head"
MIXTURE_NAME = "mixture"


def build_classifier(
    backbone: keras.Model, num_classes: int, pooling: Pooling = "mean"
) -> keras.Model:
    """Return a model from what the backbone takes to logits, made of stock layers only.

    Args:
        backbone: pixels (batch, size, size, 3) in 0..255 to a feature map, or token_ids, and
            what else it needs, each (batch, length), to the features of every token.
        num_classes: width of the head.
        pooling: from the features of every place to one vector.

    Returns:
        A functional model to logits (batch, num_classes).
    """
    inputs = backbone.input
    if getattr(backbone.output, "ndim", 0) == 4:
        features = keras.layers.GlobalAveragePooling2D(name="pooling")(backbone.output)
    else:
        inputs = _text_inputs(backbone)
        features = _POOLINGS[pooling](inputs, _hidden_states(backbone))
    logits = keras.layers.Dense(num_classes, name=HEAD_NAME)(features)
    return keras.Model(inputs, logits, name="classifier")


def _text_inputs(backbone: keras.Model) -> TextInputs:
    """Return the inputs by name; word vectors have no mask of their own."""
    if isinstance(backbone.input, dict):
        return backbone.input
    mask = keras.Input((None,), dtype="int32", name="padding_mask")
    return {"token_ids": backbone.input, "padding_mask": mask}


def _mean(inputs: TextInputs, states: HiddenStates) -> keras.KerasTensor:
    return _masked_mean(inputs, states[-1], "pooling")


def _first_token(_inputs: TextInputs, states: HiddenStates) -> keras.KerasTensor:
    """Source: Devlin et al. 2019, arXiv:1810.04805, section 3 ([CLS])."""
    return states[-1][:, 0, :]


def _layer_mixture(inputs: TextInputs, states: HiddenStates) -> keras.KerasTensor:
    """Weigh the layers by a learned softmax; a table with one row holds its scores.

    Source: Peters et al. 2018, arXiv:1802.05365, equation 1; the head takes its scale.
    """
    means = [
        _masked_mean(inputs, state, f"{MIXTURE_NAME}_mean_{number}")
        for number, state in enumerate(states)
    ]
    layers = keras.ops.stack(means, axis=1)  # (batch, num_layers, size)
    only_row = keras.ops.zeros_like(inputs["token_ids"][:, 0])
    scores = keras.layers.Embedding(
        1, len(means), embeddings_initializer="zeros", name=MIXTURE_NAME
    )(only_row)
    weights = keras.layers.Softmax(name=f"{MIXTURE_NAME}_softmax")(scores)  # (batch, num_layers)
    return keras.ops.einsum("bl,bld->bd", weights, layers)


_POOLINGS = {"mean": _mean, "first_token": _first_token, "layer_mixture": _layer_mixture}


def _masked_mean(inputs: TextInputs, features: keras.KerasTensor, name: str) -> keras.KerasTensor:
    pooling = keras.layers.GlobalAveragePooling1D(name=name)
    return pooling(features, mask=inputs["padding_mask"])


def _hidden_states(backbone: keras.Model) -> HiddenStates:
    """Return the features of the tokens before the first and after every block."""
    blocks = [layer.output for layer in backbone.layers if layer.name.startswith("transformer_")]
    if not blocks:
        return [backbone.output]
    return [backbone.get_layer("embeddings_dropout").output, *blocks]
