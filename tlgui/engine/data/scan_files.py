"""Reads the files of a listing, whatever kind of sample they hold."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from tlgui.core.dataset import Problem, Sample, TextFacts
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel
from tlgui.engine.data.found_files import is_there, unreadable
from tlgui.engine.data.listing import Entry, Listing
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.problem_list import ProblemList
from tlgui.engine.data.unreadable import UnreadableFile

FEW: Final = 16  # files that a thread reads before it looks up


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a scan read.

    Attributes:
        samples: Every readable one, sorted by class.
        problems: Why others could not be read, and what is odd about those that could.
        texts: What was measured on texts; None for pictures.
    """

    samples: tuple[Sample, ...]
    problems: tuple[Problem, ...] = ()
    texts: TextFacts | None = None


class SampleReader(Protocol):
    """Reads the samples of a listing, whatever they are and wherever they lie."""

    def read(self) -> Reading:
        """Read every sample once, with progress, and report each problem when it is met.

        Raises:
            TlguiError: nothing can be read, or not any more.
            JobStopped: a person asked for it.
        """


class Content(Protocol):
    """What was read from one file."""

    @property
    def digest(self) -> str:
        """Equal for exact copies."""


ContentT = TypeVar("ContentT", bound=Content)


class FileKind(Protocol[ContentT]):
    """How the files of one modality are read."""

    def recall(self, path: Path, number: int) -> ContentT | None:
        """Return what a file is known to hold, or None: then it is read."""

    def read(self, path: Path, number: int) -> ContentT:
        """Return what a file holds; called in several threads, with its number from 1.

        Raises:
            UnreadableFile: with the reason.
        """

    def take(self, entry: Entry, class_name: str, content: ContentT) -> Problem | None:
        """Take in what was read, in the order of the numbers; return what is odd about it."""

    def clusters(self) -> Sequence[str]:
        """Return for everything that was taken in the name of its near-duplicates, or ""."""

    def facts(self) -> TextFacts | None:
        """Return what was measured on everything that was taken in."""


@dataclass(frozen=True, slots=True)
class _Found(Generic[ContentT]):
    """A file of a listing, and what is known of it."""

    entry: Entry
    path: Path
    number: int  # in the order of reading, from 1
    recalled: ContentT | None


class FilesReader(Generic[ContentT]):
    """The ``SampleReader`` of files: the classes in turn, so that every class is seen early."""

    def __init__(self, listing: Listing, kind: FileKind[ContentT], channel: Channel) -> None:
        self._listing = listing
        self._kind = kind
        self._channel = channel
        self._problems = ProblemList()

    def read(self) -> Reading:
        """Read every file; see ``SampleReader``."""
        digests = self._read_files()
        if not digests:
            raise self._nothing_readable()
        for problem in self._problems.rest():
            self._channel.send(ProblemFound, problem=problem)
        clusters = dict(zip(digests, self._kind.clusters(), strict=True))
        samples = tuple(
            Sample(
                path=entry.path,
                label=entry.label,
                digest=digests[entry],
                split=entry.split,
                cluster=clusters[entry],
            )
            for entry in self._listing.entries
            if entry in digests
        )
        problems = tuple(self._problems.problems())
        return Reading(samples=samples, problems=problems, texts=self._kind.facts())

    def _read_files(self) -> dict[Entry, str]:
        """Return the digest of every readable file, in the order of reading."""
        order = list(_in_turn(self._listing.entries))
        digests: dict[Entry, str] = {}
        with closing(map_ahead(self._read_few, self._few(order), 2 * usable_cores())) as several:
            for number, (entry, content) in enumerate(chain.from_iterable(several), start=1):
                self._channel.stop_if_requested()
                self._channel.progress("reading", number, len(order))
                if isinstance(content, UnreadableFile):
                    self._refuse(entry, content.reason)
                else:
                    self._take(entry, content)
                    digests[entry] = content.digest
        return digests

    def _few(self, order: Sequence[Entry]) -> Iterator[list["_Found[ContentT]"]]:
        """Yield files as they come, a few at a time: to wake a thread costs time.

        What is known is recalled here, in one thread: others would only wait for each other.
        """
        for start in range(0, len(order), FEW):
            several = []
            for number, entry in enumerate(order[start : start + FEW], start=start + 1):
                path = self._listing.folder / entry.path
                several.append(_Found(entry, path, number, self._kind.recall(path, number)))
            yield several

    def _read_few(
        self, several: Sequence["_Found[ContentT]"]
    ) -> list[tuple[Entry, ContentT | UnreadableFile]]:
        return [(file.entry, file.recalled or self._read_file(file)) for file in several]

    def _read_file(self, file: "_Found[ContentT]") -> ContentT | UnreadableFile:
        try:
            return self._kind.read(file.path, file.number)
        except UnreadableFile as error:
            return error

    def _take(self, entry: Entry, content: ContentT) -> None:
        problem = self._kind.take(entry, self._listing.classes[entry.label], content)
        if problem:
            self._report(problem)

    def _refuse(self, entry: Entry, reason: str) -> None:
        if not is_there(self._listing.folder):
            raise TlguiError("folder_missing", path=str(self._listing.folder))
        self._report(unreadable(entry.path, reason))

    def _report(self, problem: Problem) -> None:
        if self._problems.add(problem):
            self._channel.send(ProblemFound, problem=problem)

    def _nothing_readable(self) -> TlguiError:
        first = self._problems.problems()[0]
        return TlguiError(
            "files_unreadable",
            path=str(self._listing.folder),
            count=len(self._listing.entries),
            name=first.path,
            reason=first.reason,
        )


def _in_turn(entries: Iterable[Entry]) -> Iterator[Entry]:
    by_class: dict[int, list[Entry]] = {}
    for entry in entries:
        by_class.setdefault(entry.label, []).append(entry)
    for turn in zip_longest(*by_class.values()):
        yield from (entry for entry in turn if entry is not None)
