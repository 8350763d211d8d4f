"""Reads the files of a listing, whatever kind of sample they hold."""

import os
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, pairwise, zip_longest
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

    def recall(self, paths: Sequence[str], first_number: int) -> Sequence[ContentT | None]:
        """Return what some files are known to hold, or None: those are read.

        Args:
            paths: Absolute.
            first_number: Of the first of them in the order of reading, from 1.
        """

    def read(self, path: str, number: int) -> ContentT:
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

    def left_open(self) -> Sequence[Problem]:
        """Return what was not found out about everything that was taken in."""


@dataclass(frozen=True, slots=True)
class _Few(Generic[ContentT]):
    """Files that are read in one go, and what is known of them."""

    paths: Sequence[str]
    recalled: Sequence[ContentT | None]
    first_number: int  # of the first in the order of reading, from 1


class FilesReader(Generic[ContentT]):
    """The ``SampleReader`` of files: the classes in turn, so that every class is seen early."""

    def __init__(self, listing: Listing, kind: FileKind[ContentT], channel: Channel) -> None:
        self._listing = listing
        self._kind = kind
        self._channel = channel
        self._problems = ProblemList()

    def read(self) -> Reading:
        """Read every file; see ``SampleReader``."""
        order = array("L", _in_turn(self._listing.entries))
        samples: list[Sample | None] = [None] * len(order)
        taken = array("L")
        few, num_ahead = self._few(order), 2 * usable_cores()
        with closing(map_ahead(self._read_few, few, num_ahead, self._at_hand)) as several:
            contents = chain.from_iterable(several)
            for number, (index, content) in enumerate(zip(order, contents, strict=True), start=1):
                self._channel.stop_if_requested()
                self._channel.progress("reading", number, len(order))
                entry = self._listing.entries[index]
                if isinstance(content, UnreadableFile):
                    self._refuse(entry, content.reason)
                else:
                    samples[index] = self._taken(entry, content)
                    taken.append(index)
        return self._reading(samples, taken)

    def _reading(self, samples: list[Sample | None], taken: Sequence[int]) -> Reading:
        """Return what was read.

        Args:
            samples: By their place in the listing; None where nothing could be read.
            taken: The places of the others, in the order of reading.
        """
        if not taken:
            raise self._nothing_readable()
        for problem in [*self._problems.rest(), *self._kind.left_open()]:
            self._channel.send(ProblemFound, problem=problem)
        for index, cluster in zip(taken, self._kind.clusters(), strict=True):
            if cluster and (sample := samples[index]):
                samples[index] = replace(sample, cluster=cluster)
        return Reading(
            samples=tuple(sample for sample in samples if sample is not None),
            problems=(*self._problems.problems(), *self._kind.left_open()),
            texts=self._kind.facts(),
        )

    def _few(self, order: Sequence[int]) -> Iterator["_Few[ContentT]"]:
        """Yield files as they come, a few at a time: to wake a thread costs time.

        What is known is recalled here, in one thread: others would only wait for each other.
        """
        entries = self._listing.entries
        top = os.path.join(self._listing.folder, "")  # noqa: PTH118 (with what ends a folder)
        for start in range(0, len(order), FEW):
            paths = [top + entries[index].path for index in order[start : start + FEW]]
            yield _Few(paths, self._kind.recall(paths, start + 1), start + 1)

    def _at_hand(self, few: "_Few[ContentT]") -> list[ContentT | UnreadableFile] | None:
        known: list[ContentT | UnreadableFile] = [c for c in few.recalled if c is not None]
        return known if len(known) == len(few.paths) else None

    def _read_few(self, few: "_Few[ContentT]") -> list[ContentT | UnreadableFile]:
        numbered = enumerate(zip(few.paths, few.recalled, strict=True), start=few.first_number)
        return [known or self._read_file(path, number) for number, (path, known) in numbered]

    def _read_file(self, path: str, number: int) -> ContentT | UnreadableFile:
        try:
            return self._kind.read(path, number)
        except UnreadableFile as error:
            return error

    def _taken(self, entry: Entry, content: ContentT) -> Sample:
        problem = self._kind.take(entry, self._listing.classes[entry.label], content)
        if problem:
            self._report(problem)
        return Sample(path=entry.path, label=entry.label, digest=content.digest, split=entry.split)

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


def _in_turn(entries: Sequence[Entry]) -> Iterator[int]:
    """Yield the places of entries, which are sorted by class: one of every class, then the next."""
    starts = [i for i, e in enumerate(entries) if not i or e.label != entries[i - 1].label]
    classes = [range(*ends) for ends in pairwise([*starts, len(entries)])]
    for turn in zip_longest(*classes):
        yield from (index for index in turn if index is not None)
