"""The sizes of published networks for pictures, by the id of their preset; imports no Keras.

Source:
    The papers named beside each family, and where KerasHub or timm differ from a paper, the
    sizes that their published weights have.
"""

from typing import Any, Final

from tlgui.engine.models.hub_config import HubConfig, checked_sizes
from tlgui.engine.models.vit_config import VIT, ViTConfig

IMAGENET_SCALE: Final = (1 / (255 * 0.229), 1 / (255 * 0.224), 1 / (255 * 0.225))
IMAGENET_OFFSET: Final = (-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225)


def _hub(family: str, input_size_px: int, **sizes: Any) -> HubConfig:
    return HubConfig(
        family=family,
        sizes=checked_sizes(family, sizes),
        input_size_px=input_size_px,
        pixel_scale=IMAGENET_SCALE,
        pixel_offset=IMAGENET_OFFSET,
    )


def _resnet(blocks: tuple[int, ...], block_type: str, **sizes: Any) -> HubConfig:
    """He et al. 2015, arXiv:1512.03385, table 1; "vd" after He et al. 2018, arXiv:1812.01187."""
    is_vd = block_type.endswith("_vd")
    return _hub(
        "resnet",
        224,
        input_conv_filters=(32, 32, 64) if is_vd else (64,),
        input_conv_kernel_sizes=(3, 3, 3) if is_vd else (7,),
        stackwise_num_filters=(64, 128, 256, 512),
        stackwise_num_blocks=blocks,
        stackwise_num_strides=(1, 2, 2, 2),
        block_type=block_type,
        **({"use_pre_activation": False} | sizes),
    )


def _efficientnet(width: float, depth: float, input_size_px: int, **sizes: Any) -> HubConfig:
    """Tan and Le 2019, arXiv:1905.11946, table 1, scaled by width and depth."""
    usual = {
        "stackwise_width_coefficients": (width,) * 7,
        "stackwise_depth_coefficients": (depth,) * 7,
        "stackwise_kernel_sizes": (3, 3, 5, 3, 5, 5, 3),
        "stackwise_num_repeats": (1, 2, 2, 3, 3, 4, 1),
        "stackwise_input_filters": (32, 16, 24, 40, 80, 112, 192),
        "stackwise_output_filters": (16, 24, 40, 80, 112, 192, 320),
        "stackwise_expansion_ratios": (1, 6, 6, 6, 6, 6, 6),
        "stackwise_strides": (1, 2, 2, 2, 1, 2, 1),
        "stackwise_squeeze_and_excite_ratios": (0.25,) * 7,
        "stackwise_block_types": ("v1",) * 7,
        "stackwise_force_input_filters": (0,) * 7,
        "stackwise_nores_option": (False,) * 7,
    }
    return _hub("efficientnet", input_size_px, **(_TIMM_EFFICIENTNET | usual | sizes))


def _efficientnet_v2(
    width: float, depths: tuple[float, ...], input_size_px: int, **sizes: Any
) -> HubConfig:
    """Tan and Le 2021, arXiv:2104.00298, in the sizes that Ross Wightman trained for timm."""
    return _efficientnet(
        width,
        1.0,
        input_size_px,
        stackwise_width_coefficients=(width,) * 6,
        stackwise_depth_coefficients=depths,
        stackwise_kernel_sizes=(3,) * 6,
        stackwise_num_repeats=(2, 4, 4, 6, 9, 15),
        stackwise_input_filters=(24, 24, 48, 64, 128, 160),
        stackwise_expansion_ratios=(1, 4, 4, 4, 6, 6),
        stackwise_strides=(1, 2, 2, 2, 1, 2),
        stackwise_squeeze_and_excite_ratios=(0, 0, 0, 0.25, 0.25, 0.25),
        stackwise_force_input_filters=(0,) * 6,
        stackwise_nores_option=(False,) * 6,
        activation="silu",
        **sizes,
    )


def _mobilenet_v3_small(
    expanded: tuple[tuple[int, ...], ...], channels: tuple[int, ...], last: int
) -> HubConfig:
    """Howard et al. 2019, arXiv:1905.02244, table 2, without its first block."""
    rows = zip(expanded, channels, (3, 5, 5, 5), (2, 2, 1, 2), strict=True)
    return _mobilenet_v3(
        tuple(
            tuple(
                (
                    wide,
                    out,
                    kernel,
                    1 if number else strides,
                    None if kernel == 3 else 0.25,
                    "relu" if kernel == 3 else "hard_swish",
                )
                for number, wide in enumerate(row)
            )
            for row, out, kernel, strides in rows
        ),
        output_num_filters=1024,
        depthwise_filters=16 * last // 576,
        depthwise_stride=2,
        depthwise_residual=False,
        squeeze_and_excite=0.5,
        last_layer_filter=last,
    )


def _mobilenet_v3_large() -> HubConfig:
    """Howard et al. 2019, arXiv:1905.02244, table 1, without its first block."""
    blocks = (
        ((64, 24, 3, 2, None, "relu"), (72, 24, 3, 1, None, "relu")),
        ((72, 40, 5, 2, 0.25, "relu"), *(((120, 40, 5, 1, 0.25, "relu"),) * 2)),
        (
            (240, 80, 3, 2, None, "hard_swish"),
            (200, 80, 3, 1, None, "hard_swish"),
            *(((184, 80, 3, 1, None, "hard_swish"),) * 2),
        ),
        ((480, 112, 3, 1, 0.25, "hard_swish"), (672, 112, 3, 1, 0.25, "hard_swish")),
        (
            (672, 160, 5, 2, 0.25, "hard_swish"),
            *(((960, 160, 5, 1, 0.25, "hard_swish"),) * 2),
        ),
    )
    return _mobilenet_v3(
        blocks,
        output_num_filters=1024,
        depthwise_filters=16,
        depthwise_stride=1,
        depthwise_residual=True,
        squeeze_and_excite=None,
        last_layer_filter=960,
    )


def _mobilenet_v3(rows: tuple[tuple[tuple[Any, ...], ...], ...], **sizes: Any) -> HubConfig:
    def column(place: int) -> tuple[tuple[Any, ...], ...]:
        return tuple(tuple(block[place] for block in row) for row in rows)

    return _hub(
        "mobilenet_v3",
        224,
        stackwise_num_blocks=tuple(map(len, rows)),
        stackwise_expansion=column(0),
        stackwise_num_filters=column(1),
        stackwise_kernel_size=column(2),
        stackwise_num_strides=column(3),
        stackwise_se_ratio=column(4),
        stackwise_activation=column(5),
        stackwise_padding=tuple(tuple(k // 2 for k in row) for row in column(2)),
        input_num_filters=16,
        input_activation="hard_swish",
        output_activation="hard_swish",
        **sizes,
    )


def _densenet(*repeats: int) -> HubConfig:
    """Huang et al. 2016, arXiv:1608.06993, table 1."""
    return _hub(
        "densenet", 224, stackwise_num_repeats=repeats, compression_ratio=0.5, growth_rate=32
    )


def _cspnet(**sizes: Any) -> HubConfig:
    """Wang et al. 2019, arXiv:1911.11929; Redmon and Farhadi 2018, arXiv:1804.02767."""
    return _hub("cspnet", 256, avg_down=False, **sizes)


def _darknet(**sizes: Any) -> HubConfig:
    return _cspnet(
        stem_filters=32,
        stem_kernel_size=3,
        stem_strides=1,
        stackwise_depth=(1, 2, 8, 8, 4),
        stackwise_strides=(2, 2, 2, 2, 2),
        stackwise_num_filters=(64, 128, 256, 512, 1024),
        block_type="dark_block",
        groups=1,
        stem_padding="same",
        stem_pooling=None,
        cross_linear=False,
        **sizes,
    )


def _csp_resnet(**sizes: Any) -> HubConfig:
    return _cspnet(
        stem_filters=64,
        stem_kernel_size=7,
        stem_strides=4,
        stackwise_depth=(3, 3, 5, 2),
        stackwise_strides=(1, 2, 2, 2),
        block_type="bottleneck_block",
        stage_type="csp",
        stem_padding="valid",
        stem_pooling="max",
        down_growth=False,
        cross_linear=True,
        **sizes,
    )


def _hgnet_v2(stem: tuple[int, int], *stages: tuple[int, int, int, int]) -> HubConfig:
    """Cui et al. 2021, arXiv:2109.15099, and the PaddleClas authors' second version.

    Args:
        stem: Channels within it and after it.
        stages: Channels within and after each, blocks, and layers of a block.
    """
    inputs = (stem[1], *(after for _, after, _, _ in stages))
    kernels = (3, 3, 5, 5)
    return _hub(
        "hgnet_v2",
        224,
        depths=tuple(count for _, _, count, _ in stages),
        embedding_size=stem[1],
        hidden_sizes=tuple(after for _, after, _, _ in stages),
        stem_channels=(3, *stem),
        hidden_act="relu",
        use_learnable_affine_block=False,
        stackwise_stage_filters=tuple(
            (before, within, after, count, layers, kernel)
            for before, (within, after, count, layers), kernel in zip(
                inputs[:-1], stages, kernels, strict=True
            )
        ),
        apply_downsample=(False, True, True, True),
        use_lightweight_conv_block=(False, False, True, True),
    )


def _vgg(*repeats: int) -> HubConfig:
    """Simonyan and Zisserman 2014, arXiv:1409.1556, table 1."""
    return _hub(
        "vgg",
        224,
        stackwise_num_repeats=repeats,
        stackwise_num_filters=(64, 128, 256, 512, 512),
    )


def _vit(input_size_px: int, patch_size: int, wide: int) -> ViTConfig:
    """Dosovitskiy et al. 2021, arXiv:2010.11929, table 1."""
    return ViTConfig(
        family=VIT,
        input_size_px=input_size_px,
        patch_size=patch_size,
        num_layers=24 if wide == 1024 else 12,
        num_heads=wide // 64,
        hidden_dim=wide,
        intermediate_dim=4 * wide,
        layer_norm_epsilon=1e-12,
        dropout=0.0,
    )


def _patches(
    family: str, input_size_px: int, patch_size: int, wide: int, **sizes: Any
) -> HubConfig:
    return _hub(
        family,
        input_size_px,
        patch_size=patch_size,
        num_layers=24 if wide == 1024 else 12,
        num_heads=wide // 64,
        hidden_dim=wide,
        intermediate_dim=4 * wide,
        **sizes,
    )


def _deit(input_size_px: int, wide: int) -> HubConfig:
    """Touvron et al. 2020, arXiv:2012.12877, table 1."""
    return _patches("deit", input_size_px, 16, wide, layer_norm_epsilon=1e-12)


def _dinov2(wide: int) -> HubConfig:
    """Oquab et al. 2023, arXiv:2304.07193, table 16; positions of its training at 518 px."""
    return _patches(
        "dinov2",
        224,
        14,
        wide,
        layer_scale_init_value=1.0,
        num_register_tokens=0,
        use_mask_token=True,
        use_swiglu_ffn=False,
        position_embedding_shape=(518, 518, 3),
    )


def _clip(input_size_px: int, patch_size: int, wide: int) -> HubConfig:
    """Radford et al. 2021, arXiv:2103.00020, table 20: the encoder of pictures."""
    return _patches(
        "clip_vision", input_size_px, patch_size, wide, intermediate_activation="quick_gelu"
    )


def _siglip(input_size_px: int) -> HubConfig:
    """Zhai et al. 2023, arXiv:2303.15343; Tschannen et al. 2025, arXiv:2502.14786."""
    return _patches(
        "siglip_vision",
        input_size_px,
        16,
        768,
        intermediate_activation="gelu_approximate",
        layer_norm_epsilon=1e-6,
    )


def _swin(
    wide: int, depths: tuple[int, ...], window: int = 7, input_size_px: int = 224
) -> HubConfig:
    """Liu et al. 2021, arXiv:2103.14030, section 3.3."""
    first = wide // 32
    return _hub(
        "swin",
        input_size_px,
        embed_dim=wide,
        depths=depths,
        num_heads=(first, 2 * first, 4 * first, 8 * first),
        window_size=window,
        patch_size=4,
    )


def _applications(family: str, name: str, input_size_px: int) -> HubConfig:
    """Return what Keras Applications builds, whose scaling of pixels is inside."""
    return HubConfig(
        family=family,
        sizes=checked_sizes(family, {"name": name}),
        input_size_px=input_size_px,
        pixel_scale=(1.0,) * 3,
        pixel_offset=(0.0,) * 3,
    )


# timm's, which differ from TensorFlow's in padding, epsilon and momentum
_TIMM_EFFICIENTNET: Final = {
    "min_depth": None,
    "include_stem_padding": True,
    "use_depth_divisor_as_min_depth": True,
    "cap_round_filter_decrease": True,
    "stem_conv_padding": "valid",
    "batch_norm_momentum": 0.9,
    "batch_norm_epsilon": 1e-5,
    "dropout": 0.0,
    "projection_activation": None,
}
_V2_FILTERS: Final = (24, 48, 64, 128, 160, 272)
_V2_BLOCKS: Final = (*("fused",) * 3, *("unfused",) * 3)

PICTURES: Final[dict[str, HubConfig | ViTConfig]] = {
    "resnet_18_imagenet": _resnet((2, 2, 2, 2), "basic_block"),
    "resnet_vd_34_imagenet": _resnet((3, 4, 6, 3), "basic_block_vd"),
    "resnet_50_imagenet": _resnet((3, 4, 6, 3), "bottleneck_block"),
    "resnet_101_imagenet": _resnet((3, 4, 23, 3), "bottleneck_block"),
    "resnet_152_imagenet": _resnet((3, 8, 36, 3), "bottleneck_block"),
    "resnet_v2_50_imagenet": _resnet((3, 4, 6, 3), "bottleneck_block", use_pre_activation=True),
    "resnet_vd_50_ssld_v2_imagenet": _resnet((3, 4, 6, 3), "bottleneck_block_vd"),
    "efficientnet_lite0_ra_imagenet": _efficientnet(
        1.0, 1.0, 224, stackwise_squeeze_and_excite_ratios=(0,) * 7, activation="relu6"
    ),
    "efficientnet_b0_ra_imagenet": _efficientnet(1.0, 1.0, 224),
    "efficientnet_b1_ft_imagenet": _efficientnet(1.0, 1.1, 240),
    "efficientnet_b2_ra_imagenet": _efficientnet(1.1, 1.2, 260),
    "efficientnet_b3_ra2_imagenet": _efficientnet(1.2, 1.4, 288),
    "efficientnet_b4_ra2_imagenet": _efficientnet(1.4, 1.8, 320),
    "efficientnet_b5_sw_ft_imagenet": _efficientnet(1.6, 2.2, 448),
    "efficientnet2_rw_t_ra2_imagenet": _efficientnet_v2(
        0.8,
        (0.9,) * 6,
        224,
        stackwise_output_filters=(24, 48, 64, 128, 160, 256),
        stackwise_block_types=("cba", "fused", "fused", *("unfused",) * 3),
    ),
    "efficientnet2_rw_s_ra2_imagenet": _efficientnet_v2(
        1.0,
        (1.0,) * 6,
        288,
        stackwise_output_filters=_V2_FILTERS,
        stackwise_block_types=_V2_BLOCKS,
        num_features=1792,
    ),
    "efficientnet2_rw_m_agc_imagenet": _efficientnet_v2(
        1.2,
        (*(1.2,) * 4, *(1.6,) * 2),
        320,
        stackwise_output_filters=_V2_FILTERS,
        stackwise_block_types=_V2_BLOCKS,
        num_features=1792,
    ),
    "mobilenet_v3_small_050_imagenet": _mobilenet_v3_small(
        ((40, 56), (64, 144, 144), (72, 72), (144, 288, 288)), (16, 24, 24, 48), 288
    ),
    "mobilenet_v3_small_100_imagenet": _mobilenet_v3_small(
        ((72, 88), (96, 240, 240), (120, 144), (288, 576, 576)), (24, 40, 48, 96), 576
    ),
    "mobilenet_v3_large_100_imagenet": _mobilenet_v3_large(),
    "mobilenet_v3_large_100_imagenet_21k": _mobilenet_v3_large(),
    "densenet_121_imagenet": _densenet(6, 12, 24, 16),
    "densenet_169_imagenet": _densenet(6, 12, 32, 32),
    "densenet_201_imagenet": _densenet(6, 12, 48, 32),
    "csp_darknet_53_ra_imagenet": _darknet(
        stage_type="csp",
        bottle_ratio=(0.5, 1.0),
        block_ratio=(1.0, 0.5),
        expand_ratio=(2.0, 1.0),
        down_growth=True,
    ),
    "darknet_53_imagenet": _darknet(
        stage_type="dark",
        bottle_ratio=(0.5,),
        block_ratio=(1.0,),
        expand_ratio=(1.0,),
        down_growth=False,
    ),
    "csp_resnet_50_ra_imagenet": _csp_resnet(
        stackwise_num_filters=(128, 256, 512, 1024),
        groups=1,
        bottle_ratio=(0.5,),
        block_ratio=(1.0,),
        expand_ratio=(2.0,),
    ),
    "csp_resnext_50_ra_imagenet": _csp_resnet(
        stackwise_num_filters=(256, 512, 1024, 2048),
        groups=32,
        bottle_ratio=(1.0,),
        block_ratio=(0.5,),
        expand_ratio=(1.0,),
    ),
    "hgnetv2_b4_ssld_stage2_ft_in1k": _hgnet_v2(
        (32, 48), (48, 128, 1, 6), (96, 512, 1, 6), (192, 1024, 3, 6), (384, 2048, 1, 6)
    ),
    "hgnetv2_b5_ssld_stage2_ft_in1k": _hgnet_v2(
        (32, 64), (64, 128, 1, 6), (128, 512, 2, 6), (256, 1024, 5, 6), (512, 2048, 2, 6)
    ),
    "hgnetv2_b6_ssld_stage2_ft_in1k": _hgnet_v2(
        (48, 96), (96, 192, 2, 6), (192, 512, 3, 6), (384, 1024, 6, 6), (768, 2048, 3, 6)
    ),
    "vgg_11_imagenet": _vgg(1, 1, 2, 2, 2),
    "vgg_13_imagenet": _vgg(2, 2, 2, 2, 2),
    "vgg_16_imagenet": _vgg(2, 2, 3, 3, 3),
    "vgg_19_imagenet": _vgg(2, 2, 4, 4, 4),
    # Chollet 2016, arXiv:1610.02357, figure 5
    "xception_41_imagenet": _hub(
        "xception",
        299,
        stackwise_conv_filters=(
            *((32, 64), (128, 128), (256, 256), (728, 728)),
            *(((728, 728, 728),) * 8),
            *((728, 1024), (1536, 2048)),
        ),
        stackwise_pooling=(False, True, True, True, *((False,) * 8), True, False),
    ),
    "vit_base_patch16_224_imagenet": _vit(224, 16, 768),
    "vit_base_patch16_384_imagenet": _vit(384, 16, 768),
    "vit_base_patch32_384_imagenet": _vit(384, 32, 768),
    "vit_large_patch16_224_imagenet": _vit(224, 16, 1024),
    "vit_base_patch16_224_imagenet21k": _vit(224, 16, 768),
    "deit_tiny_distilled_patch16_224_imagenet": _deit(224, 192),
    "deit_small_distilled_patch16_224_imagenet": _deit(224, 384),
    "deit_base_distilled_patch16_224_imagenet": _deit(224, 768),
    "deit_base_distilled_patch16_384_imagenet": _deit(384, 768),
    "swin_tiny_patch4_window7_224": _swin(96, (2, 2, 6, 2)),
    "swin_small_patch4_window7_224": _swin(96, (2, 2, 18, 2)),
    "swin_base_patch4_window7_224": _swin(128, (2, 2, 18, 2)),
    "swin_base_patch4_window12_384": _swin(128, (2, 2, 18, 2), 12, 384),
    "swin_large_patch4_window7_224": _swin(192, (2, 2, 18, 2)),
    "dinov2_small": _dinov2(384),
    "dinov2_base": _dinov2(768),
    "dinov2_large": _dinov2(1024),
    "clip_vit_base_patch32": _clip(224, 32, 768),
    "clip_vit_base_patch16": _clip(224, 16, 768),
    "clip_vit_large_patch14": _clip(224, 14, 1024),
    "clip_vit_large_patch14_336": _clip(336, 14, 1024),
    "siglip_base_patch16_224": _siglip(224),
    "siglip_base_patch16_256": _siglip(256),
    "siglip2_base_patch16_224": _siglip(224),
    # Liu et al. 2022, arXiv:2201.03545
    "convnext_tiny_imagenet": _applications("convnext", "ConvNeXtTiny", 224),
    "convnext_small_imagenet": _applications("convnext", "ConvNeXtSmall", 224),
    "convnext_base_imagenet": _applications("convnext", "ConvNeXtBase", 224),
    "efficientnet_b6_imagenet": _applications("efficientnet_tf", "EfficientNetB6", 528),
    "efficientnet_b7_imagenet": _applications("efficientnet_tf", "EfficientNetB7", 600),
    # Tan and Le 2021, arXiv:2104.00298
    "efficientnet_v2_b0_imagenet": _applications("efficientnet_tf", "EfficientNetV2B0", 224),
    "efficientnet_v2_b1_imagenet": _applications("efficientnet_tf", "EfficientNetV2B1", 240),
    "efficientnet_v2_b2_imagenet": _applications("efficientnet_tf", "EfficientNetV2B2", 260),
    "efficientnet_v2_b3_imagenet": _applications("efficientnet_tf", "EfficientNetV2B3", 300),
    "efficientnet_v2_s_imagenet": _applications("efficientnet_tf", "EfficientNetV2S", 384),
    "efficientnet_v2_m_imagenet": _applications("efficientnet_tf", "EfficientNetV2M", 480),
}
