"""MobileNetV2 with the padding and the pixel scaling of torchvision's weights.

Source:
    Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2,
    arXiv:1801.04381.
"""

from typing import Final

from tlgui.engine.models.backbone_config import BackboneConfig, Conventions, Stage

FAMILY: Final = "mobilenet_v2"

# mean 0.485, 0.456, 0.406 and deviation 0.229, 0.224, 0.225 of ImageNet in 0..1
CONVENTIONS: Final = Conventions(
    padding="symmetric",
    batch_norm_epsilon=1e-5,
    batch_norm_momentum=0.9,
    pixel_scale=(1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225)),
    pixel_offset=(-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225),
)

# expansion, channels, repeats, strides: the columns of the paper's table
STAGES: Final = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


def mobilenet_v2_config(input_size_px: int) -> BackboneConfig:
    """Return the sizes of MobileNetV2 1.0."""
    return BackboneConfig(
        family=FAMILY,
        input_size_px=input_size_px,
        stem_channels=32,
        stages=tuple(
            Stage(
                repeats=repeats,
                kernel_size=3,
                strides=strides,
                expand_ratio=expand_ratio,
                channels=channels,
            )
            for expand_ratio, channels, repeats, strides in STAGES
        ),
        feature_size=1280,
    )
