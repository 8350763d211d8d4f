"""Task heads: from a backbone's features of every place to one logit per class."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import keras

from tlgui.core.catalog import Pooling
from tlgui.engine.models.layer_groups import blocks
from tlgui.engine.models.parts import MAPS_NDIM
from tlgui.engine.models.segments import HEAD_NAME, MIXTURE_NAME

TextInputs: TypeAlias = Mapping[str, keras.KerasTensor]


def build_classifier(
    backbone: keras.Model, num_classes: int, pooling: Pooling = "mean", dropout: float = 0.0
) -> keras.Model:
    """Return a model from what the backbone takes to logits, made of stock layers only.

    Args:
        backbone: pixels (batch, size, size, 3) in 0..255 to a feature map or to the features
            of every token, or token_ids, and what else it needs, each (batch, length), to the
            features of every token.
        num_classes: width of the head.
        pooling: from the features of every place to one vector; maps only have a mean.
        dropout: share of the vector that training hides from the head, in [0, 1).

    Returns:
        A functional model to logits (batch, num_classes).
    """
    inputs, features = _pooled(backbone, pooling)
    if dropout:
        features = keras.layers.Dropout(dropout, name="head_dropout")(features)
    logits = keras.layers.Dense(num_classes, name=HEAD_NAME)(features)
    return keras.Model(inputs, logits, name="classifier")


def build_pooled(backbone: keras.Model, pooling: Pooling = "mean") -> keras.Model:
    """Return a model from what the backbone takes to what a head takes.

    Returns:
        A functional model to features (batch, feature_size), or for "layer_mixture" to the
        means of the embeddings and of every layer, (batch, num_layers + 1, feature_size).
    """
    if pooling == "layer_mixture":
        inputs = _inputs(backbone)
        return keras.Model(inputs, _layer_means(inputs, _hidden_states(backbone)), name="pooled")
    return keras.Model(*_pooled(backbone, pooling), name="pooled")


def _pooled(backbone: keras.Model, pooling: Pooling) -> tuple[Any, keras.KerasTensor]:
    if getattr(backbone.output, "ndim", 0) == MAPS_NDIM:
        pooled = keras.layers.GlobalAveragePooling2D(name="pooling")(backbone.output)
        return backbone.input, pooled
    inputs = _inputs(backbone)
    return inputs, _POOLINGS[pooling](inputs, backbone)


def _inputs(backbone: keras.Model) -> Any:
    """Return the pixels, or the inputs of a text by name; word vectors have no mask of theirs."""
    if isinstance(backbone.input, dict) or backbone.input.ndim == MAPS_NDIM:
        return backbone.input
    mask = keras.Input((None,), dtype="int32", name="padding_mask")
    return {"token_ids": backbone.input, "padding_mask": mask}


def _mean(inputs: Any, backbone: keras.Model) -> keras.KerasTensor:
    return _masked_mean(inputs, _features(backbone), "pooling")


def _first_token(_inputs: Any, backbone: keras.Model) -> keras.KerasTensor:
    """Source: Devlin et al. 2019, arXiv:1810.04805, section 3 ([CLS])."""
    return _features(backbone)[:, 0, :]


def _layer_mixture(inputs: TextInputs, backbone: keras.Model) -> keras.KerasTensor:
    """Weigh the layers by a learned softmax; a table with one row holds its scores.

    Source: Peters et al. 2018, arXiv:1802.05365, equation 1; the head takes its scale.
    """
    layers = _layer_means(inputs, _hidden_states(backbone))
    only_row = keras.ops.zeros_like(inputs["token_ids"][:, 0])
    scores = keras.layers.Embedding(
        1, layers.shape[1], embeddings_initializer="zeros", name=MIXTURE_NAME
    )(only_row)
    weights = keras.layers.Softmax(name=f"{MIXTURE_NAME}_softmax")(scores)  # (batch, num_layers)
    return keras.ops.einsum("bl,bld->bd", weights, layers)


_POOLINGS = {"mean": _mean, "first_token": _first_token, "layer_mixture": _layer_mixture}


def _layer_means(inputs: TextInputs, states: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """Return (batch, num_layers, size)."""
    means = [
        _masked_mean(inputs, state, f"{MIXTURE_NAME}_mean_{number}")
        for number, state in enumerate(states)
    ]
    return keras.ops.stack(means, axis=1)


def _masked_mean(inputs: Any, features: keras.KerasTensor, name: str) -> keras.KerasTensor:
    pooling = keras.layers.GlobalAveragePooling1D(name=name)
    # every patch of a picture counts
    mask = inputs.get("padding_mask") if isinstance(inputs, dict) else None
    return pooling(features, mask=mask)


def _features(backbone: keras.Model) -> keras.KerasTensor:
    """Return the features of every token, after the last layer."""
    output = backbone.output
    return output["sequence_output"] if isinstance(output, dict) else output


def _hidden_states(backbone: keras.Model) -> list[keras.KerasTensor]:
    """Return the features of the tokens before the first and after every block."""
    found = blocks(backbone)
    return [found[0].input, *(block.output for block in found[:-1]), _features(backbone)]
