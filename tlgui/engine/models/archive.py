"""Zip files from elsewhere: judged by their directory before anything in them is unpacked."""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from tlgui.core.errors import TlguiError
from tlgui.engine.models.foreign_file import damaged, open_file

MAX_MEMBERS: Final = 2000
MAX_RATIO: Final = 20
MAX_DIRECTORY_BYTES: Final = 4 * 2**20
SMALL_BYTES: Final = 2**20  # a configuration that repeats itself may be packed more tightly
MAX_NAME: Final = 255
MAX_DEPTH: Final = 16

# the end record of a zip file, by which readers find its directory
END_RECORD: Final = b"PK\x05\x06"
END_BYTES: Final = 22
MAX_COMMENT: Final = 65_535

PORTS: Final = tuple(f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³")
DEVICES: Final = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", "clock$", *PORTS))
FORBIDDEN: Final = frozenset('\\:*?"<>|')
ENCRYPTED: Final = 0x1
FILE_TYPES: Final = (0, stat.S_IFREG, stat.S_IFDIR)

# what the standard library raises on mangled archives
MANGLED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Archive:
    """A judged archive.

    Attributes:
        path: Of the file.
        members: Its files by name; folders are left out.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self.members = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        self._archive = archive

    def read(self, name: str, limit: int) -> bytes:
        """Return the content of a file, whose checksum is checked.

        Raises:
            TlguiError: it is missing, damaged or larger than ``limit`` bytes.
        """
        if name not in self.members:
            raise TlguiError("import_incomplete", path=str(self.path), name=name)
        size = self.members[name].file_size
        if size > limit:
            raise TlguiError(
                "import_too_large", path=str(self.path), reason=f"{name} has {size:,} bytes"
            )
        try:
            with self._archive.open(name) as member:
                content = member.read(size)
                if len(content) != size or member.read(1):
                    raise ValueError("it is not as long as the archive says")
        except MANGLED as error:
            damaged(self.path, f"{name}: {error}", error)
        return content


@contextmanager
def open_archive(path: Path, room_bytes: int) -> Iterator[Archive]:
    """Give the archive in a zip file once its directory is found harmless.

    Args:
        path: Of the file.
        room_bytes: What may come out of it at most.

    Raises:
        TlguiError: ``import_damaged`` or ``import_archive_refused``.
    """
    with open_file(path) as file:
        _check_end_record(file, path)
        try:
            archive = zipfile.ZipFile(file)
        except MANGLED as error:
            damaged(path, str(error), error)
        with archive:
            _check_members(archive.infolist(), path)
            _check_sizes(archive.infolist(), path, room_bytes)
            yield Archive(path, archive)


def name_fault(name: str) -> str:
    """Return what is wrong with the name of a member, "" if nothing is."""
    parts = name.removesuffix("/").split("/")
    if not name or name.startswith("/") or len(name) > MAX_NAME or len(parts) > MAX_DEPTH:
        return "leads out of its folder or is too long"
    if any(part in ("", ".", "..") for part in parts):
        return "leads out of its folder"
    if any(sign in FORBIDDEN or not sign.isprintable() for sign in name):
        return "has signs that some systems take for something else"
    if any(part != part.strip() or part.endswith(".") for part in parts):
        return "begins or ends as no file may on Windows"
    if any(part.split(".")[0].casefold() in DEVICES for part in parts):
        return "is a device on Windows"
    return ""


def _check_end_record(file: BinaryIO, path: Path) -> None:
    """Judge the sizes before the standard library reads the whole directory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_BYTES - MAX_COMMENT))
    tail = file.read()
    place = tail.rfind(END_RECORD)
    if place < 0 or len(tail) - place < END_BYTES:
        damaged(path, "it is no whole archive")
    record = tail[place:]
    count, num_bytes = (int.from_bytes(record[a:b], "little") for a, b in ((10, 12), (12, 16)))
    if count > MAX_MEMBERS or num_bytes > MAX_DIRECTORY_BYTES:
        _refuse(path, f"it holds more than {MAX_MEMBERS:,} files")
    file.seek(0)


def _check_members(members: list[zipfile.ZipInfo], path: Path) -> None:
    if len(members) > MAX_MEMBERS:
        _refuse(path, f"it holds more than {MAX_MEMBERS:,} files")
    seen: set[str] = set()
    for info in members:
        fault = name_fault(info.orig_filename) or _content_fault(info)
        if fault:
            _refuse(path, f"the name or content of {info.orig_filename!r:.80} {fault}")
        key = unicodedata.normalize("NFKC", info.filename).casefold().removesuffix("/")
        if key in seen:
            _refuse(path, f"two files in it are both called {info.filename!r:.80}")
        seen.add(key)


def _content_fault(info: zipfile.ZipInfo) -> str:
    if stat.S_IFMT(info.external_attr >> 16) not in FILE_TYPES:
        return "is a link or a device"
    if info.flag_bits & ENCRYPTED:
        return "is locked with a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way"
    return ""


def _check_sizes(members: list[zipfile.ZipInfo], path: Path, room_bytes: int) -> None:
    total = sum(info.file_size for info in members)
    packed = path.stat().st_size
    bombs = [
        info
        for info in members
        if info.file_size > max(SMALL_BYTES, MAX_RATIO * info.compress_size)
    ]
    if bombs or total > max(SMALL_BYTES, MAX_RATIO * packed):
        _refuse(path, f"it would unpack to more than {MAX_RATIO} times its size")
    if total > room_bytes:
        reason = f"it unpacks to {total:,} bytes, and there is room for {room_bytes:,}"
        raise TlguiError("import_too_large", path=str(path), reason=reason)


def _refuse(path: Path, reason: str) -> NoReturn:
    raise TlguiError("import_archive_refused", path=str(path), reason=reason)
