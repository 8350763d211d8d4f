"""Which files a folder offers as samples, before any of them is opened."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tlgui.core.dataset import Problem, Split
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import EXTENSIONS
from tlgui.engine.data.names import class_name, is_text, natural_key, printable

TABLES: Final = frozenset({".csv", ".tsv"})
SPLIT_FOLDERS: Final[dict[str, Split]] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
_JUNK: Final = frozenset(
    {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir", "system volume information"}
)

Tick = Callable[[int], None]
Row = tuple[str, str, Split | None]  # path, class, split


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file that should become a sample.

    Attributes:
        path: Relative to the data set's folder, with forward slashes.
        label: Index into ``Listing.classes``.
        split: The part the folder or table puts it into, if it does.
    """

    path: str
    label: int
    split: Split | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source offers; ``entries`` are sorted by class, then by name."""

    folder: Path
    classes: tuple[str, ...]
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    num_ignored: int = 0
    presplit: bool = False
    table: str = ""


@dataclass(slots=True, kw_only=True)
class Found:
    """What lies in one folder, or in it and below; relative paths with forward slashes."""

    folders: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    num_ignored: int = 0


def list_folder(source: Path, top: Found, tick: Tick) -> Listing:
    """List class folders, or the class folders of a folder that is split already.

    Args:
        source: The folder.
        top: What lies directly in it.
        tick: Called with the number of files so far, often; may raise to end the work.

    Returns:
        A listing, which has no entries if there are no pictures in subfolders.
    """
    parts = _split_folders(top.folders)
    levels: list[tuple[Split | None, Found]] = [(None, top)]
    if parts:
        levels = [(split, _look(source, part)) for part, split in parts.items()]
    rest = _Rest(num_ignored=len(top.folders) - len(parts) if parts else 0)
    for found in [top, *(level for _, level in levels if parts)]:
        rest.add(found, pictures_have_labels=False)
    pictures: list[Row] = []
    for split, level in levels:
        for folder in level.folders:
            found = walk(source, folder, tick, num_before=len(pictures))
            rest.add(found, pictures_have_labels=True)
            pictures += [(path, class_name(folder), split) for path in found.pictures]
    names = {class_name(folder) for _, level in levels for folder in level.folders}
    classes = tuple(sorted(names, key=natural_key))
    return Listing(
        folder=source,
        classes=classes,
        entries=entries_of(pictures, classes),
        problems=tuple(rest.problems),
        num_ignored=rest.num_ignored,
        presplit=bool(parts),
    )


def entries_of(pictures: Iterable[Row], classes: Sequence[str]) -> tuple[Entry, ...]:
    """Return entries for rows of path, class and split, sorted by class and name."""
    labels = {name: label for label, name in enumerate(classes)}
    entries = [Entry(path=p, label=labels[name], split=s) for p, name, s in pictures]
    return tuple(sorted(entries, key=lambda e: (e.label, natural_key(e.path))))


def look_into(source: Path, relative: str = "") -> Found:
    """Return what lies directly in a folder.

    Raises:
        OSError: the folder cannot be read.
    """
    found = Found()
    with os.scandir(source / relative) as children:
        for child in children:
            _sort_in(child, relative, found)
    for names in (found.folders, found.pictures, found.tables):
        names.sort(key=natural_key)
    return found


def walk(source: Path, relative: str, tick: Tick, num_before: int = 0) -> Found:
    """Return the pictures in a folder and below, each real folder once, however links lead."""
    found, waiting = Found(), [relative]
    # a link upwards would make the other classes, or the whole disk, part of this class
    seen = {_identity(parent) for parent in (source / relative).absolute().parents}
    while waiting:
        folder = waiting.pop()
        tick(num_before + len(found.pictures))
        identity = _identity(source / folder)
        if identity in seen:  # a link back, or to the same folder
            continue
        seen.add(identity)
        inside = _look(source, folder)
        waiting += reversed(inside.folders)
        found.pictures += inside.pictures
        found.tables += inside.tables
        found.problems += inside.problems
        found.num_ignored += inside.num_ignored
    return found


def list_pictures(files: Sequence[Path]) -> Iterator[Path]:
    """Yield the files as given, and the pictures in and below the folders among them."""
    for file in files:
        if not os.path.isdir(file):  # noqa: PTH112 (never raises, whatever the name)
            yield file
            continue
        found = walk(file, "", lambda _: None)
        yield from (file / path for path in sorted(found.pictures, key=natural_key))


def unreadable(path: str, reason: str) -> Problem:
    """Return the problem of a file or folder that gives no picture."""
    return Problem(code="file_unreadable", path=printable(path), reason=reason)


def require_folder(source: Path) -> Found:
    """Return what lies directly in a folder that has to be there.

    Raises:
        TlguiError: it is missing, or cannot be read.
    """
    try:
        return look_into(source)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise TlguiError("folder_missing", path=str(source)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise TlguiError("folder_unreadable", path=str(source), reason=reason) from error


def is_there(folder: Path) -> bool:
    """Whether a folder can still be read; a drive that was pulled out cannot."""
    with suppress(OSError):
        os.scandir(folder).close()
        return True
    return False


@dataclass(slots=True, kw_only=True)
class _Rest:
    """What becomes of files that are no samples."""

    problems: list[Problem] = field(default_factory=list)
    num_ignored: int = 0

    def add(self, found: Found, *, pictures_have_labels: bool) -> None:
        self.problems += found.problems
        self.num_ignored += found.num_ignored + len(found.tables)
        if found.pictures and not pictures_have_labels:
            path, count = found.pictures[0], len(found.pictures)
            self.problems.append(Problem(code="label_missing", path=path, count=count))


def _look(source: Path, relative: str) -> Found:
    try:
        return look_into(source, relative)
    except OSError as error:
        return Found(problems=[unreadable(relative, error.strerror or str(error))])


def _identity(folder: Path) -> object:
    try:
        status = folder.stat()
    except OSError:
        return folder
    return status.st_dev, status.st_ino


def _sort_in(child: os.DirEntry[str], relative: str, found: Found) -> None:
    name = child.name
    path = f"{relative}/{name}" if relative else name
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 (a hundred thousand times)
    if name.startswith(".") or name.lower() in _JUNK:
        found.num_ignored += 1
    elif not is_text(name):
        found.problems.append(unreadable(path, "its name is no valid text on this system"))
    elif _is_folder(child):
        found.folders.append(path)
    elif suffix in EXTENSIONS:
        found.pictures.append(path)
    elif suffix in TABLES:
        found.tables.append(path)
    else:
        found.num_ignored += 1


def _is_folder(child: os.DirEntry[str]) -> bool:
    with suppress(OSError):  # of a link to itself
        return child.is_dir()
    return False


def _split_folders(folders: Sequence[str]) -> Mapping[str, Split]:
    """Return the folders that are parts of a split, if it takes at least two kinds of them."""
    parts = {f: SPLIT_FOLDERS[f.lower()] for f in folders if f.lower() in SPLIT_FOLDERS}
    kinds = set(parts.values())
    others = len(folders) - len(parts)
    # classes may have such names too, but then there are others beside them
    alone = not others and ("train" in kinds or len(kinds) > 1)
    return parts if alone or {"train", "test"} <= kinds else {}
