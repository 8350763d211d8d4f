"""A folder or a table of labels to a Dataset: every file is read, nothing is changed."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Final

from PIL import Image

from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound, ThumbnailReady
from tlgui.engine.channel import Channel
from tlgui.engine.data import hygiene
from tlgui.engine.data.groups import suggest_group
from tlgui.engine.data.images import decode_stream, write_thumbnail
from tlgui.engine.data.listing import (
    TABLES,
    Entry,
    Listing,
    is_there,
    list_folder,
    require_folder,
    unreadable,
)
from tlgui.engine.data.listing import list_pictures as list_pictures
from tlgui.engine.data.names import is_text, printable
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.picture_files import digest_of, opened
from tlgui.engine.data.table_listing import list_table
from tlgui.engine.data.unreadable import UnreadableFile

log = logging.getLogger(__name__)

MAX_THUMBNAILS: Final = 240
THUMBNAIL_PX: Final = 160


def scan_folder(source: Path, channel: Channel, thumbnails: Path | None = None) -> Dataset:
    """Read every picture of a source and say what is wrong with it.

    Args:
        source: A folder of class folders, a folder that is split already, a CSV or TSV file, or
            a folder with one such table.
        channel: Gets the progress, a ``ProblemFound`` for each problem and a ``ThumbnailReady``
            for the first pictures of every class.
        thumbnails: Folder for the thumbnails; None writes none.

    Raises:
        TlguiError: there is nothing to train on, whatever else is done.
        JobStopped: a person asked for it.
    """
    listing = _list(source.absolute(), channel)
    for problem in listing.problems:
        channel.send(ProblemFound, problem=problem)
    reader = _Reader(listing, channel, thumbnails)
    samples = reader.read()
    if not samples:
        raise _nothing_readable(listing, reader.problems)
    return _judged(listing, samples, reader.problems, channel)


def _list(source: Path, channel: Channel) -> Listing:
    def tick(count: int) -> None:
        channel.stop_if_requested()
        if count:
            channel.progress("listing", count, 0)

    if not is_text(str(source)):
        reason = "its name is no valid text on this system"
        raise TlguiError("path_not_usable", path=printable(str(source)), reason=reason)
    if os.path.isfile(source):  # noqa: PTH113 (never raises)
        return _list_file(source, tick)
    top = require_folder(source)
    listing = list_folder(source, top, tick)
    num_filled = len({entry.label for entry in listing.entries})
    if num_filled < 2 and not listing.presplit and len(top.tables) == 1:
        return list_table(source / top.tables[0], tick)
    if not listing.entries:
        raise _nothing_listed(listing)
    return listing


def _nothing_listed(listing: Listing) -> TlguiError:
    closed = [p for p in listing.problems if p.code == "file_unreadable"]
    if not closed:
        return TlguiError("no_classes", path=str(listing.folder))
    path = str(listing.folder / closed[0].path)
    return TlguiError("folder_unreadable", path=path, reason=closed[0].reason)


def _list_file(source: Path, tick: Callable[[int], None]) -> Listing:
    if source.suffix.lower() in TABLES:
        return list_table(source, tick)
    reason = "it is neither a folder nor a table of labels (.csv, .tsv)"
    raise TlguiError("path_not_usable", path=str(source), reason=reason)


def _judged(
    listing: Listing, samples: Sequence[Sample], found: Sequence[Problem], channel: Channel
) -> Dataset:
    kept, contradictions = hygiene.without_contradictions(samples, listing.classes)
    judged = [
        *contradictions,
        *hygiene.copies_within_classes(kept, listing.classes),
        *(hygiene.missing_splits(kept) if listing.presplit else ()),
        *hygiene.small_classes(kept, listing.classes, listing.presplit),
        *(hygiene.unjudged_classes(kept, listing.classes) if listing.presplit else ()),
    ]
    for problem in judged:
        channel.send(ProblemFound, problem=problem)
    dataset = Dataset(
        folder=str(listing.folder),
        modality="image",
        classes=listing.classes,
        samples=kept,
        problems=(*listing.problems, *found, *judged),
        num_ignored=listing.num_ignored,
        presplit=listing.presplit,
        table=listing.table,
    )
    return replace(dataset, suggested_group=suggest_group(dataset))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What one file gave; ``reason`` is empty for a picture."""

    digest: str = ""
    num_frames: int = 1
    thumbnail: str = ""
    reason: str = ""


class _Reader:
    """Reads the files of a listing, the classes in turn, so that every class is seen early."""

    def __init__(self, listing: Listing, channel: Channel, thumbnails: Path | None) -> None:
        self.problems: list[Problem] = []
        self._listing = listing
        self._channel = channel
        self._thumbnails = thumbnails

    def read(self) -> tuple[Sample, ...]:
        """Return a sample for every readable file, in the order of the listing."""
        if self._thumbnails:
            self._thumbnails.mkdir(parents=True, exist_ok=True)
        order = list(_in_turn(self._listing.entries))
        samples: dict[Entry, Sample] = {}
        numbered = enumerate(order, start=1)
        with closing(map_ahead(self._read_file, numbered, 4 * usable_cores())) as readings:
            for number, entry, reading in readings:
                self._channel.stop_if_requested()
                self._channel.progress("reading", number, len(order))
                if self._take(entry, reading):
                    samples[entry] = _sample(entry, reading)
        return tuple(samples[entry] for entry in self._listing.entries if entry in samples)

    def _read_file(self, numbered: tuple[int, Entry]) -> tuple[int, Entry, _Reading]:
        number, entry = numbered
        try:
            with opened(self._listing.folder / entry.path) as stream:
                digest = digest_of(stream)
                picture = decode_stream(stream, THUMBNAIL_PX)
        except UnreadableFile as error:
            return number, entry, _Reading(reason=error.reason)
        thumbnail = self._thumbnail(number, picture.pixels) if number <= MAX_THUMBNAILS else ""
        frames = picture.num_frames
        return number, entry, _Reading(digest=digest, num_frames=frames, thumbnail=thumbnail)

    def _thumbnail(self, number: int, pixels: Image.Image) -> str:
        if self._thumbnails is None:
            return ""
        file = self._thumbnails.absolute() / f"{number:05}.jpg"
        try:
            write_thumbnail(pixels, file, THUMBNAIL_PX)
        except OSError:  # a full disk is met where the events are written
            log.warning("cannot write the thumbnail %s", file, exc_info=True)
            return ""
        return str(file)

    def _take(self, entry: Entry, reading: _Reading) -> bool:
        if reading.reason:
            if not is_there(self._listing.folder):
                raise TlguiError("folder_missing", path=str(self._listing.folder))
            self._report(unreadable(entry.path, reading.reason))
            return False
        if reading.num_frames > 1:
            count = reading.num_frames
            self._report(Problem(code="first_frame_only", path=entry.path, count=count))
        if reading.thumbnail:
            name = self._listing.classes[entry.label]
            file = reading.thumbnail
            self._channel.send(ThumbnailReady, path=entry.path, class_name=name, file=file)
        return True

    def _report(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._channel.send(ProblemFound, problem=problem)


def _in_turn(entries: Iterable[Entry]) -> Iterator[Entry]:
    by_class: dict[int, list[Entry]] = {}
    for entry in entries:
        by_class.setdefault(entry.label, []).append(entry)
    for turn in zip_longest(*by_class.values()):
        yield from (entry for entry in turn if entry is not None)


def _sample(entry: Entry, reading: _Reading) -> Sample:
    return Sample(path=entry.path, label=entry.label, digest=reading.digest, split=entry.split)


def _nothing_readable(listing: Listing, problems: Sequence[Problem]) -> TlguiError:
    first = problems[0]
    return TlguiError(
        "files_unreadable",
        path=str(listing.folder),
        count=len(listing.entries),
        name=first.path,
        reason=first.reason,
    )
