"""Backbones for pictures as timm stores them: names, layout, and which network they are.

Source:
    ``EfficientNet`` and ``MobileNetV2`` of https://github.com/huggingface/pytorch-image-models.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.engine.models.backbone_config import BackboneConfig, Block, blocks, variable_shapes
from tlgui.engine.models.efficientnet_lite import efficientnet_lite_config
from tlgui.engine.models.mobilenet_v2 import mobilenet_v2_config
from tlgui.engine.models.tensor_file import Tensors

# the sizes of published presets, by their id
PUBLISHED: Final = {
    "efficientnet_lite0_imagenet": efficientnet_lite_config(1.0, 1.0, 224),
    "efficientnet_lite1_imagenet": efficientnet_lite_config(1.0, 1.1, 240),
    "efficientnet_lite2_imagenet": efficientnet_lite_config(1.1, 1.2, 260),
    "mobilenet_v2_imagenet": mobilenet_v2_config(224),
}
# by timm's name; its numbers of variants are left out
ARCHITECTURES: Final = {
    "tf_efficientnet_lite0": PUBLISHED["efficientnet_lite0_imagenet"],
    "tf_efficientnet_lite1": PUBLISHED["efficientnet_lite1_imagenet"],
    "tf_efficientnet_lite2": PUBLISHED["efficientnet_lite2_imagenet"],
    "mobilenetv2_100": PUBLISHED["mobilenet_v2_imagenet"],
}
STATISTICS: Final = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}
COUNTERS: Final = "num_batches_tracked"
CLASSIFIER: Final = "classifier."


def timm_config(record: Mapping[str, Any], path: Path) -> BackboneConfig:
    """Return the sizes of the network that a ``config.json`` of timm names.

    Raises:
        TlguiError: we have no such network.
    """
    name = record.get("architecture")
    config = ARCHITECTURES.get(name) if isinstance(name, str) else None
    if config is None:
        known = ", ".join(ARCHITECTURES)
        reason = f"its architecture is {name!r:.60}"
        raise TlguiError("import_architecture_unknown", path=str(path), reason=reason, known=known)
    return config


def renamed_timm(config: BackboneConfig, state: Tensors) -> Tensors:
    """Return their tensors under Keras' names and in Keras' layout, without the classifier.

    Raises:
        ValueError: a tensor is missing, left over or of another shape.
    """
    left = {n: v for n, v in state.items() if not n.startswith(CLASSIFIER) and COUNTERS not in n}
    return renamed(config, dict(timm_names(config)), left)


def renamed(config: BackboneConfig, theirs: Mapping[str, str], state: Tensors) -> Tensors:
    """Return PyTorch's tensors of a network under Keras' names and in Keras' layout.

    Args:
        config: The sizes.
        theirs: Their layer for every layer of ours.
        state: Emptied of what is taken.

    Raises:
        ValueError: a tensor is missing, left over or of another shape.
    """
    tensors = {}
    for path, shape in variable_shapes(config).items():
        layer, variable = path.split("/")
        source = f"{theirs[layer]}.{STATISTICS.get(variable, 'weight')}"
        if source not in state:
            raise ValueError(f"{path}: there is no {source}")
        values = state.pop(source)
        tensors[path] = _kernel(values, layer) if variable == "kernel" else values
        if tensors[path].shape != shape:
            raise ValueError(f"{path}: need {shape}, got {tensors[path].shape}")
    left_over = [name for name in state if not name.endswith(COUNTERS)]
    if left_over:
        raise ValueError(f"left over: {', '.join(left_over[:3])} ({len(left_over)} in all)")
    return tensors


def timm_names(config: BackboneConfig) -> Iterator[tuple[str, str]]:
    """Yield (our layer, their layer) for every convolution and batch normalization."""
    yield from (("stem_conv", "conv_stem"), ("stem_bn", "bn1"))
    for block in blocks(config):
        stage, repeat = int(block.name[5:-1]) - 1, ord(block.name[-1]) - ord("a")
        yield from _timm_block(block, f"blocks.{stage}.{repeat}")
    yield from (("top_conv", "conv_head"), ("top_bn", "bn2"))


def _timm_block(block: Block, their: str) -> Iterator[tuple[str, str]]:
    """Yield the names of one block; where nothing expands, theirs begin with the depthwise one."""
    ours = block.name
    layers = [(f"{ours}_dwconv", "conv_dw", f"{ours}_bn")]
    if block.expands:
        layers.insert(0, (f"{ours}_expand_conv", "conv_pw", f"{ours}_expand_bn"))
    last = "conv_pwl" if block.expands else "conv_pw"
    layers.append((f"{ours}_project_conv", last, f"{ours}_project_bn"))
    for number, (conv, theirs, batch_norm) in enumerate(layers, start=1):
        yield conv, f"{their}.{theirs}"
        yield batch_norm, f"{their}.bn{number}"


def _kernel(values: NDArray[Any], layer: str) -> NDArray[Any]:
    """Return (out, in, height, width) in Keras' order of axes."""
    if values.ndim != 4:
        raise ValueError(f"{layer}: need a kernel with 4 axes, got {values.ndim}")
    axes = (2, 3, 0, 1) if layer.endswith("_dwconv") else (2, 3, 1, 0)
    turned: NDArray[Any] = np.transpose(values, axes)
    return turned
