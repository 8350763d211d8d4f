"""The lines of a table that is a text file, decoded and bounded."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from tlgui.core.errors import TlguiError
from tlgui.engine.data.table_rows import damaged, require_small
from tlgui.engine.data.text_encoding import SAMPLE_BYTES, detect_encoding
from tlgui.engine.data.unreadable import UnreadableFile

MAX_RECORD_CHARS: Final = 8_000_000
_MAX_NUL_FRACTION: Final = 0.005  # more are a sign of UTF-16, or of no text


class Lines:
    """An iterator over the lines of a text file, each with its end; a context manager too.

    Attributes:
        number: Of the last line, from 1.
        record_chars: Characters since ``begin_record``; bounded, because a quotation mark that
            is never closed makes one record of all lines.
        has_nul: Whether any of them is one that no text has.
        last: The last line.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.number = 0
        self.record_chars = 0
        self.has_nul = False
        self.last = ""
        self._path = path
        try:
            self._stream = path.open(encoding=encoding, newline="")
        except OSError as error:
            raise damaged(path, error.strerror or str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[str]:
        return self

    def begin_record(self) -> None:
        """Let another record begin with the next line."""
        self.record_chars = 0
        self.has_nul = False

    def __next__(self) -> str:
        line = self.last = self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.record_chars += len(line)
        self.has_nul |= "\0" in line
        if self.record_chars > MAX_RECORD_CHARS:
            reason = f"line {self.number}: a row of more than {MAX_RECORD_CHARS:,} characters"
            raise damaged(self._path, reason)
        return line

    def _read(self) -> str:
        try:
            return self._stream.readline(MAX_RECORD_CHARS + 1)
        except UnicodeError as error:
            raise _changed(self._path, self.number, self._stream.encoding) from error
        except OSError as error:
            raise damaged(self._path, error.strerror or str(error)) from error


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file, judged by its first telling part.

    Raises:
        TlguiError: it cannot be opened, is too large or no text.
    """
    require_small(path)
    try:
        with path.open("rb") as stream:
            sample, num_before = _telling_sample(stream)
        encoding = detect_encoding(_without_few_nuls(sample))
    except OSError as error:
        raise damaged(path, error.strerror or str(error)) from error
    except UnreadableFile as error:
        if num_before:  # the reason would count lines from there
            raise _changed(path, num_before, "ASCII") from error
        raise damaged(path, error.reason) from error
    return encoding


def _telling_sample(stream: BinaryIO) -> tuple[bytes, int]:
    """Return the first part with more than ASCII, else the beginning, and the lines before it."""
    first = stream.read(SAMPLE_BYTES)
    if not first.isascii() or b"\0" in first:  # of UTF-16, which may be ASCII and zeros
        return first, 0
    num_before = first.count(b"\n")
    while part := stream.read(SAMPLE_BYTES):
        if not part.isascii():
            return part, num_before
        num_before += part.count(b"\n")
    return first, 0


def _changed(path: Path, number: int, encoding: str) -> TlguiError:
    reason = f"after line {number:,} its characters are not {encoding} any more"
    return damaged(path, f"{reason}; save all of it as UTF-8")


def _without_few_nuls(sample: bytes) -> bytes:
    """Return a sample in which a single damaged row does not make a text something else."""
    is_few = sample.count(0) < _MAX_NUL_FRACTION * len(sample)
    return sample.replace(b"\0", b"") if is_few else sample
