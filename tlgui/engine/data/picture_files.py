"""Opening a file that should be a picture, and saying in plain words why it gives none."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from PIL import Image

from tlgui.engine.data.unreadable import UnreadableFile, opened_file

MAX_MEGAPIXELS: Final = 175  # just below the limit at which Pillow itself refuses
TOO_LARGE: Final = f"larger than {MAX_MEGAPIXELS} megapixels"
_BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BufferError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)  # what Pillow's plugins were seen to raise on damaged and hostile files


def digest_of(stream: BufferedReader) -> str:
    """Return the digest by which a data set knows a file; reads the stream to its end."""
    return hashlib.file_digest(stream, "sha256").hexdigest()[:32]


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """Open a file to decode it; whatever goes wrong meanwhile is a reason in plain words.

    Raises:
        UnreadableFile: the file cannot be opened, or what is done with it fails.
    """
    try:
        with opened_file(path) as stream:
            yield stream
    except UnreadableFile as error:
        error.path = path
        raise
    except _BROKEN as error:
        raise UnreadableFile(_reason(error), path) from error


def _reason(error: BaseException) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return TOO_LARGE
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    is_cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
    return "the file is cut off" if is_cut else "the picture is damaged"
