"""Writes what every preset folder has besides its weights."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tlgui.core.catalog import CONFIG_FILE, PresetInfo
from tlgui.engine.models.preset_files import FORMAT_VERSION, AnyConfig, PresetConfig

RESOURCES: Final = Path(__file__).parent


def write_config(folder: Path, backbone: AnyConfig, *names: str) -> None:
    """Write the configuration, which vouches for the named files."""
    preset = PresetConfig(
        format_version=FORMAT_VERSION,
        backbone=backbone,
        sha256={name: file_sha256(folder / name) for name in names},
    )
    text = json.dumps(asdict(preset), indent=1) + "\n"
    (folder / CONFIG_FILE).write_text(text, encoding="utf-8", newline="\n")


def write_license(folder: Path, info: PresetInfo, notice: str) -> None:
    """Write the license of the weights and the notice of their origin."""
    (folder / "LICENSE").write_bytes((RESOURCES / f"licenses/{info.license}.txt").read_bytes())
    (folder / "NOTICE").write_text(notice, encoding="utf-8", newline="\n")


def file_sha256(path: Path) -> str:
    """Return the hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
