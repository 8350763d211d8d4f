"""Bottleneck adapters: small modules between frozen blocks, of stock layers only."""

from typing import Any, Final

import keras

from tlgui.core.phase import Selection
from tlgui.engine.models.layer_groups import blocks

MARK: Final = "_adapter_"


def add_adapters(backbone: keras.Model, selection: Selection) -> keras.Model:
    """Return the backbone with a bottleneck after each block, its layers shared.

    An adapter adds up(activation(down(x))) to x; up starts at zero, so that the network starts
    as it was. One stands after each block, where Houlsby et al. have two within it, and
    normalizations stay frozen.

    Args:
        backbone: flat, see ``unrolled``.
        selection: its size is the width of the bottleneck.

    Source:
        Houlsby et al. 2019, arXiv:1902.00751, section 2.1 (bottleneck, near-identity start);
        Rebuffi et al. 2017, arXiv:1705.08045, section 3.2 (1 × 1 convolutions).
    """
    ends = {block.name for block in blocks(backbone)}

    def call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        return _adapted(output, layer.name, selection.size) if layer.name in ends else output

    return keras.models.clone_model(
        backbone, clone_function=lambda layer: layer, call_function=call
    )


def _adapted(output: keras.KerasTensor, name: str, size: int) -> keras.KerasTensor:
    width = output.shape[-1]
    zeros: dict[str, Any] = {"kernel_initializer": "zeros"}
    down_name, up_name = f"{name}{MARK}down", f"{name}{MARK}up"
    if len(output.shape) == 4:
        down = keras.layers.Conv2D(size, 1, activation="relu", name=down_name)
        up = keras.layers.Conv2D(width, 1, name=up_name, **zeros)
    else:
        down = keras.layers.Dense(size, activation="gelu", name=down_name)
        up = keras.layers.Dense(width, name=up_name, **zeros)
    return keras.layers.Add(name=f"{name}{MARK}add")([output, up(down(output))])
