"""Facts about texts and their files that are not what the texts say."""

import codecs
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.engine.reviewing.picture_hints import as_numbers

_HEAD_BYTES: Final = 65_536
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def text_hints(texts: Sequence[str], paths: Sequence[Path]) -> dict[str, NDArray[np.float64]]:
    """Return for every hint an array of shape (num_texts, num_facts).

    Args:
        texts: As models read them.
        paths: Of the files they lie in; empty for the rows of a table.

    Raises:
        OSError: a file cannot be read any more.
    """
    hints = {"length": as_numbers([_length(text) for text in texts])}
    if paths:
        hints["encoding"] = as_numbers([_encoding(path) for path in paths])
        hints["file_name"] = as_numbers([_name(path) for path in paths])
    return hints


def _length(text: str) -> tuple[float, ...]:
    words = text.split()
    return len(text), len(words), text.count("\n"), len(text) / max(1, len(words))


def _encoding(path: Path) -> tuple[Any, ...]:
    """Return how a text was written down: mark, code page, ends of lines, format."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    mark = next((name for start, name in _MARKS.items() if head.startswith(start)), "none")
    return mark, head.isascii(), _is_utf8(head), b"\r\n" in head, path.suffix.lower()


def _is_utf8(head: bytes) -> bool:
    try:
        # the last letter may be cut where there is more
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < _HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _name(path: PurePath) -> tuple[Any, ...]:
    """Return what a file is called, without its running number."""
    stem = path.stem
    letters = "".join(c for c in stem if not c.isdecimal()).strip(" _-.").lower()
    digits = "".join(c for c in stem if c.isdecimal())[-15:]
    return letters, len(stem), int(digits) if digits else -1
