"""Opening a file that should become a sample, and the one way in which it is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path


class UnreadableFile(Exception):
    """A file that gives no sample.

    Attributes:
        reason: Why, in plain words that continue "cannot be read: ...".
        path: The file, where it is known.
    """

    def __init__(self, reason: str, path: Path | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


@contextmanager
def opened_file(path: Path) -> Iterator[BufferedReader]:
    """Open a file to read it; what the system refuses meanwhile is a reason in plain words.

    Raises:
        UnreadableFile: it is gone or no file, may not be read, or is on a disk that fails.
    """
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            reason = "it is not a file" if path.exists() else "there is no such file"
            raise UnreadableFile(reason, path)
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        if not error.strerror:  # not of the system but of who reads
            raise
        raise UnreadableFile(error.strerror, path) from error
