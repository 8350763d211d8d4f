"""What lies in folders: files that may be samples of some modality, tables, and the rest."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, get_args

from tlgui.core.dataset import Modality, Problem
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import EXTENSIONS
from tlgui.engine.data.names import is_text, natural_key, printable
from tlgui.engine.data.table_formats import FORMATS
from tlgui.engine.data.table_rows import Tick, no_tick
from tlgui.engine.data.text_files import REFUSED_EXTENSIONS, TEXT_EXTENSIONS

MODALITIES: Final[tuple[Modality, ...]] = get_args(Modality)
_JUNK: Final = frozenset(
    {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir", "system volume information"}
)


@dataclass(slots=True, kw_only=True)
class Found:
    """What lies in one folder, or in it and below; relative paths with forward slashes.

    Attributes:
        folders: Those directly in it.
        samples: Files that may be samples of each modality.
        refused: Documents that hold texts, but cannot be read.
        tables: Files that may be tables.
        problems: What could not be looked at.
        num_ignored: Other files.
    """

    folders: list[str] = field(default_factory=list)
    samples: dict[Modality, list[str]] = field(
        default_factory=lambda: {modality: [] for modality in MODALITIES}
    )
    refused: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    num_ignored: int = 0

    @property
    def num_files(self) -> int:
        """How many files may be samples of some modality."""
        return sum(map(len, self.samples.values()))

    @property
    def modality(self) -> Modality:
        """What the files are samples of; a text or two beside each picture only describe it."""
        num_pictures, num_texts = len(self.samples["image"]), len(self.samples["text"])
        if num_texts > 2 * num_pictures:
            return "text"
        # at least it is said why documents cannot be read
        return "text" if self.refused and not num_pictures else "image"

    def add(self, other: "Found") -> None:
        """Take in the files of another folder; its folders stay its own."""
        for modality, files in other.samples.items():
            self.samples[modality] += files
        self.refused += other.refused
        self.tables += other.tables
        self.problems += other.problems
        self.num_ignored += other.num_ignored

    def files(self, modality: Modality) -> list[str]:
        """Return the files that are samples of a modality, or stand for one that is lost."""
        return [*self.samples[modality], *(self.refused if modality == "text" else ())]

    def num_others(self, modality: Modality) -> int:
        """Return how many files are no samples of a modality."""
        num_all = self.num_files + len(self.refused) + len(self.tables) + self.num_ignored
        return num_all - len(self.files(modality))


def look_into(source: Path, relative: str = "") -> Found:
    """Return what lies directly in a folder.

    Raises:
        OSError: the folder cannot be read.
    """
    found = Found()
    with os.scandir(source / relative) as children:
        for child in children:
            _sort_in(child, relative, found)
    for names in (found.folders, *found.samples.values(), found.refused, found.tables):
        names.sort(key=natural_key)
    return found


def sort_files(files: Iterable[str]) -> Found:
    """Return files by what they may be."""
    found = Found()
    for file in files:
        _sort_in_file(file, found)
    return found


def walk(source: Path, relative: str, tick: Tick, num_before: int = 0) -> Found:
    """Return the files in a folder and below, each real folder once, however links lead."""
    found, waiting = Found(), [relative]
    # a link upwards would make the other classes, or the whole disk, part of this class
    seen = {_identity(parent) for parent in (source / relative).absolute().parents}
    while waiting:
        folder = waiting.pop()
        tick(num_before + found.num_files)
        identity = _identity(source / folder)
        if identity in seen:  # a link back, or to the same folder
            continue
        seen.add(identity)
        inside = look_if_open(source, folder)
        waiting += reversed(inside.folders)
        found.add(inside)
    return found


def list_files(files: Sequence[Path], modality: Modality, tick: Tick = no_tick) -> Iterator[Path]:
    """Yield the files as given, and those of a modality in and below the folders among them."""
    for file in files:
        if not os.path.isdir(file):  # noqa: PTH112 (never raises, whatever the name)
            yield file
            continue
        found = walk(file, "", tick)
        yield from (file / path for path in sorted(found.files(modality), key=natural_key))


def unreadable(path: str, reason: str) -> Problem:
    """Return the problem of a file or folder that gives no sample."""
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


def look_if_open(source: Path, relative: str) -> Found:
    """Return what lies directly in a folder; a closed one is a problem."""
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
    if name.startswith(".") or name.lower() in _JUNK:
        found.num_ignored += 1
    elif not is_text(name):
        found.problems.append(unreadable(path, "its name is no valid text on this system"))
    elif _is_folder(child):
        found.folders.append(path)
    else:
        _sort_in_file(path, found)


def _sort_in_file(path: str, found: Found) -> None:
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 (a hundred thousand times)
    if suffix in EXTENSIONS:
        found.samples["image"].append(path)
    elif suffix in TEXT_EXTENSIONS:
        found.samples["text"].append(path)
    elif suffix in REFUSED_EXTENSIONS:
        found.refused.append(path)
    elif suffix in FORMATS:
        found.tables.append(path)
    else:
        found.num_ignored += 1


def _is_folder(child: os.DirEntry[str]) -> bool:
    with suppress(OSError):  # of a link to itself
        return child.is_dir()
    return False
