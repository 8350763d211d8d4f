"""Files from elsewhere, read within bounds; refuses in words, and never runs or unpickles them."""

import json
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

from tlgui.core.errors import TlguiError

MAX_JSON_BYTES: Final = 2**20
MAX_TEXT_BYTES: Final = 2**18
MAX_FILES: Final = 10_000  # of a folder that is looked through


def damaged(path: Path, reason: str, cause: BaseException | None = None) -> NoReturn:
    """Raise ``import_damaged``."""
    raise TlguiError("import_damaged", path=str(path), reason=reason) from cause


def list_files(folder: Path) -> dict[str, Path]:
    """Return the ordinary files that lie directly in a folder, by name.

    Links are left out, but for those of Hugging Face's cache, which point into the same model.

    Raises:
        TlguiError: the folder cannot be read, or holds more files than any model has.
    """
    files: dict[str, Path] = {}
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                if number == MAX_FILES:
                    raise TlguiError("import_too_large", path=str(folder), reason="too many files")
                if _is_own_file(entry, folder):
                    files[entry.name] = Path(entry.path)
    except OSError as error:
        raise _unreadable(folder, error) from error
    return files


def open_file(path: Path) -> BinaryIO:
    """Return an ordinary file, opened; pipes and devices, which could wait for ever, are not.

    Raises:
        TlguiError: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise TlguiError("import_format_unknown", path=str(path), reason="it is no file")
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name that no system can have
        raise _unreadable(path, error) from error


def read_file(path: Path, limit: int) -> bytes:
    """Return the content of a file.

    Raises:
        TlguiError: it cannot be read, or is larger than ``limit`` bytes.
    """
    with open_file(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TlguiError("import_too_large", path=str(path), reason=f"it may have {limit:,} bytes")
    return content


def read_text(path: Path) -> str:
    """Return a text for people, without what a terminal would take for a command."""
    text = read_file(path, MAX_TEXT_BYTES).decode(errors="replace")
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")


def read_json(path: Path, limit: int = MAX_JSON_BYTES) -> dict[str, Any]:
    """Return the object in a JSON file as plain values; nothing is made of them.

    Raises:
        TlguiError: it is no JSON object, or larger than ``limit``.
    """
    return json_object(read_file(path, limit), path)


def json_object(content: bytes, path: Path) -> dict[str, Any]:
    """Return the object in some JSON; no key may come twice, as readers differ in which counts.

    Raises:
        TlguiError: it is no JSON object.
    """
    try:
        record = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        damaged(path, f"its JSON cannot be read: {reason:.200}", error)
    if not isinstance(record, dict):
        damaged(path, "it is no JSON object")
    return record


def integer(record: Mapping[str, Any], name: str, path: Path, highest: int) -> int:
    """Return an integer of a configuration, from 0 on.

    Raises:
        TlguiError: it is missing, no integer or out of range.
    """
    value = record.get(name)
    if type(value) is not int or not 0 <= value <= highest:
        damaged(path, f"{name} needs to be an integer up to {highest:,}, got {value!r:.40}")
    return value


def number(record: Mapping[str, Any], name: str, path: Path, default: float) -> float:
    """Return a number of a configuration from 0 to below 1.

    Raises:
        TlguiError: it is no such number.
    """
    value = record.get(name, default)
    if type(value) not in (int, float) or not 0 <= value < 1:
        damaged(path, f"{name} needs to be a number from 0 to below 1, got {value!r:.40}")
    return float(value)


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in pairs:
        if name in record:
            raise ValueError(f"{name!r:.40} comes twice")
        record[name] = value
    return record


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _is_own_file(entry: os.DirEntry[str], folder: Path) -> bool:
    if not entry.is_symlink():
        return entry.is_file()
    target = Path(entry.path).resolve()
    # .../models--NAME/snapshots/VERSION/file points to .../models--NAME/blobs/DIGEST
    home = folder.resolve().parent
    return home.name == "snapshots" and target.parent == home.parent / "blobs" and target.is_file()


def _unreadable(path: Path, error: OSError | ValueError) -> TlguiError:
    if isinstance(error, FileNotFoundError):
        return TlguiError("import_missing", path=str(path))
    reason = getattr(error, "strerror", None) or str(error)
    return TlguiError("path_not_usable", path=str(path), reason=reason)
