"""A foreign model once it is judged, and our own copy of it: only that is read from then on."""

import hashlib
import re
import shutil
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import safetensors.numpy

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.errors import TlguiError
from tlgui.core.imported import ID, RECORD_FILE, with_imported
from tlgui.core.records import json_text
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models.any_config import any_variable_shapes
from tlgui.engine.models.archive import name_fault
from tlgui.engine.models.described import Origin, described_preset
from tlgui.engine.models.foreign_file import damaged
from tlgui.engine.models.foreign_pictures import PUBLISHED
from tlgui.engine.models.preset_files import (
    GRAPH_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    AnyConfig,
    preset_sha256,
    read_preset_config,
)
from tlgui.engine.models.preset_weights import check_tensors
from tlgui.engine.models.preset_writing import write_config, write_graph
from tlgui.engine.models.tensor_file import Tensors
from tlgui.engine.models.text_config import BertConfig, WordVectorsConfig
from tlgui.engine.models.vocabulary import Vocabulary

LEFTOVERS: Final = ("*.partial", "*.old", "*.removed")
STALE_S: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedModel:
    """All that is taken of a foreign model.

    Attributes:
        path: Where it came from, for messages.
        config: Its sizes, within what we ever build.
        tensors: By Keras path, as they are to be stored.
        origin: What people know of it.
        vocabulary: Of models for texts.
        license_text: "" where nobody gave one.
        notice: Authors and changes, likewise.
    """

    path: Path
    config: AnyConfig
    tensors: Tensors
    origin: Origin
    vocabulary: Vocabulary | None = None
    license_text: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a foreign model.

    Attributes:
        info: Its entry among the presets.
        was_there: Whether nothing had to be written.
    """

    info: PresetInfo
    was_there: bool


class Shelf:
    """The user's own folder of presets, the only one that is written to."""

    def __init__(self, folder: Path, catalog: Mapping[str, PresetInfo]) -> None:
        """Take the folder, which need not exist yet, and the presets that tlgui came with."""
        self.folder = folder
        self.catalog = catalog

    def known(self) -> Mapping[str, PresetInfo]:
        """Return the catalog and what was imported into the folder."""
        return with_imported(self.catalog, (self.folder,))

    def put(self, model: JudgedModel, name: str) -> Imported:
        """Install a published preset, or one that has a name of its own, at once or not at all.

        Args:
            model: What it consists of.
            name: Its id.

        Raises:
            TlguiError: it is not what was published under that name, another model is called
                so, something in it is bad, or the disk is full.
        """
        return self.put_all([(name, model)])[0]

    def put_all(self, models: Sequence[tuple[str, JudgedModel]]) -> list[Imported]:
        """Install several, see ``put``; where one is refused, none is installed.

        Raises:
            TlguiError: see ``put``.
        """
        return [install() for install in [self._prepared(name, m) for name, m in models]]

    def _prepared(self, name: str, model: JudgedModel) -> Callable[[], Imported]:
        """Return what installs a model, once nothing but the disk speaks against it."""
        weights = _weights(model)
        _check_words(model)
        info = self._entry(model, name, weights)
        there = self.folder / name
        if not there.exists():
            return lambda: self._install(model, info, weights)
        if not _holds(there, model, info.sha256):
            raise TlguiError("preset_taken", name=name)
        return lambda: Imported(info=info, was_there=True)

    def _install(self, model: JudgedModel, info: PresetInfo, weights: bytes) -> Imported:
        self.sweep()
        with durable.published_folder(self.folder / info.id) as partial:
            _write(partial, model, weights)
            if info.id not in self.catalog:
                record = json_text(asdict(info), indent=1)
                (partial / RECORD_FILE).write_text(record, encoding="utf-8")
        return Imported(info=info, was_there=False)

    def put_under_free_name(self, model: JudgedModel, wish: str) -> Imported:
        """Install a model under a name that nothing has yet, or find it where it is already.

        Raises:
            TlguiError: see ``put``.
        """
        digest = hashlib.sha256(_weights(model)).hexdigest()
        known = self.known()
        alike = [i for i in known.values() if i.sha256 == digest and i.id not in self.catalog]
        same = [info for info in alike if _holds(self.folder / info.id, model, digest)]
        if same:
            return Imported(info=same[0], was_there=True)
        name, number = slug(wish), 1
        while name in known or (self.folder / name).exists():
            number += 1
            name = f"{slug(wish)}_{number}"
        return self.put(model, name)

    def remove(self, name: str) -> None:
        """Take a preset out of the folder.

        Raises:
            TlguiError: it is not there, or cannot be moved.
        """
        if not (self.folder / name).is_dir():
            reason = "it is part of tlgui or shared by an administrator"
            raise TlguiError("preset_not_yours", name=name, reason=reason)
        removed = self.folder / f"{name}.removed"
        shutil.rmtree(removed, ignore_errors=True)
        try:
            (self.folder / name).rename(removed)  # gone at once, whatever happens to its files
        except OSError as error:
            reason = error.strerror or str(error)
            path = str(self.folder / name)
            raise TlguiError("path_not_usable", path=path, reason=reason) from error
        shutil.rmtree(removed, ignore_errors=True)
        self.sweep()

    def sweep(self) -> None:
        """Remove what imports left behind that were killed long ago."""
        for pattern in LEFTOVERS:
            for folder in self.folder.glob(pattern):
                if time.time() - folder.stat().st_mtime > STALE_S:
                    shutil.rmtree(folder, ignore_errors=True)

    def _entry(self, model: JudgedModel, name: str, weights: bytes) -> PresetInfo:
        digest = hashlib.sha256(weights).hexdigest() if weights else None
        if name in self.catalog:
            published = self.catalog[name]
            sizes = PUBLISHED.get(name, model.config)
            if published.sha256 != digest or published.family != model.config.family:
                raise TlguiError("import_differs", path=str(model.path), name=name)
            if sizes != model.config:
                raise TlguiError("import_differs", path=str(model.path), name=name)
            return published
        if not ID.fullmatch(name) or name_fault(name):
            damaged(model.path, f"{name!r:.80} cannot be the name of a model")
        info = described_preset(name, model.config, model.origin, self.catalog)
        return replace(info, num_bytes=len(weights), sha256=digest)


def slug(text: str) -> str:
    """Return a text as the id of a preset."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:48] or "imported"
    return f"model_{name}" if name_fault(name) else name


def _weights(model: JudgedModel) -> bytes:
    """Return our own file of the tensors, once each is as the sizes ask for."""
    if not any_variable_shapes(model.config):
        return b""
    try:
        check_tensors(model.path, model.tensors, any_variable_shapes(model.config))
    except TlguiError as error:
        damaged(model.path, str(error.detail["reason"]), error)
    stored = {name: np.ascontiguousarray(values) for name, values in model.tensors.items()}
    return safetensors.numpy.save(stored)


def _holds(folder: Path, model: JudgedModel, digest: str | None) -> bool:
    """Return whether a folder is that of this very model, with the same words."""
    try:
        if digest is not None and preset_sha256(folder) != digest:
            return False
        if read_preset_config(folder).backbone != model.config:
            return False
        words = model.vocabulary.tokenizer().encode() if model.vocabulary else b""
        return not words or (folder / TOKENIZER_FILE).read_bytes() == words
    except (OSError, TlguiError):  # damaged: what comes now may not simply be dropped over it
        return False


def _write(folder: Path, model: JudgedModel, weights: bytes) -> None:
    names = []
    if weights:
        (folder / WEIGHTS_FILE).write_bytes(weights)
        names.append(WEIGHTS_FILE)
    if weights and write_graph(folder, model.config):
        names.append(GRAPH_FILE)
    if model.vocabulary:
        _write_tokenizer(folder, model, model.vocabulary)
        names.append(TOKENIZER_FILE)
    write_config(folder, model.config, *names)
    for name, text in (("LICENSE", model.license_text), ("NOTICE", model.notice)):
        if text:
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _check_words(model: JudgedModel) -> None:
    config = model.config
    if not isinstance(config, BertConfig | WordVectorsConfig):
        return
    if model.vocabulary is None:
        raise TlguiError("import_incomplete", path=str(model.path), name=TOKENIZER_FILE)
    if len(model.vocabulary.words) > config.vocabulary_size:
        damaged(model.path, f"it has more than the {config.vocabulary_size:,} words of its table")


def _write_tokenizer(folder: Path, model: JudgedModel, vocabulary: Vocabulary) -> None:
    path = folder / TOKENIZER_FILE
    path.write_text(vocabulary.tokenizer(), encoding="utf-8", newline="\n")
    try:
        Tokenizer(path, 0)
    except TlguiError as error:
        damaged(model.path, str(error.detail["reason"]), error)
