"""The files of a preset folder, checked before anything is made of them; imports no Keras.

``config.json``: format version, family, sizes, and the sha256 of the files beside it.
``model.safetensors``: the variables by Keras path.
``backbone.onnx``: the frozen network, whose weights are read from ``model.safetensors``; where
    it is missing, Keras computes instead.
``tokenizer.json``: how a text is cut into tokens, in the format of ``tokenizers``.
``classifier.safetensors``: the layer for the classes of the pretraining.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from tlgui.core.catalog import CONFIG_FILE
from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record
from tlgui.engine.models.backbone_config import BackboneConfig, check_config
from tlgui.engine.models.hub_config import HubConfig, hub_config
from tlgui.engine.models.hub_families import HUB_FAMILIES
from tlgui.engine.models.text_config import TEXT_FAMILIES, TextConfig, check_text_config
from tlgui.engine.models.vit_config import VIT, ViTConfig, check_vit_config

FORMAT_VERSION: Final = 1
WEIGHTS_FILE: Final = "model.safetensors"
GRAPH_FILE: Final = "backbone.onnx"
CLASSIFIER_FILE: Final = "classifier.safetensors"
TOKENIZER_FILE: Final = "tokenizer.json"
MAX_CONFIG_BYTES: Final = 65_536

AnyConfig = BackboneConfig | ViTConfig | HubConfig | TextConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetConfig:
    """The content of ``config.json``.

    Attributes:
        format_version: Of the folder; this code reads ``FORMAT_VERSION``.
        backbone: Sizes of the network.
        sha256: Hex digests by file name.
    """

    format_version: int
    backbone: AnyConfig
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Family:
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    format_version: int
    backbone: _Family
    sha256: dict[str, str]


def read_preset_config(folder: Path) -> PresetConfig:
    """Return the checked configuration of a preset folder.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    path = folder / CONFIG_FILE
    try:
        with path.open("rb") as file:
            text = file.read(MAX_CONFIG_BYTES + 1)
    except FileNotFoundError as error:
        raise _missing(folder) from error
    except OSError as error:
        damaged(path, str(error), error)
    if len(text) > MAX_CONFIG_BYTES:
        damaged(path, f"it is larger than {MAX_CONFIG_BYTES} bytes")
    try:
        return parse_preset_config(text)
    except (ValueError, RecursionError) as error:
        damaged(path, str(error), error)


def parse_preset_config(text: bytes) -> PresetConfig:
    """Return the checked configuration that the content of a file holds.

    Raises:
        ValueError: it is none, or a size is out of range.
        RecursionError: it is nested too deeply.
    """
    record = json.loads(text)
    outline = from_record(_Outline, record)
    if outline.format_version != FORMAT_VERSION:
        raise ValueError(f"format_version: need {FORMAT_VERSION}, got {outline.format_version}")
    return PresetConfig(
        format_version=outline.format_version,
        backbone=_backbone(outline.backbone.family, record["backbone"]),
        sha256=outline.sha256,
    )


def verified_file(folder: Path, config: PresetConfig, name: str) -> Path:
    """Return the path of a file of the preset once its sha256 agrees with the configuration.

    Raises:
        TlguiError: ``preset_damaged``.
    """
    path = folder / name
    if _sha256(path) != config.sha256.get(name):
        damaged(path, "its content is not what the preset was published with")
    return path


def preset_sha256(folder: Path) -> str:
    """Return the hex digest of the stored weights, or of the configuration of a preset without.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    has_weights = WEIGHTS_FILE in read_preset_config(folder).sha256
    return _sha256(folder / (WEIGHTS_FILE if has_weights else CONFIG_FILE))


def config_sha256(folder: Path) -> str:
    """Return the hex digest of the configuration, which names those of all other files.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    read_preset_config(folder)
    return _sha256(folder / CONFIG_FILE)


def damaged(path: Path, reason: str, cause: BaseException | None = None) -> NoReturn:
    """Raise ``preset_damaged`` for a file of a preset."""
    raise TlguiError("preset_damaged", path=str(path), reason=reason) from cause


def _backbone(family: str, record: object) -> AnyConfig:
    if family in TEXT_FAMILIES:
        text = from_record(TEXT_FAMILIES[family], record)
        check_text_config(text)
        return text
    if family == VIT:
        transformer = from_record(ViTConfig, record)
        check_vit_config(transformer)
        return transformer
    if family in HUB_FAMILIES:
        return hub_config(record)
    pictures = from_record(BackboneConfig, record)
    check_config(pictures)
    return pictures


def _missing(folder: Path) -> TlguiError:
    known = sorted(path.parent.name for path in folder.parent.glob(f"*/{CONFIG_FILE}"))
    return TlguiError("preset_missing", name=folder.name, known=", ".join(known) or "none")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        damaged(path, error.strerror or str(error), error)
