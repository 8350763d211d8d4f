"""The one way in which a file that should become a sample is refused."""

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
