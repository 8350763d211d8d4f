"""A tiny preset with random weights, and runs on it that take seconds."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from resources.convert_preset import write_preset
from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.events import Event
from tlgui.core.plan import make_plan
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.core.strategies import FineTuning
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.models import efficientnet_lite
from tlgui.engine.models.backbone_config import (
    BackboneConfig,
    Stage,
    num_parameters,
    variable_shapes,
)
from tlgui.engine.models.library import PresetLibrary

TINY = BackboneConfig(
    family=efficientnet_lite.FAMILY,
    input_size_px=32,
    stem_channels=8,
    stages=(
        Stage(repeats=1, kernel_size=3, strides=2, expand_ratio=1, channels=8),
        Stage(repeats=2, kernel_size=3, strides=2, expand_ratio=2, channels=12),
    ),
    feature_size=24,
)

TINY_INFO = PresetInfo(
    id="tiny",
    title="Tiny",
    task="image",
    family=TINY.family,
    input_size_px=TINY.input_size_px,
    num_parameters=num_parameters(TINY),
    num_bytes=1,
    license="Apache-2.0",
    source="this test",
    trained_on="nothing",
    feature_size=TINY.feature_size,
    num_groups=len(TINY.stages) + 2,
    embedded=False,
    fine_tuning=FineTuning(learning_rate=1e-4, weight_decay=0.0, epochs=8, patience=5),
    origin=PresetOrigin(package="none", version="0", member="none", sha256="none"),
)


@pytest.fixture(scope="session")
def tiny_library(tmp_path_factory: pytest.TempPathFactory) -> PresetLibrary:
    """A library with one preset, ``tiny``: 32 px, two stages, random weights."""
    folder = tmp_path_factory.mktemp("presets")
    write_preset(
        folder / "tiny",
        TINY,
        efficientnet_lite.CONVENTIONS,
        random_tensors(TINY),
        classifier={"predictions/bias": np.zeros(2, np.float32)},
    )
    for name in ("LICENSE", "NOTICE"):
        (folder / "tiny" / name).write_text("Apache-2.0\n")
    return PresetLibrary({"tiny": TINY_INFO}, (folder,))


def random_tensors(config: BackboneConfig) -> dict[str, np.ndarray]:
    """Return weights whose features are neither all 0 nor all 6."""
    chance = np.random.default_rng(3)
    return {
        path: (
            chance.uniform(0.5, 1.5, shape)
            if path.endswith(("gamma", "moving_variance"))
            else chance.normal(0, 0.5, shape)
        ).astype(np.float32)
        for path, shape in variable_shapes(config).items()
    }


@pytest.fixture
def make_run(pictures: Path, tmp_path: Path) -> Callable[..., RunFolder]:
    """Return a function that creates a run on the tiny preset and the drawn pictures."""

    def make(strategy: str = "feature_extraction", name: str = "run", **settings: str) -> RunFolder:
        dataset = scan_folder(pictures, Channel())
        plan = make_plan(TINY_INFO, strategy=strategy, settings=settings)
        return create_run(tmp_path / name, dataset, plan)

    return make


@pytest.fixture
def heard() -> list[Event]:
    """Take this list's ``append`` as a listener."""
    return []
