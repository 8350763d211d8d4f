"""Virtual tokens before those of a frozen transformer, of stock layers only."""

from typing import Any, Final

import keras

from tlgui.core.phase import Selection
from tlgui.engine.models.layer_groups import blocks

MARK: Final = "_prompt_"


def add_prompts(backbone: keras.Model, selection: Selection) -> keras.Model:
    """Return the backbone with learned tokens put before the others, its layers shared.

    Every block reads tokens of its own; after it they are gone.

    Args:
        backbone: flat, see ``unrolled``, with one layer per transformer block.
        selection: its size is the number of virtual tokens.

    Source:
        Lester et al. 2021, arXiv:2104.08691, section 2 (tokens before the first block);
        Jia et al. 2022, arXiv:2203.12119, section 3.2 (VPT-deep: tokens before every block).
    """
    names = {block.name for block in blocks(backbone)}
    size = selection.size

    def call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        if layer.name not in names:
            return layer(*args, **kwargs)
        states, *others = args
        tokens = _tokens(states, layer.name, size)
        if kwargs.get("padding_mask") is not None:
            kwargs["padding_mask"] = _longer_mask(kwargs["padding_mask"], size)
        output = layer(keras.ops.concatenate([tokens, states], axis=1), *others, **kwargs)
        return output[:, size:]

    return keras.models.clone_model(
        backbone, clone_function=lambda layer: layer, call_function=call
    )


def _tokens(states: keras.KerasTensor, name: str, size: int) -> keras.KerasTensor:
    """Return the same learned tokens for every sample, shape (batch, size, width)."""
    width = states.shape[-1]
    only_row = keras.ops.cast(keras.ops.zeros_like(states[:, 0, 0]), "int32")
    table = keras.layers.Embedding(
        1,
        size * width,
        embeddings_initializer=keras.initializers.RandomNormal(stddev=0.02),
        name=f"{name}{MARK}tokens",
    )
    return keras.layers.Reshape((size, width), name=f"{name}{MARK}reshape")(table(only_row))


def _longer_mask(mask: keras.KerasTensor, size: int) -> keras.KerasTensor:
    return keras.ops.pad(mask, ((0, 0), (size, 0)), constant_values=1)
