"""EfficientNet-Lite: EfficientNet without squeeze-and-excitation, with ReLU6.

Source:
    Tan and Le 2019, "EfficientNet", arXiv:1905.11946, and the "lite" variants that the
    TensorFlow authors published for it.
"""

import math
from typing import Final

from tlgui.engine.models.backbone_config import BackboneConfig, Conventions, Stage

FAMILY: Final = "efficientnet_lite"

CONVENTIONS: Final = Conventions(
    padding="same",
    batch_norm_epsilon=1e-3,
    batch_norm_momentum=0.99,
    pixel_scale=(1 / 128,) * 3,
    pixel_offset=(-127 / 128,) * 3,
)

STEM_CHANNELS: Final = 32
FEATURE_SIZE: Final = 1280

# repeats, kernel size, strides, expansion, channels at width and depth 1.0
STAGES: Final = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def efficientnet_lite_config(width: float, depth: float, input_size_px: int) -> BackboneConfig:
    """Return the sizes of a member of the family.

    Args:
        width: Multiplies the channels of the stages; stem and top keep theirs.
        depth: Multiplies the repeats; the first and the last stage keep theirs.
        input_size_px: Side of the square input.
    """
    inner = range(1, len(STAGES) - 1)
    stages = tuple(
        Stage(
            repeats=math.ceil(depth * repeats) if number in inner else repeats,
            kernel_size=kernel_size,
            strides=strides,
            expand_ratio=expand_ratio,
            channels=_rounded_to_8(width * channels),
        )
        for number, (repeats, kernel_size, strides, expand_ratio, channels) in enumerate(STAGES)
    )
    return BackboneConfig(
        family=FAMILY,
        input_size_px=input_size_px,
        stem_channels=STEM_CHANNELS,
        stages=stages,
        feature_size=FEATURE_SIZE,
    )


def _rounded_to_8(channels: float) -> int:
    """Return the nearest multiple of 8 that loses at most a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * channels else rounded + 8
