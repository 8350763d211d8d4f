"""Backbones of many families with random weights, small where their family allows it."""

from collections.abc import Callable

import keras

from tests.engine.conftest import TINY
from tests.engine.tiny_text import TINY_BERT
from tests.engine.tiny_vit import TINY_VIT
from tlgui.engine.models import mobilenet_v2
from tlgui.engine.models.backbone_config import BackboneConfig, Stage
from tlgui.engine.models.inverted_residual import build_inverted_residual
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.text_config import WORD_VECTORS, WordVectorsConfig

Build = Callable[[], keras.Model]

OURS: dict[str, Build] = {
    "ours_efficientnet_lite": lambda: build_backbone(TINY),
    "ours_mobilenet_v2": lambda: build_inverted_residual(
        BackboneConfig(
            family=mobilenet_v2.FAMILY,
            input_size_px=36,
            stem_channels=4,
            stages=(
                Stage(repeats=1, kernel_size=3, strides=2, expand_ratio=1, channels=6),
                Stage(repeats=2, kernel_size=5, strides=2, expand_ratio=3, channels=8),
                Stage(repeats=1, kernel_size=3, strides=1, expand_ratio=3, channels=10),
            ),
            feature_size=16,
        ),
        mobilenet_v2.CONVENTIONS,
    ),
    "ours_bert": lambda: build_backbone(TINY_BERT),
    "ours_vit": lambda: build_backbone(TINY_VIT),
    "ours_word_vectors": lambda: build_backbone(
        WordVectorsConfig(family=WORD_VECTORS, vocabulary_size=9, feature_size=4)
    ),
}


def _hub(name: str, **sizes: object) -> Build:
    def build() -> keras.Model:
        import keras_hub

        return getattr(keras_hub.models, name)(**sizes)

    return build


def _applications(name: str, size: int = 64, **sizes: object) -> Build:
    build = getattr(keras.applications, name)
    return lambda: build(include_top=False, weights=None, input_shape=(size, size, 3), **sizes)


_PATCHES = {"image_shape": (32, 32, 3), "patch_size": 8, "num_layers": 2}
_WIDTHS = {"num_heads": 2, "hidden_dim": 16}
_ENCODER = {"num_layers": 2, "hidden_dim": 16, "intermediate_dim": 32, "max_sequence_length": 16}
_TEXTS = _ENCODER | {"vocabulary_size": 50}
_RESNET = {
    "input_conv_filters": [64],
    "input_conv_kernel_sizes": [7],
    "stackwise_num_filters": [64, 32, 16],
    "stackwise_num_blocks": [2, 2, 1],
    "stackwise_num_strides": [1, 2, 2],
    "block_type": "basic_block",
    "image_shape": (32, 32, 3),
}
_HGNET = {
    "depths": [1, 2],
    "embedding_size": 8,
    "hidden_sizes": [16, 32],
    "stem_channels": [3, 8, 8],
    "hidden_act": "relu",
    "use_learnable_affine_block": False,
    "stackwise_stage_filters": [[8, 8, 16, 1, 2, 3], [16, 8, 32, 2, 2, 3]],
    "apply_downsample": [False, True],
    "use_lightweight_conv_block": [False, True],
    "image_shape": (64, 64, 3),
}
_EFFICIENTNET = {
    "stackwise_kernel_sizes": [3, 3, 5],
    "stackwise_num_repeats": [1, 2, 1],
    "stackwise_input_filters": [8, 8, 16],
    "stackwise_output_filters": [8, 16, 24],
    "stackwise_expansion_ratios": [1, 2, 2],
    "stackwise_strides": [1, 2, 2],
    "stackwise_squeeze_and_excite_ratios": [0.25] * 3,
    "stackwise_block_types": ["v1", "v1", "v1"],
    "width_coefficient": 1.0,
    "depth_coefficient": 1.0,
    "include_stem_padding": True,
    "min_depth": None,
    "use_depth_divisor_as_min_depth": True,
}
_MOBILENET = {
    "stackwise_expansion": [[16], [32, 48], [24, 64]],
    "stackwise_num_blocks": [1, 2, 2],
    "stackwise_num_filters": [[8], [16, 16], [24, 24]],
    "stackwise_kernel_size": [[3], [3, 5], [5, 5]],
    "stackwise_num_strides": [[2], [2, 1], [2, 1]],
    "stackwise_se_ratio": [[0.25], [None, None], [0.25, 0.25]],
    "stackwise_activation": [["relu"], ["relu", "relu"], ["hard_swish", "hard_swish"]],
    "stackwise_padding": [[1], [1, 2], [2, 2]],
    "output_num_filters": 32,
    "input_num_filters": 8,
    "depthwise_filters": 8,
    "depthwise_stride": 1,
    "depthwise_residual": False,
    "last_layer_filter": 40,
    "image_shape": (64, 64, 3),
}

# with layers that hide their blocks
ROLLED: dict[str, Build] = {
    "vit": _hub("ViTBackbone", mlp_dim=32, **_PATCHES, **_WIDTHS),
    "deit": _hub("DeiTBackbone", intermediate_dim=32, **_PATCHES, **_WIDTHS),
    "dinov2": _hub("DINOV2Backbone", intermediate_dim=32, **_PATCHES, **_WIDTHS),
    "dinov3": _hub("DINOV3Backbone", intermediate_dim=32, **_PATCHES, **_WIDTHS),
    "swin": _hub(
        "SwinTransformerBackbone",
        image_shape=(32, 32, 3),
        embed_dim=8,
        depths=(1, 2),
        num_heads=(2, 2),
        window_size=4,
    ),
    "hgnet_v2": _hub("HGNetV2Backbone", **_HGNET),
    "convnext": _applications("ConvNeXtTiny"),
}
FLAT: dict[str, Build] = {
    "clip_vision": _hub(
        "CLIPVisionEncoder",
        intermediate_dim=32,
        intermediate_activation="quick_gelu",
        intermediate_output_index=None,
        **_PATCHES,
        **_WIDTHS,
    ),
    "resnet": _hub("ResNetBackbone", **_RESNET),
    "resnet_v2": _hub("ResNetBackbone", use_pre_activation=True, **_RESNET),
    "densenet": _hub(
        "DenseNetBackbone",
        stackwise_num_repeats=[2, 3, 2],
        compression_ratio=0.5,
        growth_rate=8,
        image_shape=(64, 64, 3),
    ),
    "vgg": _hub(
        "VGGBackbone",
        stackwise_num_repeats=[1, 2, 2],
        stackwise_num_filters=[8, 16, 16],
        image_shape=(32, 32, 3),
    ),
    "xception": _hub(
        "XceptionBackbone",
        stackwise_conv_filters=[[8, 16], [16, 24], [32, 32]],
        stackwise_pooling=[True, True, False],
        image_shape=(64, 64, 3),
    ),
    "efficientnet": _hub("EfficientNetBackbone", **_EFFICIENTNET),
    "mobilenet_v3": _hub("MobileNetBackbone", **_MOBILENET),
    "cspnet": _hub(
        "CSPNetBackbone",
        stem_filters=8,
        stem_kernel_size=3,
        stem_strides=1,
        stackwise_depth=[1, 2],
        stackwise_strides=[1, 2],
        stackwise_num_filters=[16, 24],
        stage_type="dark",
        block_type="dark_block",
        image_shape=(32, 32, 3),
    ),
    "bert": _hub("BertBackbone", num_heads=2, **_TEXTS),
    "distil_bert": _hub("DistilBertBackbone", num_heads=2, **_TEXTS),
    "roberta": _hub("RobertaBackbone", num_heads=2, **_TEXTS),
    "deberta_v3": _hub("DebertaV3Backbone", num_heads=2, bucket_size=8, **_TEXTS),
    "albert": _hub("AlbertBackbone", num_heads=2, embedding_dim=8, **_TEXTS),
    "electra": _hub("ElectraBackbone", num_heads=2, embedding_dim=8, vocab_size=50, **_ENCODER),
    "f_net": _hub("FNetBackbone", **_TEXTS),
    "mobilenet_v1": _applications("MobileNet", alpha=0.25),
    "mobilenet_v2": _applications("MobileNetV2", alpha=0.35),
    "mobilenet_v3_small": _applications("MobileNetV3Small"),
    "vgg16": _applications("VGG16"),
}
# full size: seconds each
LARGE: dict[str, Build] = {
    "efficientnet_b0": _applications("EfficientNetB0"),
    "efficientnet_v2_b0": _applications("EfficientNetV2B0"),
    "resnet50": _applications("ResNet50"),
    "densenet121": _applications("DenseNet121"),
    "xception_full": _applications("Xception", size=96),
    "inception_v3": _applications("InceptionV3", size=96),
}
EVERY = OURS | ROLLED | FLAT | LARGE
