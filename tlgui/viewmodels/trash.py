"""Discarded runs: moved aside within the application's folder, and back."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import free_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """A run in the trash.

    Attributes:
        path: Where it lies now.
        origin: Where it belongs.
    """

    path: Path
    origin: Path


def discard_run(path: Path, trash: Path) -> Discarded:
    """Move a run into the trash.

    Raises:
        TlguiError: it cannot be moved.
    """
    target = free_name(trash, path.name)
    _move(path, target)
    return Discarded(path=target, origin=path)


def restore_run(discarded: Discarded) -> None:
    """Move a run back to where it was.

    Raises:
        TlguiError: it cannot be moved, or something else took its place.
    """
    if discarded.origin.exists():
        raise TlguiError("folder_not_empty", path=str(discarded.origin))
    _move(discarded.path, discarded.origin)


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    except OSError as error:
        raise TlguiError(
            "folder_not_writable", path=str(source), reason=error.strerror or str(error)
        ) from error
