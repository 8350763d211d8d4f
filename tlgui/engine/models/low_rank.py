"""Low-rank matrices beside frozen ones (LoRA), by means of Keras' own.

Source:
    Hu et al. 2021, "LoRA", arXiv:2106.09685, section 4. Keras factors the last axis of a kernel:
    in the projections of an attention the heads share one of the two matrices.
"""

from collections.abc import Iterable
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.phase import Selection
from tlgui.engine.models.layer_groups import layer_groups

ATTENTION: Final = ("query", "value")  # the projections that the paper adapts, section 4.2

_MATRICES: Final = (keras.layers.Dense, keras.layers.EinsumDense, keras.layers.Conv2D)


def add_low_rank(backbone: keras.Model, selection: Selection) -> keras.Model:
    """Add matrices of rank ``selection.size`` to a built backbone and return it.

    The network starts as it was, since one of each two matrices is zero. Where there is no
    attention every matrix gets them, and where there is none at all the table of embeddings.
    """
    parts = [x for g in layer_groups(backbone) for layer in g.layers for x in _parts(layer)]
    layers = [x for x in parts if isinstance(x, _MATRICES)]
    if selection.targets == "attention":
        layers = [x for x in layers if x.name in ATTENTION] or layers
    for layer in layers or [x for x in parts if isinstance(x, keras.layers.Embedding)]:
        layer.enable_lora(selection.size)
    return backbone


def merged_matrices(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Return what low-rank layers really compute with, by the path of the frozen matrix."""
    merged = {}
    for layer in _parts(model):
        if getattr(layer, "lora_enabled", False):
            frozen, whole = (
                (layer._embeddings, layer.embeddings)
                if isinstance(layer, keras.layers.Embedding)
                else (layer._kernel, layer.kernel)
            )
            merged[frozen.path] = keras.ops.convert_to_numpy(whole)
    return merged


def _parts(layer: keras.layers.Layer) -> Iterable[keras.layers.Layer]:
    """Return a layer and all layers within it."""
    parts: Iterable[keras.layers.Layer] = layer._flatten_layers(include_self=True)
    return parts
