"""From a preset folder to a Keras backbone with its pretrained weights."""

from pathlib import Path
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from tlgui.core.catalog import CONFIG_FILE
from tlgui.engine.models import efficientnet_lite, mobilenet_v2
from tlgui.engine.models.backbone_config import BackboneConfig, Conventions, variable_shapes
from tlgui.engine.models.inverted_residual import build_inverted_residual
from tlgui.engine.models.preset_files import (
    WEIGHTS_FILE,
    damaged,
    read_preset_config,
    verified_file,
)

FAMILIES: Final[dict[str, Conventions]] = {
    efficientnet_lite.FAMILY: efficientnet_lite.CONVENTIONS,
    mobilenet_v2.FAMILY: mobilenet_v2.CONVENTIONS,
}


def build_backbone(config: BackboneConfig) -> keras.Model:
    """Return a backbone of a known family with random weights.

    Raises:
        KeyError: the family is not in ``FAMILIES``.
    """
    return build_inverted_residual(config, FAMILIES[config.family])


def load_backbone(folder: Path) -> keras.Model:
    """Return the backbone of a preset folder; see ``build_inverted_residual`` for its ends.

    Raises:
        TlguiError: ``preset_missing``, or ``preset_damaged`` for a family, a file or a
            tensor that is not what it should be.
    """
    preset = read_preset_config(folder)
    if preset.backbone.family not in FAMILIES:
        damaged(folder / CONFIG_FILE, f"the family {preset.backbone.family} is unknown")
    path = verified_file(folder, preset, WEIGHTS_FILE)
    # before the build: a configuration that asks for more than the file holds costs nothing
    weights = read_weights(path, variable_shapes(preset.backbone))
    backbone = build_backbone(preset.backbone)
    for variable in backbone.variables:
        variable.assign(weights[variable.path])
    return backbone


def read_weights(path: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    """Return the tensors of a safetensors file as float32.

    Args:
        path: The file.
        shapes: What it must hold, no less and no more.

    Raises:
        TlguiError: ``preset_damaged``.
    """
    try:
        tensors = load_file(path)
    # AttributeError: a type that this NumPy does not have, such as an 8-bit float
    except (OSError, SafetensorError, AttributeError, ValueError) as error:
        damaged(path, str(error), error)
    if tensors.keys() != shapes.keys():
        odd = sorted(tensors.keys() ^ shapes.keys())
        damaged(path, f"missing or unexpected: {', '.join(odd[:3])} ({len(odd)} in all)")
    for name, shape in shapes.items():
        tensor = tensors[name]
        if tensor.dtype not in (np.float16, np.float32) or tensor.shape != shape:
            damaged(path, f"{name} is {tensor.dtype} {tensor.shape}, not {shape}")
        if not np.isfinite(tensor).all():
            damaged(path, f"{name} holds values that are not numbers")
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
