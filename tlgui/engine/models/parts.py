"""A backbone as its parts in order: what stands before its blocks, the blocks, what follows.

A block is what a network repeats: a segment that holds several kernels, be it one layer (a
transformer block) or layers around a shortcut (residual, dense, inception blocks), or a depthwise
convolution with the pointwise ones around it. A network of plain convolutions repeats those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import keras

from tlgui.engine.models.segments import Segment

KERNELS: Final = ("kernel", "depthwise_kernel", "pointwise_kernel")
TOKENS_NDIM: Final = 3
MAPS_NDIM: Final = 4

Row = tuple[Segment, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """The segments of a backbone that hold weights.

    Attributes:
        stem: Before the first block, or all that there is.
        blocks: Each with what leads to it from the block before.
        rest: After the last block.
    """

    stem: Row
    blocks: tuple[Row, ...]
    rest: Row


def find_parts(weighted: Sequence[Segment]) -> Parts:
    """Return the parts of a backbone's segments that hold weights, from the input on."""
    row = tuple(weighted)
    blocks, begin, end = _blocks_of(row)
    if not blocks and row and row[-1].output.ndim == MAPS_NDIM:
        return Parts(stem=(), blocks=_plain_blocks(row), rest=())
    return Parts(stem=row[:begin], blocks=blocks, rest=row[end:])


def num_kernels(segment: Segment) -> int:
    """Return how many matrices or convolution kernels the layers of a segment hold."""
    return sum(weight.name in KERNELS for layer in segment.layers for weight in layer.weights)


def _blocks_of(row: Row) -> tuple[tuple[Row, ...], int, int]:
    """Return the blocks, where the first begins and where the last ends."""
    blocks: list[Row] = []
    first, begin, position = len(row), 0, 0
    while position < len(row):
        end = _end_of_block(row, position)
        if end is None:
            position += 1
            continue
        if not blocks:
            first = begin = position
        blocks.append(row[begin:end])
        begin = position = end
    return tuple(blocks), first, begin if blocks else len(row)


def _end_of_block(row: Row, position: int) -> int | None:
    """Return the position after the block that begins at this one, None if none does."""
    segment = row[position]
    if segment.input.ndim != segment.output.ndim or position == 0:
        return None
    if segment.output.ndim == MAPS_NDIM:
        return position + 1 if _is_block(segment) else _end_of_separable(row, position)
    return position + 1 if segment.output.ndim == TOKENS_NDIM and _is_block(segment) else None


def _is_block(segment: Segment) -> bool:
    is_composite = any(layer._layers for layer in segment.layers)
    several_paths = segment.is_merge and not _is_gate(segment)
    return (is_composite or several_paths) and num_kernels(segment) > 1


def _is_gate(segment: Segment) -> bool:
    """Whether a segment only weighs its channels, as squeeze-and-excite does."""
    return type(segment.operations[-1]).__name__ == "Multiply"


def _end_of_separable(row: Row, position: int) -> int | None:
    """Return the position after an inverted residual or separable convolution, or None.

    Source:
        Sandler et al. 2018, arXiv:1801.04381, section 3: widen, filter each channel, project;
        Tan and Le 2021, arXiv:2104.00298, figure 2: widen and filter at once, project.
    """
    if _is_convolution(row[position]) and _width_change(row[position]) > 0:
        after = _after_scales(row, position + 1)
        if after < len(row) and _is_pointwise(row[after]) and _width_change(row[after]) < 0:
            return _after_scales(row, after + 1)
        position = after if _is_pointwise(row[position]) else position
    if position == len(row) or not isinstance(_only(row[position]), keras.layers.DepthwiseConv2D):
        return None
    position = _after_scales(row, position + 1)
    if position == len(row) or not _is_pointwise(row[position]):
        return None
    return _after_scales(row, position + 1)


def _after_scales(row: Row, position: int) -> int:
    """Return the position after normalizations and gates."""
    while position < len(row) and (not num_kernels(row[position]) or _is_gate(row[position])):
        position += 1
    return position


def _is_convolution(segment: Segment) -> bool:
    layer = _only(segment)
    return layer is not None and type(layer) is keras.layers.Conv2D and layer.groups == 1


def _is_pointwise(segment: Segment) -> bool:
    return _is_convolution(segment) and segment.layers[0].kernel_size == (1, 1)


def _width_change(segment: Segment) -> int:
    change: int = segment.output.shape[-1] - segment.input.shape[-1]
    return change


def _only(segment: Segment) -> keras.layers.Layer | None:
    return segment.layers[0] if len(segment.layers) == 1 and not segment.is_merge else None


def _plain_blocks(row: Row) -> tuple[Row, ...]:
    begins = [0, *(i for i, segment in enumerate(row) if i and num_kernels(segment))]
    ends = [*begins[1:], len(row)]
    return tuple(row[begin:end] for begin, end in zip(begins, ends, strict=True))
