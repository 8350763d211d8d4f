"""Copies of files, sorted into a folder per class; the files themselves stay where they are."""

import filecmp
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import CopiesFinished, ProblemFound
from tlgui.core.folder_names import folder_names
from tlgui.engine.channel import Channel
from tlgui.engine.results.predictions import FileAnswer, read_answers, read_classes

NOT_SURE: Final = "not sure"
MARK: Final = "sorted by tlgui.txt"
MARK_TEXT: Final = (
    "These are copies, sorted by a model of tlgui. The files themselves are where they were.\n"
    "As long as this note lies here, tlgui puts further copies into this folder.\n"
)
PARTIAL: Final = ".copying.partial"
MAX_TOLD: Final = 1_000  # files that were not copied, one by one


def sort_copies(csv: Path, to: Path, channel: Channel) -> None:
    """Copy every file that has an answer into the folder of its class.

    A copy is whole before it has its name, and nothing is ever replaced: of two files of one name
    the second gets a number. A copy that an earlier call has made is not made again. Rows of
    tables are no files. Whoever stops keeps the copies so far.

    Args:
        csv: A table of answers.
        to: The folder that gets a folder per class, and one for the answers that are not sure.
        channel: Events out, requests in.

    Raises:
        TlguiError: the table is damaged or names no file, or the folder holds other things or
            cannot be written.
        JobStopped: a person asked for it.
    """
    require_copies_folder(to)
    total = sum(1 for _ in read_answers(csv))
    copier = _Copier(to, read_classes(csv), channel)
    for done, answer in enumerate(read_answers(csv), start=1):
        channel.stop_if_requested()
        copier.copy(answer)
        channel.progress("copying", done, total)
    if not copier.num_copied:
        reason = copier.first_failure or "it names no files; rows of tables are none"
        raise TlguiError("path_not_usable", path=str(csv), reason=reason)
    channel.send(
        CopiesFinished,
        folder=str(to),
        num_copied=copier.num_copied,
        num_rows=copier.num_rows,
        num_failed=copier.num_failed,
    )


def require_copies_folder(to: Path) -> None:
    """Make sure that a folder is new, empty, or one of copies already.

    Raises:
        TlguiError: it holds other things.
    """
    if os.path.lexists(to) and not to.is_dir():
        raise TlguiError("path_not_usable", path=str(to), reason="it is no folder")
    if to.is_dir() and any(to.iterdir()) and not (to / MARK).is_file():
        raise TlguiError("folder_not_empty", path=str(to))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a copy goes; it may be there already."""

    path: Path
    is_there: bool


class _Copier:
    """Makes the copies of one table.

    Attributes:
        num_copied: Files whose copies are there.
        num_rows: Rows of tables.
        num_failed: Files that could not be copied.
        first_failure: The first of them and why, "" if there is none.
    """

    def __init__(self, to: Path, classes: Sequence[str], channel: Channel) -> None:
        self._to, self._channel = to, channel
        self._unsure, *names = folder_names([NOT_SURE, *classes])
        self._folders = dict(zip(classes, names, strict=True))
        self._made: set[Path] = set()
        self._numbers: dict[str, int] = {}  # of the next file of a name; 1 is without a number
        self.num_copied = self.num_rows = self.num_failed = 0
        self.first_failure = ""

    def copy(self, answer: FileAnswer) -> None:
        """Copy the file of one answer, or tell why not."""
        file = Path(answer.file)
        if not file.is_file():
            self._pass_over(answer.file)
            return
        folder = self._unsure if answer.is_unsure else self._folders[answer.predicted]
        self._make(self._to / folder)
        try:
            self._copy(file, self._to / folder)
            self.num_copied += 1
        except OSError as error:
            self._fail(answer.file, error.strerror or str(error))
        except TlguiError as error:
            if error.code != "folder_not_writable":
                raise
            # such as for a name that this drive does not know
            self._fail(answer.file, str(error.detail["reason"]))

    def _make(self, folder: Path) -> None:
        if folder not in self._made:
            durable.make_folder(self._to)
            durable.replace_file(self._to / MARK, MARK_TEXT)
            durable.make_folder(folder)
            self._made.add(folder)

    def _copy(self, file: Path, folder: Path) -> None:
        place = self._place(file, folder)
        if not place.is_there:
            partial = self._to / PARTIAL
            durable.copy_file(file, place.path, partial, self._channel.stop_if_requested)

    def _place(self, file: Path, folder: Path) -> _Place:
        key = str(folder / file.name).casefold()
        while True:
            number = self._numbers.get(key, 1)
            self._numbers[key] = number + 1
            path = folder / (f"{file.stem} ({number}){file.suffix}" if number > 1 else file.name)
            if not os.path.lexists(path):
                return _Place(path, is_there=False)
            if path.is_file() and filecmp.cmp(file, path, shallow=False):
                return _Place(path, is_there=True)

    def _pass_over(self, name: str) -> None:
        table, _, row = name.rpartition(" row ")
        if row.isdigit() and Path(table).is_file():
            self.num_rows += 1
        else:
            self._fail(name, "it is no longer there")

    def _fail(self, name: str, reason: str) -> None:
        self.num_failed += 1
        self.first_failure = self.first_failure or f"{name}: {reason}"
        if self.num_failed <= MAX_TOLD:
            problem = Problem(code="not_copied", path=name, reason=reason)
            self._channel.send(ProblemFound, problem=problem)
