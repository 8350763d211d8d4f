"""A network cut into ordered groups of layers, from the input to the head."""

import re
from dataclasses import dataclass

import keras

from tlgui.core.strategies import Selection
from tlgui.engine.models.heads import HEAD_NAME, MIXTURE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerGroup:
    """Layers that are frozen and thawed together.

    Attributes:
        name: stem or embeddings, block1 …, top, head.
        layers: In the order of the network.
    """

    name: str
    layers: tuple[keras.layers.Layer, ...]


def layer_groups(model: keras.Model) -> tuple[LayerGroup, ...]:
    """Return the groups that hold weights, from the input to the head.

    A group is a run of layers whose names share what stands before the first underscore;
    the letter of a repeat within a block (``block2b``) does not count. A transformer's are its
    embeddings and each of its blocks.
    """
    groups: dict[str, list[keras.layers.Layer]] = {}
    for layer in model.layers:
        if layer.weights:
            groups.setdefault(_group_name(layer.name), []).append(layer)
    return tuple(LayerGroup(name=n, layers=tuple(layers)) for n, layers in groups.items())


def selected_groups(groups: tuple[LayerGroup, ...], selection: Selection) -> tuple[bool, ...]:
    """Return for every group whether the selection trains it; the head always does."""
    num_backbone = sum(group.name != HEAD_NAME for group in groups)
    num_thawed = num_backbone if selection.num_groups is None else selection.num_groups
    return tuple(
        group.name == HEAD_NAME or index >= num_backbone - num_thawed
        for index, group in enumerate(groups)
    )


def _group_name(layer_name: str) -> str:
    if layer_name == MIXTURE_NAME:
        return HEAD_NAME
    if "embedding" in layer_name:
        return "embeddings"
    if block := re.match(r"transformer_layer_(\d+)$", layer_name):
        return f"block{int(block[1]) + 1}"
    return re.sub(r"(\d)[a-z]$", r"\1", layer_name.split("_", 1)[0])
