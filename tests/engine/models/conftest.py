"""Tiny presets of every family, and photographs whose content is known."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resources.convert_preset import write_preset
from tlgui.engine.models import efficientnet_lite, mobilenet_v2
from tlgui.engine.models.backbone_config import BackboneConfig, Stage, variable_shapes

CONVENTIONS = {
    efficientnet_lite.FAMILY: efficientnet_lite.CONVENTIONS,
    mobilenet_v2.FAMILY: mobilenet_v2.CONVENTIONS,
}
EMBEDDED = Path(__file__).parents[3] / "resources/models/efficientnet_lite0_imagenet"


@pytest.fixture(params=sorted(CONVENTIONS))
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def tiny_config(family: str) -> BackboneConfig:
    """Two stages at 36 px: every kind of block, odd and even sizes, strided 3 and 5 px kernels."""
    return BackboneConfig(
        family=family,
        input_size_px=36,
        stem_channels=4,
        stages=(
            Stage(repeats=1, kernel_size=3, strides=2, expand_ratio=1, channels=6),
            Stage(repeats=2, kernel_size=5, strides=2, expand_ratio=3, channels=8),
        ),
        feature_size=16,
    )


@pytest.fixture
def tiny_preset(tiny_config: BackboneConfig, tmp_path: Path) -> Path:
    """A preset folder with random weights, whose features are neither all 0 nor all 6."""
    chance = np.random.default_rng(3)
    tensors = {}
    for path, shape in variable_shapes(tiny_config).items():
        positive = path.endswith(("gamma", "moving_variance"))
        values = chance.uniform(0.5, 1.5, shape) if positive else chance.normal(0, 0.5, shape)
        tensors[path] = values.astype(np.float32)
    folder = tmp_path / "presets" / "tiny"
    classifier = {"predictions/bias": np.zeros(2, np.float32)}
    write_preset(folder, tiny_config, tensors, classifier=classifier)
    return folder


@pytest.fixture
def reseal() -> Callable[[Path], None]:
    """Return what makes a preset vouch for its changed files, as a careless author would."""

    def write_digests(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        for name in config["sha256"]:
            config["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        (folder / "config.json").write_text(json.dumps(config))

    return write_digests


@dataclass(frozen=True)
class Photo:
    """A photograph and the ImageNet classes that a person would accept for it."""

    pixels: np.ndarray
    classes: frozenset[int]


@pytest.fixture
def photos() -> dict[str, Photo]:
    """Photographs that ship inside scikit-learn and scikit-image, 224 px."""
    import skimage.data
    from sklearn.datasets import load_sample_image

    temple = load_sample_image("china.jpg")
    border = (temple.shape[1] - temple.shape[0]) // 2
    return {
        "temple": Photo(_resized(temple[:, border:-border]), frozenset({663, 698, 832})),
        "cat": Photo(_resized(skimage.data.chelsea()), frozenset({281, 282, 285})),
        "coffee": Photo(_resized(skimage.data.coffee()), frozenset({967})),
    }


def _resized(pixels: np.ndarray) -> np.ndarray:
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((224, 224), Image.Resampling.BILINEAR))


@pytest.fixture
def embedded_preset() -> Path:
    return EMBEDDED
