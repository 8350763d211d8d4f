"""Whether a bundle is still what it was when it was exported."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from tlgui.core.errors import TlguiError

CERTIFICATE: Final = "certificate.json"
MAX_CERTIFICATE_BYTES: Final = 4_000_000
MAX_FILES: Final = 10_000
_CHUNK_BYTES: Final = 1 << 20

# that a model is fed with or made of, besides the model itself
_COMPANIONS: Final = (
    *("preprocessing.json", "labels.json", "tokenizer.json", "vocabulary.json"),
    *("head.keras", "model.bin"),
)


def check_bundle(folder: Path, model: str, tick: Callable[[], None]) -> None:
    """Compare every file that a certificate names with its digest.

    It proves that nothing is lost or damaged on the way, and nothing about who made it.

    Args:
        folder: The bundle's.
        model: Name of its model's file or folder, all of which has to be named.
        tick: Called now and then; what it raises ends the work.

    Raises:
        TlguiError: a file is missing, changed or not named, or the certificate is damaged.
    """
    try:
        digests = _digests(folder / CERTIFICATE)
        for name, digest in digests.items():
            _check(_inside(folder, name), digest, tick)
        _require_named(folder, model, digests)
    except OSError as error:
        reason = f"{Path(str(error.filename)).name}: {error.strerror}"
        raise damaged(folder, reason) from error
    except ValueError as error:
        raise damaged(folder, str(error)) from error


def damaged(folder: Path, reason: str) -> TlguiError:
    """Return the error of a bundle that cannot be used."""
    return TlguiError("bundle_damaged", path=str(folder), reason=reason)


def _digests(file: Path) -> Mapping[str, str]:
    problem = ValueError(f"{file.name} is damaged")
    if file.stat().st_size > MAX_CERTIFICATE_BYTES:
        raise problem
    try:
        digests: Any = json.loads(file.read_bytes())["sha256"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise problem from error
    if not isinstance(digests, dict) or not 0 < len(digests) <= MAX_FILES:
        raise problem
    return digests


def _inside(folder: Path, name: str) -> Path:
    """Return a file of the folder; one elsewhere, also by a link, is refused."""
    file = folder.joinpath(*PurePosixPath(name).parts)
    if "\\" in name or "\0" in name or not file.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{CERTIFICATE} names a file outside of the folder")
    return file


def _check(file: Path, digest: str, tick: Callable[[], None]) -> None:
    if not file.is_file():
        raise ValueError(f"{file.name} is missing")
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            tick()
            found.update(chunk)
    if found.hexdigest() != digest:
        raise ValueError(f"{file.name} is not what it was when it was exported")


def _require_named(folder: Path, model: str, digests: Mapping[str, str]) -> None:
    """Make sure that nothing which reaches the model goes unchecked."""
    path = folder / model
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    files += [folder / name for name in _COMPANIONS if (folder / name).exists()]
    for file in files:
        name = file.relative_to(folder).as_posix()
        if name not in digests:
            raise ValueError(f"{name} is not among the files that {CERTIFICATE} names")
