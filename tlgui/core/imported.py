"""Presets that a person imported: what a catalog would say of them lies beside their files."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tlgui.core.catalog import PresetInfo, checked_preset
from tlgui.core.errors import TlguiError

RECORD_FILE: Final = "preset.json"
MAX_RECORD_BYTES: Final = 65_536
MAX_IMPORTED: Final = 1000
ID: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,63}")

log = logging.getLogger(__name__)


class Presets(dict[str, PresetInfo]):
    """Presets by id; one that is asked for and not there is an error that a person can act on."""

    def __missing__(self, name: str) -> PresetInfo:
        """Raise ``preset_unknown``: a run may outlive the imported preset it began with."""
        raise TlguiError("preset_unknown", name=name, known=", ".join(self))


def with_imported(
    catalog: Mapping[str, PresetInfo], search_path: tuple[Path, ...]
) -> dict[str, PresetInfo]:
    """Return the catalog with the imported presets of some folders behind it.

    A record that is damaged, or is called like another preset, is passed over.
    """
    found = Presets(catalog)
    for folder in search_path:
        for info in _records(folder):
            found.setdefault(info.id, info)
    return found


def read_record(content: bytes | str, name: str) -> PresetInfo:
    """Return an imported preset from its record.

    Raises:
        ValueError: it is no record of a preset with that id, or a value is out of range.
    """
    record = json.loads(content)
    if not isinstance(record, dict) or record.get("id") != name or not ID.fullmatch(name):
        raise ValueError(f"it is no record of a preset {name}")
    info = checked_preset(name, record)
    longest = max(map(len, (info.title, info.license, info.source, info.trained_on)))
    if longest > 500 or info.embedded or info.num_bytes < 0 or info.num_groups > 100:
        raise ValueError("a value is out of range")
    return info


def _records(folder: Path) -> Iterator[PresetInfo]:
    try:
        paths = sorted(folder.glob(f"*/{RECORD_FILE}"))[:MAX_IMPORTED]
    except OSError as error:
        log.warning("%s is passed over: %s", folder, error)
        return
    for path in paths:
        try:
            with path.open("rb") as file:
                content = file.read(MAX_RECORD_BYTES)
            yield read_record(content, path.parent.name)
        except (OSError, ValueError, RecursionError) as error:
            log.warning("%s is passed over: %s", path, error)
