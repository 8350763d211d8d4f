"""Writes the license of a preset and the notice of where it comes from."""

from pathlib import Path
from typing import Final

from tlgui.core.catalog import PresetInfo

RESOURCES: Final = Path(__file__).parent


def write_license(folder: Path, info: PresetInfo, notice: str) -> None:
    """Write the license of the weights and the notice of their origin."""
    (folder / "LICENSE").write_bytes((RESOURCES / f"licenses/{info.license}.txt").read_bytes())
    (folder / "NOTICE").write_text(notice, encoding="utf-8", newline="\n")
