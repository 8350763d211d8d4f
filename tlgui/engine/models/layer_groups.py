"""A network cut into ordered groups of layers, from the input to the head, by its structure."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import keras

from tlgui.core.phase import Selection
from tlgui.engine.models.parts import TOKENS_NDIM, Row, find_parts, num_kernels
from tlgui.engine.models.segments import HEAD_NAME, Segment, find_spine

MAX_BLOCK_GROUPS: Final = 12
INSERTED: Final = re.compile(r"(.+?)_(?:adapter|prompt)_")

Layers = tuple[keras.layers.Layer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerGroup:
    """Layers that are frozen and thawed together.

    Attributes:
        name: stem or embeddings, block1 …, top, head.
        layers: Those that hold weights, in the order of the network.
    """

    name: str
    layers: Layers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """What a backbone repeats: a transformer layer, a residual block, a separable convolution.

    Attributes:
        name: Of its output layer.
        group: Name of the group that it is in.
        layers: Those that hold weights, with what leads to the block from the one before.
        output_layer: The operation whose output is the block's. A layer that is inserted around
            the block is named after it: NAME_adapter_…, NAME_prompt_….
        input: What the block takes.
        output: What it gives.
    """

    name: str
    group: str
    layers: Layers
    output_layer: keras.Operation
    input: keras.KerasTensor
    output: keras.KerasTensor


def layer_groups(model: keras.Model) -> tuple[LayerGroup, ...]:
    """Return the groups that hold weights, from the input to the head.

    Args:
        model: A flat functional backbone, see ``unrolled``, alone or with a head.

    Returns:
        Blocks whose outputs have the same shape are one group, but transformer blocks a group
        each, and neighbors join where these were more than ``MAX_BLOCK_GROUPS``. What leads to
        neither head nor features is in no group.
    """
    cut = _cut(model)
    layers: dict[str, Layers] = {}
    for name, of_row in zip(cut.groups, cut.layers, strict=True):
        if of_row:
            layers[name] = (*layers.get(name, ()), *of_row)
    if cut.head:
        layers[HEAD_NAME] = cut.head
    return tuple(LayerGroup(name=name, layers=found) for name, found in layers.items())


def blocks(model: keras.Model) -> tuple[Block, ...]:
    """Return the blocks of a model that ``layer_groups`` takes, from the input on.

    Stem, embeddings and top are no blocks; word vectors have none.
    """
    cut = _cut(model)
    found = []
    for name, row, layers in list(zip(cut.groups, cut.rows, cut.layers, strict=True))[1:-1]:
        last = _last(cut.segments, row)
        output_layer = last.operations[-1]
        found.append(
            Block(
                name=output_layer.name,
                group=name,
                layers=layers,
                output_layer=output_layer,
                input=row[0].input,
                output=last.output,
            )
        )
    return tuple(found)


def selected_groups(groups: tuple[LayerGroup, ...], selection: Selection) -> tuple[bool, ...]:
    """Return for every group whether the selection trains it; the head always does."""
    num_backbone = sum(group.name != HEAD_NAME for group in groups)
    num_thawed = num_backbone if selection.num_groups is None else selection.num_groups
    return tuple(
        group.name == HEAD_NAME or index >= num_backbone - num_thawed
        for index, group in enumerate(groups)
    )


def boundary(model: keras.Model, selection: Selection) -> keras.KerasTensor | None:
    """Return what the first thawed group takes, or None where no group stays frozen before it.

    Args:
        model: A flat functional network, see ``layer_groups``.
        selection: Says which groups are thawed.
    """
    cut = _cut(model)
    if selection.num_groups is None:
        return None
    names = [*dict.fromkeys(name for name, own in zip(cut.groups, cut.layers, strict=True) if own)]
    thawed = names[len(names) - selection.num_groups :] if selection.num_groups else []
    for number, (name, row) in enumerate(zip(cut.groups, cut.rows, strict=True)):
        if number and name in thawed and row:
            return row[0].input
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cut:
    """A model as rows of segments: the stem, each block, the rest.

    Attributes:
        segments: All.
        rows: Those that hold weights of their own: inserted layers change no cut.
        groups: Name of each row's group.
        layers: Of each row, with those that were inserted.
        head: Layers of the head.
    """

    segments: Row
    rows: tuple[Row, ...]
    groups: tuple[str, ...]
    layers: tuple[Layers, ...]
    head: Layers


def _cut(model: keras.Model) -> _Cut:
    spine = find_spine(model)
    hosts = _hosts(spine.segments)
    segments = tuple(_without(segment, hosts) for segment in spine.segments)
    parts = find_parts([segment for segment in segments if segment.layers])
    rows = (parts.stem, *parts.blocks, parts.rest)
    row_of = _row_of(segments, rows)
    layers: list[list[keras.layers.Layer]] = [[] for _ in rows]
    for index, segment in enumerate(spine.segments):
        for layer in segment.layers:
            layers[row_of[hosts.get(layer.name, index)]].append(layer)
    return _Cut(
        segments=spine.segments,
        rows=rows,
        groups=_group_names(rows),
        layers=tuple(map(tuple, layers)),
        head=spine.head,
    )


def _hosts(segments: Row) -> dict[str, int]:
    """Return the index of the segment that each inserted layer is named after."""
    index_of = {op.name: index for index, seg in enumerate(segments) for op in seg.operations}
    named = {name: INSERTED.match(name) for name in index_of}
    return {
        name: index_of[match[1]] for name, match in named.items() if match and match[1] in index_of
    }


def _without(segment: Segment, inserted: dict[str, int]) -> Segment:
    own = tuple(layer for layer in segment.layers if layer.name not in inserted)
    return segment if own == segment.layers else replace(segment, layers=own)


def _row_of(segments: Row, rows: tuple[Row, ...]) -> list[int]:
    """Return for every segment the row that it is in, or that it comes after."""
    known = {id(segment): index for index, row in enumerate(rows) for segment in row}
    current = min(known.values(), default=0)
    found = []
    for segment in segments:
        current = known.get(id(segment), current)
        found.append(current)
    return found


def _last(segments: Row, row: Row) -> Segment:
    """Return the segment that ends a block: an activation after its last weights counts."""
    last = row[-1]
    position = next(i for i, s in enumerate(segments) if s.operations is last.operations)
    for segment in segments[position + 1 :]:
        if segment.layers or segment.output.shape != last.output.shape:
            break
        last = segment
    return last


def _group_names(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the names of the groups of stem, blocks and rest."""
    _stem, *repeated, rest = rows
    names = _block_names(repeated)
    # the scales of a last normalization alone are not worth a group
    has_top = any(map(num_kernels, rest)) or not names
    features = next(row[-1].output for row in reversed(rows) if row)
    first = "embeddings" if features.ndim == TOKENS_NDIM else "stem"
    return (first, *names, "top" if has_top else names[-1])


def _block_names(rows: Sequence[Row]) -> list[str]:
    shapes = [row[-1].output.shape[1:] for row in rows]
    keys: Sequence[object] = shapes
    if any(len(shape) == TOKENS_NDIM - 1 for shape in shapes):
        keys = range(len(rows))
    elif _num_runs(keys) > MAX_BLOCK_GROUPS and all(shapes[0]):
        keys = [shape[:-1] for shape in shapes]  # a dense block is wider than the one before
    if _num_runs(keys) > MAX_BLOCK_GROUPS:
        together = math.ceil(len(rows) / MAX_BLOCK_GROUPS)
        keys = [number // together for number in range(len(rows))]
    runs = enumerate(groupby(keys), start=1)
    return [f"block{number}" for number, (_, run) in runs for _ in run]


def _num_runs(keys: Sequence[object]) -> int:
    return sum(1 for _ in groupby(keys))
