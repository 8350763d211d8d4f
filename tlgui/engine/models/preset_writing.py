"""Writes what a preset folder has besides its weights; imports no Keras."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from tlgui.core.catalog import CONFIG_FILE
from tlgui.engine.models.any_config import FAMILIES
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.preset_files import (
    FORMAT_VERSION,
    GRAPH_FILE,
    WEIGHTS_FILE,
    AnyConfig,
    PresetConfig,
)
from tlgui.engine.models.text_config import BertConfig


def write_graph(folder: Path, config: AnyConfig) -> bool:
    """Write the frozen network beside its weights; return whether its family has such a graph."""
    # here, because importing ONNX takes time that a refusal need not wait
    from tlgui.engine.models.picture_graph import frozen_graph
    from tlgui.engine.models.text_graph import bert_graph

    match config:
        case BackboneConfig() if config.family in FAMILIES:
            graph = frozen_graph(config, FAMILIES[config.family], folder / WEIGHTS_FILE)
        case BertConfig():
            graph = bert_graph(config, folder / WEIGHTS_FILE)
        case _:
            return False
    (folder / GRAPH_FILE).write_bytes(graph.SerializeToString(deterministic=True))
    return True


def write_config(folder: Path, backbone: AnyConfig, *names: str) -> None:
    """Write the configuration, which vouches for the named files."""
    preset = PresetConfig(
        format_version=FORMAT_VERSION,
        backbone=backbone,
        sha256={name: file_sha256(folder / name) for name in sorted(names)},
    )
    text = json.dumps(asdict(preset), indent=1) + "\n"
    (folder / CONFIG_FILE).write_text(text, encoding="utf-8", newline="\n")


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
