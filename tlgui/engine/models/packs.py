"""Packs: presets in one file for computers without a network.

A zip file with ``manifest.json``, which names every other file with its size and sha256, and
``presets/ID/`` with the sizes, the weights, the tokenizer, the license and the notice of each.
The graph of a network is not in it: whoever imports a pack writes that anew.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from tlgui import __version__
from tlgui.core import durable
from tlgui.core.catalog import CONFIG_FILE, PresetInfo
from tlgui.core.errors import TlguiError
from tlgui.core.imported import ID, read_record
from tlgui.core.records import from_record, json_text
from tlgui.engine.data.tokenizer import MAX_FILE_BYTES
from tlgui.engine.models.any_config import num_values
from tlgui.engine.models.archive import Archive, open_archive
from tlgui.engine.models.described import Origin, described_preset
from tlgui.engine.models.foreign_file import MAX_TEXT_BYTES, damaged, json_object, read_file
from tlgui.engine.models.judged import JudgedModel
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.preset_files import (
    MAX_CONFIG_BYTES,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    AnyConfig,
    PresetConfig,
    parse_preset_config,
    read_preset_config,
)
from tlgui.engine.models.tensor_file import Tensors, read_tensors
from tlgui.engine.models.text_config import BertConfig, WordVectorsConfig
from tlgui.engine.models.vocabulary import own_vocabulary

FORMAT: Final = "tlgui-pack"
FORMAT_VERSION: Final = 1
SUFFIX: Final = ".tlpack"
MANIFEST: Final = "manifest.json"
MAX_PRESETS: Final = 100
PACKED_S: Final = (2020, 1, 1, 0, 0, 0)  # the same presets give the same bytes
BYTES_PER_VALUE: Final = 4

# what is packed of a preset's folder, and how large each may be besides the weights
LIMITS: Final = {
    CONFIG_FILE: MAX_CONFIG_BYTES,
    TOKENIZER_FILE: MAX_FILE_BYTES,
    "LICENSE": MAX_TEXT_BYTES,
    "NOTICE": MAX_TEXT_BYTES,
}
FILES: Final = (WEIGHTS_FILE, *LIMITS)

Read = Callable[[str, int], bytes]  # a file's name and most bytes → its content


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """What a manifest vouches for."""

    num_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPreset:
    """One preset of a pack.

    Attributes:
        preset: Its entry, with license, source and what it was trained on.
        files: By name.
    """

    preset: PresetInfo
    files: dict[str, PackedFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of ``manifest.json``."""

    format: str
    format_version: int
    made_by: str
    presets: tuple[PackedPreset, ...]


def write_pack(library: PresetLibrary, names: Sequence[str], to: Path) -> int:
    """Write presets into one file, which is there when all of it is; return its size.

    Raises:
        TlguiError: a preset is unknown, missing or damaged, or the disk is full.
    """
    folders = {name: library.folder(name) for name in dict.fromkeys(names)}
    packed = [_packed(library.catalog[name], folder) for name, folder in folders.items()]
    made_by = f"tlgui {__version__}"
    manifest = Manifest(
        format=FORMAT, format_version=FORMAT_VERSION, made_by=made_by, presets=tuple(packed)
    )
    with durable.published_file(to) as file, zipfile.ZipFile(file, "w") as archive:
        _add(archive, MANIFEST, json_text(asdict(manifest), indent=1).encode())
        for preset in packed:
            for name in preset.files:
                content = (folders[preset.preset.id] / name).read_bytes()
                _add(archive, _member(preset.preset.id, name), content)
    return to.stat().st_size


def read_pack(path: Path, room_bytes: int) -> list[tuple[str, JudgedModel]]:
    """Return what a pack holds, by id, once all of it is judged.

    Args:
        path: Of the file.
        room_bytes: Free on the disk it is to be installed on.

    Raises:
        TlguiError: something in it is not as it should be.
    """
    with open_archive(path, room_bytes) as archive:
        manifest = _manifest(archive)
        listed = {
            _member(packed.preset.id, name) for packed in manifest.presets for name in packed.files
        }
        surplus = archive.members.keys() - listed - {MANIFEST}
        if surplus:
            damaged(path, f"it holds files that its list does not name: {min(surplus):.80}")
        return [(p.preset.id, _packed_model(archive, p)) for p in manifest.presets]


def own_preset(read: Read, path: Path, name: str, record: PresetInfo | None) -> JudgedModel:
    """Return a preset of another tlgui.

    Args:
        read: Gives the content of its files.
        path: For messages.
        name: Its id.
        record: What is said of it; None goes by its sizes.

    Raises:
        TlguiError: something in it is not as it should be.
    """
    config = _config(read(CONFIG_FILE, MAX_CONFIG_BYTES), path).backbone
    if record:
        _check_record(record, config, path)
    vocabulary = None
    if isinstance(config, BertConfig | WordVectorsConfig):
        content = read(TOKENIZER_FILE, MAX_FILE_BYTES)
        vocabulary = own_vocabulary(content, isinstance(config, BertConfig), path)
    return JudgedModel(
        path=path,
        config=config,
        tensors=_weights(read, config, path),
        vocabulary=vocabulary,
        origin=_origin(record) if record else Origin(title=name),
        license_text=_text(read, "LICENSE"),
        notice=_text(read, "NOTICE"),
    )


def own_digests(path: Path) -> dict[str, str]:
    """Return the digests that the configuration of a preset vouches for.

    Raises:
        TlguiError: it is damaged.
    """
    return _config(read_file(path, MAX_CONFIG_BYTES), path).sha256


def _packed(info: PresetInfo, folder: Path) -> PackedPreset:
    read_preset_config(folder)
    files = {}
    for name in FILES:
        if (folder / name).is_file():
            content = (folder / name).read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            files[name] = PackedFile(num_bytes=len(content), sha256=digest)
    return PackedPreset(preset=info, files=files)


def _config(content: bytes, path: Path) -> PresetConfig:
    try:
        return parse_preset_config(content)
    except (ValueError, RecursionError) as error:
        damaged(path, f"{CONFIG_FILE}: {error!s:.200}", error)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, PACKED_S)
    entry.external_attr = 0o644 << 16
    is_dense = name.endswith(WEIGHTS_FILE)  # numbers that look like chance hardly get smaller
    entry.compress_type = zipfile.ZIP_STORED if is_dense else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _member(preset: str, name: str) -> str:
    return f"presets/{preset}/{name}"


def _manifest(archive: Archive) -> Manifest:
    record = json_object(archive.read(MANIFEST, MAX_TEXT_BYTES), archive.path)
    if record.get("format") != FORMAT:
        raise TlguiError("import_format_unknown", path=str(archive.path), reason="it is no pack")
    if record.get("format_version") != FORMAT_VERSION:
        reason = "it was made by another version of tlgui"
        raise TlguiError("import_format_unknown", path=str(archive.path), reason=reason)
    try:
        manifest = from_record(Manifest, record)
    except (ValueError, RecursionError) as error:
        damaged(archive.path, f"{MANIFEST}: {error!s:.200}", error)
    names = [packed.preset.id for packed in manifest.presets]
    if not 1 <= len(names) <= MAX_PRESETS or len(set(names)) != len(names):
        damaged(archive.path, "it names no preset, too many, or one twice")
    for packed in manifest.presets:
        strange = packed.files.keys() - set(FILES)
        if strange or not ID.fullmatch(packed.preset.id):
            damaged(archive.path, f"{packed.preset.id!r:.80} or its files have unusual names")
    return manifest


def _packed_model(archive: Archive, packed: PackedPreset) -> JudgedModel:
    info = packed.preset

    def read(name: str, limit: int) -> bytes:
        if name not in packed.files:
            raise TlguiError("import_incomplete", path=str(archive.path), name=name)
        content = archive.read(_member(info.id, name), limit)
        if hashlib.sha256(content).hexdigest() != packed.files[name].sha256:
            damaged(archive.path, f"{name} of {info.id} is not what its list says")
        return content

    return own_preset(read, archive.path, info.id, _record_of(info, archive.path))


def _record_of(info: PresetInfo, path: Path) -> PresetInfo:
    """Return an entry of a manifest once it is found to be one that could be kept."""
    record = {**asdict(info), "embedded": False}
    try:
        return read_record(json.dumps(record), info.id)
    except ValueError as error:
        damaged(path, str(error), error)


def _check_record(record: PresetInfo, config: AnyConfig, path: Path) -> None:
    """Refuse a record that says other things than the sizes."""
    told = described_preset(record.id, config, _origin(record), {})
    for name in (f.name for f in fields(record)):
        if name not in _FREE and getattr(record, name) != getattr(told, name):
            damaged(path, f"what it says of {name} does not fit its network")


# of a record: known to people, or measured of the files themselves
_FREE: Final = (
    "embedded",
    "fine_tuning",
    "handle",
    "l2_strengths",
    "num_bytes",
    "num_multiply_adds",
    "origin",
    "sha256",
    "weights",
)


def _origin(record: PresetInfo) -> Origin:
    return Origin(
        title=record.title,
        license=record.license,
        source=record.source,
        trained_on=record.trained_on,
        languages=record.languages,
        sequence_length=record.sequence_length,
    )


def _weights(read: Read, config: AnyConfig, path: Path) -> Tensors:
    most = BYTES_PER_VALUE * num_values(config)
    if not most:
        return {}
    content = read(WEIGHTS_FILE, most + MAX_FILE_BYTES)
    return read_tensors(io.BytesIO(content), path, most)


def _text(read: Read, name: str) -> str:
    try:
        text = read(name, MAX_TEXT_BYTES).decode(errors="replace")
    except TlguiError as error:
        if error.code in ("import_incomplete", "import_missing"):
            return ""
        raise
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
