"""Tiny presets with random weights, and runs on them that take seconds."""

import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from resources.convert_preset import write_preset
from tests.engine.tiny_text import write_tiny_text_preset, write_tiny_word_vectors
from tests.engine.tiny_vit import write_tiny_vit_preset
from tests.presets import CATALOG
from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.events import Event
from tlgui.core.phase import FineTuning
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.core.settings import resources_folder
from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models import efficientnet_lite
from tlgui.engine.models.backbone_config import (
    BackboneConfig,
    Stage,
    num_parameters,
    variable_shapes,
)
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.run_facts import CERTIFICATES
from tlgui.engine.training.train import train

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


TEXTS_PER_CLASS = 14
TEXT_CLASSES = {
    "animals": ("cat", "dog", "bird", "fish", "horse", "cow", "milk", "eat", "hungry"),
    "money": ("bank", "oil", "price", "trade", "grain", "market", "profit", "loss", "dollar"),
    "travel": ("car", "road", "city", "river", "sea", "ship", "go", "came", "house"),
}
COMMON_WORDS = ("the", "a", "and", "of", "to", "in", "is", "was", "this", "very")


@pytest.fixture(scope="session")
def tiny_library(tmp_path_factory: pytest.TempPathFactory) -> PresetLibrary:
    """A library of tiny presets with random weights, and the plain method for texts.

    ``tiny`` and ``tiny_vit`` read pictures of 32 px, ``tiny_text`` and ``tiny_vit`` are
    transformers, ``tiny_vectors`` has a vector for every word.
    """
    folder = tmp_path_factory.mktemp("presets")
    write_preset(
        folder / "tiny",
        TINY,
        random_tensors(TINY),
        classifier={"predictions/bias": np.zeros(2, np.float32)},
    )
    for name in ("LICENSE", "NOTICE"):
        (folder / "tiny" / name).write_text("Apache-2.0\n")
    infos = [
        TINY_INFO,
        write_tiny_vit_preset(folder / "tiny_vit"),
        write_tiny_text_preset(folder / "tiny_text"),
        write_tiny_word_vectors(folder / "tiny_vectors"),
        CATALOG["tfidf_linear"],
    ]
    shutil.copytree(resources_folder() / "models" / "tfidf_linear", folder / "tfidf_linear")
    return PresetLibrary({info.id: info for info in infos}, (folder,))


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


@pytest.fixture(scope="session")
def shared_texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three classes with 14 easily told texts each, 5 to 18 words long.

    The same bytes in every run; no two texts are alike. Whoever changes them takes ``texts``.
    """
    chance = random.Random(21)
    folder = tmp_path_factory.mktemp("shared") / "texts"
    for name, own in TEXT_CLASSES.items():
        (folder / name).mkdir(parents=True)
        for number in range(TEXTS_PER_CLASS):
            words = [chance.choice(own) for _ in range(3 + number)]
            for _ in range(2 + number // 4):
                words.insert(chance.randrange(len(words) + 1), chance.choice(COMMON_WORDS))
            (folder / name / f"{number:02}.txt").write_text(" ".join(words) + ".\n")
    return folder


@pytest.fixture
def texts(shared_texts: Path, tmp_path: Path) -> Path:
    """A copy of ``shared_texts`` that a test may change."""
    return shutil.copytree(shared_texts, tmp_path / "texts")


@pytest.fixture(scope="session")
def trained_once(
    tmp_path_factory: pytest.TempPathFactory, tiny_library: PresetLibrary
) -> Iterator[Callable[..., RunFolder]]:
    """Return a function that gives a trained run on some files; each is trained only once.

    What it gives is shared: whoever changes a run takes a copy.
    """
    runs: dict[object, RunFolder] = {}
    contents: dict[object, dict[Path, bytes]] = {}

    def trained(
        source: Path,
        preset: str,
        strategy: str = "feature_extraction",
        columns: TableColumns = TableColumns(),  # noqa: B008 (it cannot change)
        **settings: str,
    ) -> RunFolder:
        key = source, preset, strategy, columns, *settings.items()
        if key not in runs:
            dataset = scan_folder(source, Channel(), columns=columns)
            plan = make_plan(tiny_library.catalog[preset], strategy=strategy, settings=settings)
            run = create_run(tmp_path_factory.mktemp("shared-runs") / preset, dataset, plan)
            train(run, tiny_library, Channel(run.path), requested_s=0.0)
            runs[key], contents[key] = run, _content(run.path)
        return runs[key]

    yield trained
    changed = [key for key, run in runs.items() if _content(run.path) != contents[key]]
    assert not changed, f"a test has changed a shared run: {changed}"


def _content(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    # an export adds what was proven of it, and changes nothing else
    return {path: path.read_bytes() for path in files if path.name != CERTIFICATES}


@pytest.fixture
def make_run(
    request: pytest.FixtureRequest, tmp_path: Path, tiny_library: PresetLibrary
) -> Callable[..., RunFolder]:
    """Return a function that creates a run on a tiny preset and ``pictures`` or ``texts``."""

    def make(
        strategy: str = "feature_extraction",
        name: str = "run",
        preset: str = "tiny",
        source: Path | None = None,
        **settings: str,
    ) -> RunFolder:
        info = tiny_library.catalog[preset]
        drawn = "pictures" if info.task == "image" else "texts"
        dataset = scan_folder(source or request.getfixturevalue(drawn), Channel())
        plan = make_plan(info, strategy=strategy, settings=settings)
        return create_run(tmp_path / name, dataset, plan)

    return make


@pytest.fixture
def heard() -> list[Event]:
    """Take this list's ``append`` as a listener."""
    return []
