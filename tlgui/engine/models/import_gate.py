"""The gate: foreign files and folders are judged here, and only tensors and words pass.

No configuration from elsewhere is ever made into layers, no pickle and no program is opened: the
architecture is one of ours, known by name and sizes, and what passes becomes a preset of our own.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from tlgui.core import durable
from tlgui.core.catalog import CONFIG_FILE, PresetInfo
from tlgui.core.errors import TlguiError
from tlgui.core.imported import MAX_RECORD_BYTES, RECORD_FILE, read_record
from tlgui.engine.models.archive import open_archive
from tlgui.engine.models.foreign_export import EXPORT_FILES, MODEL_FILE, judged_export
from tlgui.engine.models.foreign_file import damaged, list_files, open_file, read_file, read_json
from tlgui.engine.models.foreign_folder import KNOWN, judged_folder, wish
from tlgui.engine.models.foreign_hub import WEIGHTS as HUB_WEIGHTS
from tlgui.engine.models.foreign_kinds import HEAD_BYTES, ZIP_HEAD, refuse_file, refuse_folder
from tlgui.engine.models.judged import Imported, JudgedModel, Shelf, slug
from tlgui.engine.models.packs import SUFFIX, own_digests, own_preset, read_pack
from tlgui.engine.models.preset_files import WEIGHTS_FILE
from tlgui.engine.models.tensor_file import read_header


def import_models(path: Path, shelf: Shelf, name: str = "") -> list[Imported]:
    """Judge a file or folder and install what is in it.

    Args:
        path: Any path.
        shelf: Where it goes.
        name: The id that a person wants for a single model; "" finds one.

    Raises:
        TlguiError: it was refused, and nothing of it was kept; or the disk is full.
    """
    durable.make_folder(shelf.folder)
    kind = _kind(path)
    if kind == "folder":
        return [_import_folder(path, shelf, name)]
    if kind == "pack":
        room_bytes = shutil.disk_usage(shelf.folder).free
        models = read_pack(path, room_bytes)
        if name and len(models) != 1:
            raise TlguiError("import_name_for_many", path=str(path), count=len(models))
        return shelf.put_all([(name or known, model) for known, model in models])
    return [_import_folder(path.parent, shelf, name)]


def _kind(path: Path) -> str:
    """Return what a path is, once it is none of what is never opened.

    Raises:
        TlguiError: it is nothing that could be imported.
    """
    try:
        if path.is_dir():
            return "folder"
    except (OSError, ValueError) as error:
        raise TlguiError("path_not_usable", path=str(path), reason=str(error)) from error
    with open_file(path) as file:
        head = file.read(HEAD_BYTES)
        if not head:
            damaged(path, "it is empty")
        refuse_file(path, head)
        if path.suffix == ".safetensors":
            read_header(file, path)
    if head.startswith(ZIP_HEAD) or path.suffix in (SUFFIX, ".keras"):
        return _kind_of_archive(path)
    _check_member(path)
    return "member"


def _check_member(path: Path) -> None:
    if path.suffix not in (".safetensors", ".h5"):
        raise TlguiError("import_format_unknown", path=str(path), reason="its kind is unknown")
    if not (path.parent / CONFIG_FILE).is_file():
        raise TlguiError("import_incomplete", path=str(path), name=CONFIG_FILE)
    if path.name not in (WEIGHTS_FILE, HUB_WEIGHTS):  # the folder's own weights are others
        reason = f"weights have to be called {WEIGHTS_FILE} or {HUB_WEIGHTS}"
        raise TlguiError("import_format_unknown", path=str(path), reason=reason)


def _kind_of_archive(path: Path) -> str:
    with open_archive(path, shutil.disk_usage(path.parent).total) as archive:
        if path.suffix != ".keras":
            return "pack"
        if path.name == MODEL_FILE and list_files(path.parent).keys() >= EXPORT_FILES:
            return "member"
        for name in (CONFIG_FILE, "model.weights.h5"):
            if name not in archive.members:
                raise TlguiError("import_incomplete", path=str(path), name=name)
    reason = "a .keras file describes its network as instructions, which tlgui does not follow"
    raise TlguiError("import_architecture_unknown", path=str(path), reason=reason, known=KNOWN)


def _import_folder(folder: Path, shelf: Shelf, name: str) -> Imported:
    files = list_files(folder)
    if files.keys() >= EXPORT_FILES:
        return _put(judged_export(folder, files), folder, shelf, name)
    if CONFIG_FILE not in files:
        refuse_folder(folder, files)
        raise TlguiError(
            "import_format_unknown", path=str(folder), reason=f"it has no {CONFIG_FILE}"
        )
    record = read_json(files[CONFIG_FILE])
    if "backbone" in record and "format_version" in record:
        return _import_own_preset(folder, files, shelf, name)
    return _put(judged_folder(folder, files, record), folder, shelf, name)


def _put(model: JudgedModel, folder: Path, shelf: Shelf, name: str) -> Imported:
    return shelf.put(model, name) if name else shelf.put_under_free_name(model, wish(folder))


def _import_own_preset(
    folder: Path, files: Mapping[str, Path], shelf: Shelf, name: str
) -> Imported:
    """Install the folder of a preset of another tlgui; its digests have to fit."""

    def read(file: str, limit: int) -> bytes:
        if file not in files:
            raise TlguiError("import_incomplete", path=str(folder), name=file)
        content = read_file(files[file], limit)
        sealed = own_digests(files[CONFIG_FILE])
        if file in sealed and hashlib.sha256(content).hexdigest() != sealed[file]:
            damaged(files[file], "its content is not what the preset was written with")
        return content

    record = _own_record(files)
    known = record.id if record else slug(folder.name)
    if known in shelf.catalog:
        record = shelf.catalog[known]
    model = own_preset(read, folder, known, record)
    return shelf.put(model, name or known)


def _own_record(files: Mapping[str, Path]) -> PresetInfo | None:
    if RECORD_FILE not in files:
        return None
    path = files[RECORD_FILE]
    record = read_json(path, MAX_RECORD_BYTES)
    try:
        return read_record(json.dumps(record), str(record.get("id")))
    except ValueError as error:
        damaged(path, str(error), error)
