"""A folder or a table to a Dataset: every sample is read once, nothing is changed."""

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tlgui.core.corrections import corrected, read_corrections
from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.core.settings import Home
from tlgui.engine.channel import Channel
from tlgui.engine.data import hygiene
from tlgui.engine.data.found_files import require_folder
from tlgui.engine.data.groups import suggest_group
from tlgui.engine.data.known_files import KnownFiles
from tlgui.engine.data.listing import Listing, list_folder
from tlgui.engine.data.names import is_text, printable
from tlgui.engine.data.scan_files import FilesReader, Reading, SampleReader
from tlgui.engine.data.scan_pictures import DATABASE, VERSION, Pictures
from tlgui.engine.data.table_formats import FORMATS
from tlgui.engine.data.table_listing import list_table
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.data.token_counts import CountTokens

MAX_DECODED: Final = 2000  # pictures of which all are decoded; small ones take a second
_NUM_NAMED: Final = 5  # tables that a sentence names


def scan_folder(
    source: Path,
    channel: Channel,
    thumbnails: Path | None = None,
    columns: TableColumns = TableColumns(),  # noqa: B008 (it cannot change)
    count_tokens: CountTokens | None = None,
    home: Home | None = None,
) -> Dataset:
    """Read every sample of a source and say what is wrong with it.

    Args:
        source: A folder of class folders, a folder that is split already, a table of files or of
            texts with their labels, or a folder with one such table.
        channel: Gets the progress, a ``ProblemFound`` for each problem, and for the first samples
            of every class a ``ThumbnailReady`` or a ``SnippetReady``.
        thumbnails: Folder for the thumbnails; None writes none.
        columns: The columns of a table that a person named.
        count_tokens: Returns how many tokens each of some texts has; None leaves it open.
        home: Has what the next scan of the same pictures need not find out again, and what a
            person has said of samples. Without it every picture is decoded; with it those of
            large folders are left for ``sound.without_damaged`` to decode.

    Raises:
        TlguiError: there is nothing to train on, whatever else is done.
        JobStopped: a person asked for it.
    """
    listing = _list(source.absolute(), columns, channel)
    for problem in listing.problems:
        channel.send(ProblemFound, problem=problem)
    with _few_searches_for_garbage():
        return _scanned(listing, channel, thumbnails, count_tokens, home)


def _scanned(
    listing: Listing,
    channel: Channel,
    thumbnails: Path | None,
    count_tokens: CountTokens | None,
    home: Home | None,
) -> Dataset:
    if listing.modality == "image":
        reading = _read_pictures(listing, channel, thumbnails, home)
    else:
        reading = _text_reader(listing, channel, count_tokens).read()
    listing = replace(listing, entries=())  # of a million there is no room for both
    return _judged(listing, _corrected(listing, reading, home, channel), channel)


@contextmanager
def _few_searches_for_garbage() -> Iterator[None]:
    """Let Python look for garbage seldom: among millions of samples it finds none, for seconds."""
    thresholds = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def _list(source: Path, columns: TableColumns, channel: Channel) -> Listing:
    def tick(count: int) -> None:
        channel.stop_if_requested()
        if count:
            channel.progress("listing", count, 0)

    if not is_text(str(source)):
        reason = "its name is no valid text on this system"
        raise TlguiError("path_not_usable", path=printable(str(source)), reason=reason)
    if os.path.isfile(source):  # noqa: PTH113 (never raises)
        return _list_file(source, columns, tick)
    top = require_folder(source)
    listing = list_folder(source, top, tick)
    num_filled = len({entry.label for entry in listing.entries})
    if num_filled < 2 and not listing.presplit and len(top.tables) == 1:
        return list_table(source / top.tables[0], columns, tick)
    if not listing.entries:
        raise _nothing_listed(listing, top.tables)
    return listing


def _list_file(source: Path, columns: TableColumns, tick: Tick) -> Listing:
    if source.suffix.lower() in FORMATS:
        return list_table(source, columns, tick)
    reason = f"it is neither a folder nor a table ({', '.join(FORMATS)})"
    raise TlguiError("path_not_usable", path=str(source), reason=reason)


def _nothing_listed(listing: Listing, tables: Sequence[str]) -> TlguiError:
    closed = [p for p in listing.problems if p.code == "file_unreadable"]
    if not closed and tables:
        names = ", ".join(tables[:_NUM_NAMED]) + (", ..." if tables[_NUM_NAMED:] else "")
        reason = f"it holds more than one table: {names}"
        return TlguiError("path_not_usable", path=str(listing.folder), reason=reason)
    if not closed:
        return TlguiError("no_classes", path=str(listing.folder))
    path = str(listing.folder / closed[0].path)
    return TlguiError("folder_unreadable", path=path, reason=closed[0].reason)


def _read_pictures(
    listing: Listing, channel: Channel, thumbnails: Path | None, home: Home | None
) -> Reading:
    if home is None:
        return FilesReader(listing, Pictures(channel, thumbnails), channel).read()
    is_quick = len(listing.entries) > MAX_DECODED
    with KnownFiles(home.cache / DATABASE, VERSION) as known:
        kind = Pictures(channel, thumbnails, known, is_quick=is_quick)
        return FilesReader(listing, kind, channel).read()


def _text_reader(
    listing: Listing, channel: Channel, count_tokens: CountTokens | None
) -> SampleReader:
    from tlgui.engine.data.scan_texts import RowReader, TextFiles, TextSurvey  # SciPy takes long

    survey = TextSurvey(listing.classes, channel, count_tokens)
    if listing.rows:
        return RowReader(listing, listing.rows, survey, channel)
    return FilesReader(listing, TextFiles(survey), channel)


def _corrected(listing: Listing, reading: Reading, home: Home | None, channel: Channel) -> Reading:
    if home is None:
        return reading
    corrections = read_corrections(home.corrections, str(listing.folder / listing.table))
    samples, problems = corrected(reading.samples, listing.classes, corrections)
    for problem in problems:
        channel.send(ProblemFound, problem=problem)
    return replace(reading, samples=samples, problems=(*reading.problems, *problems))


def _judged(listing: Listing, reading: Reading, channel: Channel) -> Dataset:
    kept, contradictions = hygiene.without_contradictions(reading.samples, listing.classes)
    judged = [
        *contradictions,
        *hygiene.classes_alike(reading.samples, listing.classes),
        *hygiene.copies_within_classes(kept, listing.classes),
        *hygiene.near_copies(kept),
        *(hygiene.missing_splits(kept) if listing.presplit else ()),
        *hygiene.small_classes(kept, listing.classes, listing.presplit),
        *(hygiene.unjudged_classes(kept, listing.classes) if listing.presplit else ()),
    ]
    for problem in judged:
        channel.send(ProblemFound, problem=problem)
    dataset = Dataset(
        folder=str(listing.folder),
        modality=listing.modality,
        classes=listing.classes,
        samples=kept,
        problems=(*listing.problems, *reading.problems, *judged),
        num_ignored=listing.num_ignored,
        presplit=listing.presplit,
        table=listing.table,
        columns=listing.columns,
        text_column=listing.text_column,
        label_column=listing.label_column,
        texts=reading.texts,
    )
    return replace(dataset, suggested_group=suggest_group(dataset))
