"""The presets on this computer."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tlgui.core.catalog import PresetInfo, preset_folder, read_catalog
from tlgui.core.errors import TlguiError
from tlgui.core.imported import with_imported
from tlgui.core.settings import Home, model_folders, resources_folder
from tlgui.engine.data.row_store import RowStore


@dataclass(frozen=True, slots=True)
class PresetLibrary:
    """What the engine works with.

    Attributes:
        catalog: Every preset that is known.
        search_path: Folders in which presets may lie, searched in order.
        store: Keeps what was decoded and computed once; None keeps nothing.
        imported: Ids of those that a person brought, and tlgui itself knows nothing of.
    """

    catalog: Mapping[str, PresetInfo]
    search_path: tuple[Path, ...]
    store: RowStore | None = None
    imported: frozenset[str] = frozenset()

    def installed(self) -> tuple[PresetInfo, ...]:
        """Return the presets that are on this computer, in the catalog's order."""
        return tuple(i for i in self.catalog.values() if preset_folder(i, self.search_path))

    def published(self) -> dict[str, PresetInfo]:
        """Return the presets that tlgui itself knows, without those that a person imported."""
        return {name: info for name, info in self.catalog.items() if name not in self.imported}

    def folder(self, preset: str) -> Path:
        """Return the folder of a preset.

        Raises:
            TlguiError: the catalog does not know it, or it is not on this computer.
        """
        if preset not in self.catalog:
            raise TlguiError("preset_unknown", name=preset, known=self._known())
        folder = preset_folder(self.catalog[preset], self.search_path)
        if folder is None:
            known = self._known()
            raise TlguiError("preset_missing", name=preset, known=known)
        return folder

    def _known(self) -> str:
        return ", ".join(info.id for info in self.installed())


def open_library(home: Home, resources: Path | None = None) -> PresetLibrary:
    """Return the library: the embedded presets first, then the user's own, then shared ones.

    Raises:
        TlguiError: the catalog is damaged.
    """
    resources = resources or resources_folder()
    try:
        catalog = read_catalog(resources / "models.toml")
    except (OSError, ValueError) as error:
        path = str(resources / "models.toml")
        raise TlguiError("catalog_damaged", path=path, reason=str(error)) from error
    search_path = model_folders(home, resources, os.environ)
    known = with_imported(catalog, search_path[1:])
    imported = frozenset(known.keys() - catalog.keys())
    return PresetLibrary(known, search_path, RowStore(home.cache), imported)
