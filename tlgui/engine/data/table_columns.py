"""Which column of a table holds what, by its name or by what stands in it."""

import re
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

from tlgui.engine.data.images import EXTENSIONS
from tlgui.engine.data.inside import Inside
from tlgui.engine.data.names import clean, plain
from tlgui.engine.data.text_files import REFUSED_EXTENSIONS, TEXT_EXTENSIONS

FILE_COLUMNS: Final = (
    *("file", "filename", "file_name", "filepath", "file_path", "path", "image", "image_path"),
    *("image_name", "image_file", "img", "picture", "photo"),
)
TEXT_COLUMNS: Final = (
    *("text", "texts", "message", "sms", "sentence", "body", "content", "contents", "review"),
    *("review_text", "reviewtext", "comment", "comment_text", "tweet", "tweet_text", "post"),
    *("document", "article", "abstract", "utterance", "query", "question", "description"),
    *("summary", "email", "clean_text", "full_text", "headline", "title", "subject"),
)
LABEL_COLUMNS: Final = (
    *("label", "class", "category", "kind", "target", "class_name", "label_name", "labels"),
    *("label_text", "classes", "categories", "sentiment", "topic", "intent", "emotion", "stance"),
    *("airline_sentiment", "rating", "stars", "language", "lang", "tag", "type"),
)
SPLIT_COLUMNS: Final = ("split", "subset", "partition", "set")
_OTHER_COLUMNS: Final = (
    "id",
    "ids",
    "index",
    "nr",
    "no",
    "number",
    "date",
    "time",
    "author",
    "user",
)
_NAMES: Final = frozenset(
    (*FILE_COLUMNS, *TEXT_COLUMNS, *LABEL_COLUMNS, *SPLIT_COLUMNS, *_OTHER_COLUMNS)
)
_NUMBER: Final = re.compile(r"\s*[-+]?[0-9.,]*[0-9]%?\s*")
_MAX_NAME_CHARS: Final = 60
_MAX_LABEL_CHARS: Final = 40
_MOST: Final = 0.8
_NUM_FILES: Final = 50  # cells that are looked for on the disk

Cells = Sequence[Sequence[str]]  # rows of equally many cells


def is_data(first: Sequence[str], body: Cells) -> bool:
    """Whether the first row of a table is one of its rows, and not the names of its columns."""
    if not _NAMES.isdisjoint(map(plain, first)):
        return False
    counted = [str(number) for number in range(len(first))]
    if [*first] in (counted, ["", *counted[:-1]]):  # names given by a program
        return False
    pairs = [*zip(map(clean, first), columns_of(body, len(first)), strict=True)]
    kinds = [cell in values for cell, values in pairs if cell and _repeat(values)]
    if kinds:  # the name of a column is no kind, however long or short it is
        return any(kinds)
    return any(len(cell) > _MAX_NAME_CHARS or _is_number(cell) for cell, _ in pairs)


def find(columns: Sequence[str], names: Sequence[str], but: Collection[int] = ()) -> int | None:
    """Return the index of the column with the first of these plain names that there is."""
    known = {plain(name): n for n, name in reversed([*enumerate(columns)]) if n not in but}
    return next((known[name] for name in names if name in known), None)


def find_files(columns: Sequence[str], probe: Cells, folder: Path) -> int | None:
    """Return the column that names files, if the table is one of files.

    Files that are there decide; a name decides where no column is known to hold texts.
    """
    inside, values = Inside(folder), columns_of(probe, len(columns))
    named = [n for n, column in enumerate(columns) if plain(column) in FILE_COLUMNS]
    by_name = sorted(named, key=lambda n: FILE_COLUMNS.index(plain(columns[n])))
    hits = {n: _num_hits(inside, values[n]) for n in by_name or range(len(columns))}
    best = max(hits, key=lambda n: hits[n], default=None)
    if best is not None and hits[best]:
        return best
    if find(columns, TEXT_COLUMNS) is not None:
        return None
    alike = [n for n, cells in enumerate(values) if _most(cells, _looks_like_file)]
    return next(iter([*by_name, *alike]), None)


def find_texts(columns: Sequence[str], probe: Cells, but: Collection[int]) -> int | None:
    """Return the column of texts: one of a telling name, or with the longest, most varied cells."""
    named = find(columns, TEXT_COLUMNS, but)
    if named is not None:
        return named
    split = find(columns, SPLIT_COLUMNS)
    scores = {
        n: sum(map(len, set(cells)))  # what comes twice is counted once
        for n, cells in enumerate(columns_of(probe, len(columns)))
        if n not in but and n != split and not _most(cells, _is_number)
    }
    best = max(scores, key=lambda n: scores[n], default=None)
    return best if best is not None and scores[best] else None


def find_labels(columns: Sequence[str], probe: Cells, but: Collection[int]) -> int | None:
    """Return the column of labels: one of a telling name, or with few different short cells."""
    named = find(columns, LABEL_COLUMNS, but)
    if named is not None:
        return named
    split = find(columns, SPLIT_COLUMNS)
    values = columns_of(probe, len(columns))
    others = [n for n in range(len(columns)) if n not in but and n != split and any(values[n])]
    if len(others) == 1:
        return others[0]
    different = {n: len(set(values[n]) - {""}) for n in others}
    fitting = [n for n in others if _are_kinds(values[n], different[n])]
    return min(fitting, key=lambda n: different[n], default=None)


def columns_of(rows: Cells, num_columns: int) -> list[list[str]]:
    """Return the cells of each column, without blanks around them."""
    return [[clean(row[n]) for row in rows] for n in range(num_columns)]


def _are_kinds(cells: Sequence[str], num_different: int) -> bool:
    is_short = all(len(cell) <= _MAX_LABEL_CHARS for cell in cells)
    return is_short and 2 <= num_different <= max(2, len(cells) // 3)


def _repeat(cells: Sequence[str]) -> bool:
    return any(cells) and 3 * len(set(cells)) <= 2 * len(cells)


def _most(cells: Sequence[str], is_so: Callable[[str], bool]) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(map(is_so, filled)) > _MOST * max(1, len(filled))


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(cell))


def _num_hits(inside: Inside, cells: Sequence[str]) -> int:
    # a look at the disk takes longer than one at the name, and columns may be thousands
    return sum(_looks_like_file(cell) and inside.is_file(cell) for cell in cells[:_NUM_FILES])


def _looks_like_file(cell: str) -> bool:
    known = EXTENSIONS | TEXT_EXTENSIONS | REFUSED_EXTENSIONS
    return len(cell) < 260 and Path(cell).suffix.lower() in known
