"""Which files a folder offers as samples, before any of them is opened."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tlgui.core.dataset import Modality, Problem, Split
from tlgui.engine.data.found_files import Found, look_if_open, walk
from tlgui.engine.data.names import SPLIT_NAMES, class_name, natural_key
from tlgui.engine.data.problem_list import ProblemList
from tlgui.engine.data.table_rows import Tick
from tlgui.engine.data.text_tables import TextTable

LabeledFile = tuple[str, str, Split | None]  # path, class, split


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
    """What a source offers.

    Attributes:
        folder: The data set's folder.
        modality: What a sample is.
        classes: Names in the order of the labels.
        entries: Files, sorted by class, then by name.
        problems: What was met on the way.
        num_ignored: Files that are no samples.
        presplit: The source says which sample belongs to which split.
        table: File name of the table of labels; "" for class folders.
        columns: Names of its columns.
        text_column: The one of texts; "" where samples are files.
        label_column: The one of labels.
        rows: The samples of a table of texts; then there are no entries.
        num_rows: How many of its rows are samples.
    """

    folder: Path
    modality: Modality
    classes: tuple[str, ...]
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    num_ignored: int = 0
    presplit: bool = False
    table: str = ""
    columns: tuple[str, ...] = ()
    text_column: str = ""
    label_column: str = ""
    rows: TextTable | None = None
    num_rows: int = 0


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
        levels = [(split, look_if_open(source, part)) for part, split in parts.items()]
    inside = list(_class_folders(source, levels, tick))
    outside = [top, *(level for _, level in levels if parts)]
    everything = [*outside, *(found for _, _, found in inside)]
    modality = _modality_of(found for _, _, found in inside)
    files = [(f, name, split) for name, split, found in inside for f in found.files(modality)]
    classes = tuple(sorted({name for name, _, _ in inside}, key=natural_key))
    num_skipped = len(top.folders) - len(parts) if parts else 0
    loose = [found.files(modality) for found in outside]
    problems = ProblemList()
    for problem in (p for found in everything for p in found.problems):
        problems.add(problem)
    unlabeled = [Problem(code="label_missing", path=f[0], count=len(f)) for f in loose if f]
    return Listing(
        folder=source,
        modality=modality,
        classes=classes,
        entries=entries_of(files, classes),
        problems=(*problems.problems(), *unlabeled),
        num_ignored=num_skipped + sum(found.num_others(modality) for found in everything),
        presplit=bool(parts),
    )


def entries_of(files: Iterable[LabeledFile], classes: Sequence[str]) -> tuple[Entry, ...]:
    """Return entries for rows of path, class and split, sorted by class and name."""
    labels = {name: label for label, name in enumerate(classes)}
    entries = [Entry(path=p, label=labels[name], split=s) for p, name, s in files]
    return tuple(sorted(entries, key=lambda e: (e.label, natural_key(e.path))))


def _class_folders(
    source: Path, levels: Iterable[tuple[Split | None, Found]], tick: Tick
) -> Iterator[tuple[str, Split | None, Found]]:
    """Yield the class, the split and the files of every class folder."""
    num_before = 0
    for split, level in levels:
        for folder in level.folders:
            found = walk(source, folder, tick, num_before)
            num_before += found.num_files
            yield class_name(folder), split, found


def _modality_of(folders: Iterable[Found]) -> Modality:
    everything = Found()
    for found in folders:
        everything.add(found)
    return everything.modality


def _split_folders(folders: Sequence[str]) -> Mapping[str, Split]:
    """Return the folders that are parts of a split, if it takes at least two kinds of them."""
    parts = {f: SPLIT_NAMES[f.lower()] for f in folders if f.lower() in SPLIT_NAMES}
    kinds = set(parts.values())
    others = len(folders) - len(parts)
    # classes may have such names too, but then there are others beside them
    alone = not others and ("train" in kinds or len(kinds) > 1)
    return parts if alone or {"train", "test"} <= kinds else {}
