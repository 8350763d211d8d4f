"""Which samples belong together: same patient, same field, same day."""

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tlgui.core.dataset import MIN_SAMPLES_PER_CLASS, Dataset, Sample
from tlgui.engine.data.table_values import read_file_values, read_row_values

_SEPARATOR: Final = re.compile(r"[_\- ]")
# what cameras and programs write before a running number
_CAMERA_WORDS: Final = frozenset(
    {"cimg", "dsc", "dscf", "dscn", "frame", "image", "img", "mvimg", "p", "photo", "pic"}
    | {"picture", "pxl", "sample", "scan", "screenshot", "sdc", "wp"}
)


def groups_of(dataset: Dataset, group_by: str) -> tuple[str, ...]:
    """Return the group of each sample, "" for none.

    Args:
        dataset: As the scan left it.
        group_by: "" nothing, "prefix" or "prefix:X" the file name up to its first separator
            (or X), "folder" the first folder inside the class folder, "column:NAME" a column
            of the table, which is read again.

    Raises:
        TlguiError: the table is gone or has no such column.
    """
    kind, _, rest = group_by.partition(":")
    has_names = not dataset.text_column  # rows have only numbers
    if kind == "prefix" and has_names and any(_prefix(s.path, rest) for s in dataset.samples):
        return tuple(_prefix(s.path, rest) or _stem(s.path) for s in dataset.samples)
    if kind == "folder":
        return tuple(_folder(s.path, dataset) for s in dataset.samples)
    if kind == "column" and dataset.table:
        read = read_row_values if dataset.text_column else read_file_values
        values = read(Path(dataset.folder, dataset.table), rest)
        return tuple(values.get(s.path, "") for s in dataset.samples)
    return ("",) * len(dataset.samples)


def suggest_group(dataset: Dataset) -> str:
    """Return the ``group_by`` that folders or file names suggest, or "".

    Only what would leave every class at least three groups is suggested: a prefix that is
    constant, or that repeats the name of the class, says nothing.
    """
    if dataset.presplit or dataset.text_column or not dataset.samples:
        return ""
    if _is_sensible(dataset, [_folder(s.path, dataset) for s in dataset.samples]):
        return "folder"
    return "prefix" if _is_sensible(dataset, [_telling_prefix(s) for s in dataset.samples]) else ""


def _is_sensible(dataset: Dataset, groups: Sequence[str]) -> bool:
    by_class: dict[int, set[str]] = defaultdict(set)
    for sample, group in zip(dataset.samples, groups, strict=True):
        by_class[sample.label].add(group)
    named = [group for group in groups if group]
    return (
        len(named) >= 0.9 * len(groups)
        and len(named) >= 2 * len(set(named))
        and all(len(names - {""}) >= MIN_SAMPLES_PER_CLASS for names in by_class.values())
    )


def _telling_prefix(sample: Sample) -> str:
    prefix = _prefix(sample.path, "")
    return "" if prefix.lower() in _CAMERA_WORDS else prefix


def _prefix(path: str, separator: str) -> str:
    stem = _stem(path)
    if separator:
        return stem.partition(separator)[0] if separator in stem else ""
    found = _SEPARATOR.search(stem)
    return stem[: found.start()] if found else ""


def _stem(path: str) -> str:
    """Return a file's name without its extension, as ``PurePath.stem`` does, a million times."""
    name = path.rpartition("/")[2]
    stem, _, extension = name.rpartition(".")
    return stem if stem and extension else name


def _folder(path: str, dataset: Dataset) -> str:
    folders = path.split("/")[:-1]
    if dataset.table:
        return "/".join(folders)
    return "".join(folders[2 if dataset.presplit else 1 :][:1])
