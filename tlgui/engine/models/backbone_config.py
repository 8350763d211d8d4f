"""What an inverted-residual backbone is made of, as data; imports no Keras."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MAX_VALUES = {
    "input_size_px": 1024,
    "stem_channels": 4096,
    "feature_size": 8192,
    "repeats": 26,
    "kernel_size": 15,
    "strides": 4,
    "expand_ratio": 16,
    "channels": 4096,
}
MAX_STAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """What all sizes of one family share and their published weights depend on.

    Attributes:
        padding: Of strided convolutions: "same" pads as TensorFlow does (the odd pixel at
            the bottom right), "symmetric" pads (kernel_size - 1) // 2 on every side.
        batch_norm_epsilon: Added to the variance.
        batch_norm_momentum: Share of the old moving average, Keras' sense.
        pixel_scale: Per channel; input = pixel * scale + offset, pixels in 0..255 RGB.
        pixel_offset: Per channel.
    """

    padding: Literal["same", "symmetric"]
    batch_norm_epsilon: float
    batch_norm_momentum: float
    pixel_scale: tuple[float, float, float]
    pixel_offset: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A row of equal blocks; only the first one strides.

    Attributes:
        repeats: Number of blocks.
        kernel_size: Side of the depthwise kernels, odd.
        strides: Of the first block.
        expand_ratio: Width inside a block over the width of its input; 1 is no expansion.
        channels: Output channels of every block.
    """

    repeats: int
    kernel_size: int
    strides: int
    expand_ratio: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneConfig:
    """The sizes of one backbone.

    Attributes:
        family: Decides the conventions.
        input_size_px: Side of the square input.
        stem_channels: Output channels of the first convolution.
        stages: From the input on.
        feature_size: Output channels of the last convolution.
    """

    family: str
    input_size_px: int
    stem_channels: int
    stages: tuple[Stage, ...]
    feature_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One inverted residual.

    Attributes:
        name: Stage digit and repeat letter, "block2a".
        input_channels: Of the block.
        expanded_channels: Of its depthwise convolution.
        channels: Of its output.
        kernel_size: Of its depthwise convolution.
        strides: Of its depthwise convolution.
    """

    name: str
    input_channels: int
    expanded_channels: int
    channels: int
    kernel_size: int
    strides: int

    @property
    def expands(self) -> bool:
        """Whether a pointwise convolution widens the input first."""
        return self.expanded_channels != self.input_channels

    @property
    def has_shortcut(self) -> bool:
        """Whether the input is added to the output."""
        return self.strides == 1 and self.input_channels == self.channels


def blocks(config: BackboneConfig) -> Iterator[Block]:
    """Yield the blocks in the order of the forward pass."""
    channels = config.stem_channels
    for number, stage in enumerate(config.stages, start=1):
        for repeat in range(stage.repeats):
            yield Block(
                name=f"block{number}{chr(ord('a') + repeat)}",
                input_channels=channels,
                expanded_channels=channels * stage.expand_ratio,
                channels=stage.channels,
                kernel_size=stage.kernel_size,
                strides=stage.strides if repeat == 0 else 1,
            )
            channels = stage.channels


def variable_shapes(config: BackboneConfig) -> dict[str, tuple[int, ...]]:
    """Return every variable's shape by its Keras path, in the order of the forward pass."""
    shapes: dict[str, tuple[int, ...]] = {}
    for conv, batch_norm, kernel, channels in _convolutions(config):
        shapes[f"{conv}/kernel"] = kernel
        for name in ("gamma", "beta", "moving_mean", "moving_variance"):
            shapes[f"{batch_norm}/{name}"] = (channels,)
    return shapes


def num_parameters(config: BackboneConfig) -> int:
    """Return the number of values in the backbone, moving averages included."""
    return sum(math.prod(shape) for shape in variable_shapes(config).values())


def check_config(config: BackboneConfig) -> None:
    """Raise ValueError unless every size is positive and within what we ever build."""
    if not 1 <= len(config.stages) <= MAX_STAGES:
        raise ValueError(f"stages: need 1 to {MAX_STAGES}, got {len(config.stages)}")
    for part in (config, *config.stages):
        for name, maximum in MAX_VALUES.items():
            value = getattr(part, name, 1)
            if not 1 <= value <= maximum:
                raise ValueError(f"{name}: need 1 to {maximum}, got {value}")
    for stage in config.stages:
        if stage.kernel_size % 2 == 0:
            raise ValueError(f"kernel_size: need an odd number, got {stage.kernel_size}")


def _convolutions(
    config: BackboneConfig,
) -> Iterator[tuple[str, str, tuple[int, ...], int]]:
    """Yield (convolution, its batch normalization, kernel shape, output channels)."""
    stem, top = config.stem_channels, config.feature_size
    yield "stem_conv", "stem_bn", (3, 3, 3, stem), stem
    for block in blocks(config):
        name, inside, wide = block.name, block.input_channels, block.expanded_channels
        if block.expands:
            yield f"{name}_expand_conv", f"{name}_expand_bn", (1, 1, inside, wide), wide
        size = block.kernel_size
        yield f"{name}_dwconv", f"{name}_bn", (size, size, wide, 1), wide
        out = block.channels
        yield f"{name}_project_conv", f"{name}_project_bn", (1, 1, wide, out), out
    yield "top_conv", "top_bn", (1, 1, config.stages[-1].channels, top), top
