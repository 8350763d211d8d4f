"""The families of networks that KerasHub and Keras build: their sizes, and how large they may be.

Imports no Keras. The names of the sizes are those of KerasHub's own constructors.
"""

from dataclasses import dataclass
from typing import Final, Literal

from tlgui.core.dataset import Modality
from tlgui.core.strategies import Architecture

Kind = Literal["integer", "number", "switch", "choice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What one size of a network may be.

    Attributes:
        kind: Of a single value.
        highest: Of integers and numbers, which begin at 0.
        choices: Of a choice.
        depth: 0 for a single value, 1 for a row of them, 2 for a row of rows.
        may_lack: Whether a value may be None, or the size left out.
        repeats: Whether integers say how often something is built.
    """

    kind: Kind = "integer"
    highest: float = 0
    choices: tuple[str, ...] = ()
    depth: int = 0
    may_lack: bool = False
    repeats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFamily:
    """One class of backbones.

    Attributes:
        class_name: In ``keras_hub.models``; "" for the named ones of ``keras.applications``.
        task: What it reads.
        architecture: How it can be trained.
        sizes: By the name of the constructor's argument.
        image_argument: The argument that takes the shape of a picture.
        has_maps: Whether features have two axes of places instead of one.
    """

    class_name: str
    task: Modality
    architecture: Architecture
    sizes: dict[str, Size]
    image_argument: str = "image_shape"
    has_maps: bool = True


def _integer(highest: int, depth: int = 0, *, may_lack: bool = False) -> Size:
    return Size(highest=highest, depth=depth, may_lack=may_lack)


def _number(highest: float, depth: int = 0, *, may_lack: bool = False) -> Size:
    return Size(kind="number", highest=highest, depth=depth, may_lack=may_lack)


def _choice(*choices: str, depth: int = 0, may_lack: bool = False) -> Size:
    return Size(kind="choice", choices=choices, depth=depth, may_lack=may_lack)


def _switch(depth: int = 0, *, may_lack: bool = True) -> Size:
    return Size(kind="switch", depth=depth, may_lack=may_lack)


def _repeats(highest: int, depth: int = 0) -> Size:
    return Size(highest=highest, depth=depth, repeats=True)


WIDTH: Final = 8192
KERNEL: Final = 31
ACTIVATIONS: Final = (
    *("relu", "relu6", "gelu", "gelu_approximate", "hard_swish", "leaky_relu", "quick_gelu"),
    *("sigmoid", "silu", "swish"),
)

_RESNET: Final = {
    "input_conv_filters": _integer(WIDTH, 1),
    "input_conv_kernel_sizes": _integer(KERNEL, 1),
    "stackwise_num_filters": _integer(WIDTH, 1),
    "stackwise_num_blocks": _repeats(64, 1),
    "stackwise_num_strides": _integer(4, 1),
    "block_type": _choice(
        *("basic_block", "bottleneck_block", "basic_block_vd", "bottleneck_block_vd")
    ),
    "use_pre_activation": _switch(),
}
_EFFICIENTNET: Final = {
    "stackwise_width_coefficients": _number(4, 1, may_lack=True),
    "stackwise_depth_coefficients": _number(4, 1, may_lack=True),
    "stackwise_kernel_sizes": _integer(KERNEL, 1),
    "stackwise_num_repeats": _repeats(32, 1),
    "stackwise_input_filters": _integer(WIDTH, 1),
    "stackwise_output_filters": _integer(WIDTH, 1),
    "stackwise_expansion_ratios": _integer(16, 1),
    "stackwise_squeeze_and_excite_ratios": _number(1, 1),
    "stackwise_strides": _integer(4, 1),
    "stackwise_block_types": _choice("v1", "fused", "unfused", "cba", depth=1),
    "stackwise_force_input_filters": _integer(WIDTH, 1, may_lack=True),
    "stackwise_nores_option": _switch(1),
    "dropout": _number(0.9, may_lack=True),
    "depth_divisor": _integer(64, may_lack=True),
    "min_depth": _integer(WIDTH, may_lack=True),
    "activation": _choice(*ACTIVATIONS, may_lack=True),
    "include_stem_padding": _switch(),
    "use_depth_divisor_as_min_depth": _switch(),
    "cap_round_filter_decrease": _switch(),
    "stem_conv_padding": _choice("valid", "same", may_lack=True),
    "batch_norm_momentum": _number(1, may_lack=True),
    "batch_norm_epsilon": _number(0.1, may_lack=True),
    "projection_activation": _choice(*ACTIVATIONS, may_lack=True),
    "num_features": _integer(WIDTH, may_lack=True),
}
_MOBILENET: Final = {
    "stackwise_expansion": _integer(WIDTH, 2),
    "stackwise_num_blocks": _repeats(32, 1),
    "stackwise_num_filters": _integer(WIDTH, 2),
    "stackwise_kernel_size": _integer(KERNEL, 2),
    "stackwise_num_strides": _integer(4, 2),
    "stackwise_se_ratio": _number(1, 2, may_lack=True),
    "stackwise_activation": _choice(*ACTIVATIONS, depth=2),
    "stackwise_padding": _integer(KERNEL, 2),
    "output_num_filters": _integer(WIDTH),
    "input_num_filters": _integer(WIDTH),
    "depthwise_filters": _integer(WIDTH),
    "depthwise_stride": _integer(4),
    "depthwise_residual": _switch(),
    "last_layer_filter": _integer(WIDTH),
    "squeeze_and_excite": _number(1, may_lack=True),
    "input_activation": _choice(*ACTIVATIONS, may_lack=True),
    "output_activation": _choice(*ACTIVATIONS, may_lack=True),
}
_CSPNET: Final = {
    "stem_filters": _integer(WIDTH),
    "stem_kernel_size": _integer(KERNEL),
    "stem_strides": _integer(8),
    "stackwise_depth": _repeats(64, 1),
    "stackwise_strides": _integer(4, 1),
    "stackwise_num_filters": _integer(WIDTH, 1),
    "block_type": _choice("dark_block", "edge_block", "bottleneck_block"),
    "groups": _integer(64, may_lack=True),
    "stage_type": _choice("csp", "dark", "cs3", may_lack=True),
    "activation": _choice(*ACTIVATIONS, may_lack=True),
    "output_strides": _integer(32, may_lack=True),
    "bottle_ratio": _number(4, 1, may_lack=True),
    "block_ratio": _number(4, 1, may_lack=True),
    "expand_ratio": _number(4, 1, may_lack=True),
    "stem_padding": _choice("valid", "same", may_lack=True),
    "stem_pooling": _choice("max", may_lack=True),
    "avg_down": _switch(),
    "down_growth": _switch(),
    "cross_linear": _switch(),
}
_HGNETV2: Final = {
    "depths": _repeats(32, 1),
    "embedding_size": _integer(WIDTH),
    "hidden_sizes": _integer(WIDTH, 1),
    "stem_channels": _integer(WIDTH, 1),
    "hidden_act": _choice(*ACTIVATIONS),
    "use_learnable_affine_block": _switch(),
    "stackwise_stage_filters": _integer(WIDTH, 2),
    "apply_downsample": _switch(1),
    "use_lightweight_conv_block": _switch(1),
}
_SWIN: Final = {
    "embed_dim": _integer(WIDTH),
    "depths": _repeats(48, 1),
    "num_heads": _integer(128, 1),
    "window_size": _integer(64),
    "patch_size": _integer(64, may_lack=True),
    "mlp_ratio": _number(16, may_lack=True),
    "qkv_bias": _switch(),
    "dropout_rate": _number(0.9, may_lack=True),
    "attention_dropout": _number(0.9, may_lack=True),
    "drop_path": _number(0.9, may_lack=True),
    "patch_norm": _switch(),
}
_PATCHES: Final = {
    "patch_size": _integer(64),
    "num_layers": _repeats(48),
    "num_heads": _integer(64),
    "hidden_dim": _integer(4096),
    "intermediate_dim": _integer(16_384),
}
_DEIT: Final = _PATCHES | {
    "dropout_rate": _number(0.9, may_lack=True),
    "attention_dropout": _number(0.9, may_lack=True),
    "layer_norm_epsilon": _number(0.1, may_lack=True),
    "use_mha_bias": _switch(),
}
_DINOV2: Final = _PATCHES | {
    "layer_scale_init_value": _number(1, may_lack=True),
    "num_register_tokens": _integer(16, may_lack=True),
    "use_mask_token": _switch(),
    "use_swiglu_ffn": _switch(),
    "dropout_rate": _number(0.9, may_lack=True),
    "drop_path_rate": _number(0.9, may_lack=True),
    "position_embedding_shape": _integer(1024, 1, may_lack=True),
    "antialias_in_interpolation": _switch(),
    "apply_layernorm": _switch(),
}
_CLIP: Final = _PATCHES | {"intermediate_activation": _choice(*ACTIVATIONS, may_lack=True)}
_SIGLIP: Final = _CLIP | {"layer_norm_epsilon": _number(0.1, may_lack=True)}
_TEXTS: Final = {
    "vocabulary_size": _integer(2_000_000),
    "num_layers": _repeats(48),
    "num_heads": _integer(64),
    "hidden_dim": _integer(4096),
    "intermediate_dim": _integer(16_384),
    "dropout": _number(0.9, may_lack=True),
    "max_sequence_length": _integer(8192, may_lack=True),
}
_ALBERT: Final = _TEXTS | {
    "embedding_dim": _integer(4096),
    "num_groups": _repeats(48),
    "num_inner_repetitions": _repeats(8),
    "num_segments": _integer(16, may_lack=True),
}
_ELECTRA: Final = {name: size for name, size in _TEXTS.items() if name != "vocabulary_size"} | {
    "vocab_size": _integer(2_000_000),
    "embedding_dim": _integer(4096),
    "num_segments": _integer(16, may_lack=True),
}


def _maps(class_name: str, sizes: dict[str, Size], argument: str = "image_shape") -> HubFamily:
    return HubFamily(
        class_name=class_name,
        task="image",
        architecture="convolutional",
        sizes=sizes,
        image_argument=argument,
    )


def _tokens(class_name: str, task: Modality, sizes: dict[str, Size]) -> HubFamily:
    return HubFamily(
        class_name=class_name,
        task=task,
        architecture="transformer",
        sizes=sizes,
        has_maps=False,
    )


def _applications(*names: str) -> HubFamily:
    """Return what Keras Applications builds by name, in a few sizes and no others."""
    return HubFamily(
        class_name="",
        task="image",
        architecture="convolutional",
        sizes={"name": _choice(*names)},
        image_argument="input_shape",
    )


HUB_FAMILIES: Final[dict[str, HubFamily]] = {
    "resnet": _maps("ResNetBackbone", _RESNET),
    "efficientnet": _maps("EfficientNetBackbone", _EFFICIENTNET, "input_shape"),
    "mobilenet_v3": _maps("MobileNetBackbone", _MOBILENET),
    "densenet": _maps(
        "DenseNetBackbone",
        {
            "stackwise_num_repeats": _repeats(64, 1),
            "compression_ratio": _number(1, may_lack=True),
            "growth_rate": _integer(256, may_lack=True),
        },
    ),
    "cspnet": _maps("CSPNetBackbone", _CSPNET),
    "hgnet_v2": _maps("HGNetV2Backbone", _HGNETV2),
    "vgg": _maps(
        "VGGBackbone",
        {
            "stackwise_num_repeats": _repeats(8, 1),
            "stackwise_num_filters": _integer(WIDTH, 1),
        },
    ),
    "xception": _maps(
        "XceptionBackbone",
        {"stackwise_conv_filters": _integer(WIDTH, 2), "stackwise_pooling": _switch(1)},
    ),
    "convnext": _applications("ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase"),
    "efficientnet_tf": _applications(
        *("EfficientNetB0", "EfficientNetB6", "EfficientNetB7"),
        *("EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3"),
        *("EfficientNetV2S", "EfficientNetV2M"),
    ),
    "swin": _tokens("SwinTransformerBackbone", "image", _SWIN),
    "deit": _tokens("DeiTBackbone", "image", _DEIT),
    "dinov2": _tokens("DINOV2Backbone", "image", _DINOV2),
    "clip_vision": _tokens("CLIPVisionEncoder", "image", _CLIP),
    "siglip_vision": _tokens("SigLIPVisionEncoder", "image", _SIGLIP),
    "distil_bert": _tokens("DistilBertBackbone", "text", _TEXTS),
    "roberta": _tokens("RobertaBackbone", "text", _TEXTS),
    "xlm_roberta": _tokens("XLMRobertaBackbone", "text", _TEXTS),
    "deberta_v3": _tokens(
        "DebertaV3Backbone", "text", _TEXTS | {"bucket_size": _integer(1024, may_lack=True)}
    ),
    "albert": _tokens("AlbertBackbone", "text", _ALBERT),
    "electra": _tokens("ElectraBackbone", "text", _ELECTRA),
    "gpt2": _tokens("GPT2Backbone", "text", _TEXTS),
}
