"""Pictures in a scan: whether they can be decoded, and thumbnails of the first ones.

To decode takes ten times as long as to read. So of large folders only what the structure of a
file leaves in doubt is decoded at once, and the rest when its pixels are wanted, see ``sound``:
cut-off files, other files and animations are told by the scan either way. Every byte is read
even so, because by its digest a sample is known: to splits, caches and decisions.
"""

import hashlib
import logging
import os
import stat
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import PIL

from tlgui.core.dataset import NOT_DECODED, Problem
from tlgui.core.events import ThumbnailReady
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import decode_stream, thumbnail_bytes
from tlgui.engine.data.known_files import KnownFiles, state_from, state_of
from tlgui.engine.data.listing import Entry
from tlgui.engine.data.picture_files import digest_of, opened
from tlgui.engine.data.picture_structure import is_plainly_whole

log = logging.getLogger(__name__)

MAX_THUMBNAILS: Final = 240
THUMBNAIL_PX: Final = 160

DATABASE: Final = "pictures.sqlite"
VERSION: Final = f"2, Pillow {PIL.__version__}"  # of what is found in a picture
_READ: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_MAX_AT_ONCE_BYTES: Final = 32 * 2**20  # of a file that is looked at as a whole
# digest, number of frames or 0 where it is not decoded yet; a thumbnail may follow
_FINDING: Final = struct.Struct("<16sI")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPicture:
    """What one picture gave.

    Attributes:
        digest: Of the file.
        num_frames: Of the file; 0 where it looks whole and is not decoded yet.
        thumbnail: A file, or "" for none.
    """

    digest: str
    num_frames: int
    thumbnail: str


class Pictures:
    """The ``FileKind`` of pictures; see there."""

    def __init__(
        self,
        channel: Channel,
        thumbnails: Path | None,
        known: KnownFiles | None = None,
        *,
        is_quick: bool = False,
    ) -> None:
        """Prepare.

        Args:
            channel: Gets a ``ThumbnailReady`` for the first pictures.
            thumbnails: Folder for the thumbnails; None writes none.
            known: Saves decoding what has not changed since an earlier scan.
            is_quick: Decode only what is shown or in doubt.
        """
        self._channel = channel
        self._thumbnails = thumbnails
        self._known = known
        self._is_quick = is_quick
        self._num_taken = self._num_undecoded = 0
        if thumbnails:
            thumbnails.mkdir(parents=True, exist_ok=True)

    def recall(self, paths: Sequence[str], first_number: int) -> Sequence[ScannedPicture | None]:
        """Return what earlier scans found in pictures as they are."""
        findings = self._known.get(paths) if self._known else [None] * len(paths)
        numbered = enumerate(findings, start=first_number)
        return [
            self._scanned(finding, number) if finding and self._suffices(finding, number) else None
            for number, finding in numbered
        ]

    def read(self, path: str, number: int) -> ScannedPicture:
        """Look at a picture or decode it, and write its thumbnail if it is one of the first."""
        state, finding = b"", b""
        if self._is_quick and not self._is_shown(number):
            state, finding = _seen_in(path)
        if not finding:
            state = state_of(path)  # as it is before it is read
            finding = found_in(Path(path), self._is_shown(number))
        if self._known is not None:
            self._known.put(path, state, finding)
        return self._scanned(finding, number)

    def take(self, entry: Entry, class_name: str, content: ScannedPicture) -> Problem | None:
        """Show the thumbnail; a picture of several frames is odd."""
        self._num_taken += 1
        self._num_undecoded += content.num_frames == 0
        if content.thumbnail:
            file = content.thumbnail
            self._channel.send(ThumbnailReady, path=entry.path, class_name=class_name, file=file)
        if content.num_frames > 1:
            return Problem(code="first_frame_only", path=entry.path, count=content.num_frames)
        return None

    def clusters(self) -> Sequence[str]:
        """Return nothing: only exact copies of pictures are known."""
        return [""] * self._num_taken

    def facts(self) -> None:
        """Return nothing."""

    def left_open(self) -> Sequence[Problem]:
        """Return how many pictures are not decoded yet."""
        count = self._num_undecoded
        return [Problem(code=NOT_DECODED, count=count)] if count else []

    def _suffices(self, finding: bytes, number: int) -> bool:
        _, num_frames = _FINDING.unpack_from(finding)
        is_decoded = num_frames > 0 or self._is_quick
        return is_decoded and not (self._is_shown(number) and len(finding) == _FINDING.size)

    def _is_shown(self, number: int) -> bool:
        return self._thumbnails is not None and number <= MAX_THUMBNAILS

    def _scanned(self, finding: bytes, number: int) -> ScannedPicture:
        digest, num_frames = _FINDING.unpack_from(finding)
        file = self._written(finding[_FINDING.size :], number) if self._is_shown(number) else ""
        return ScannedPicture(digest=digest.hex(), num_frames=num_frames, thumbnail=file)

    def _written(self, thumbnail: bytes, number: int) -> str:
        assert self._thumbnails is not None
        file = self._thumbnails.absolute() / f"{number:05}.jpg"
        try:
            file.write_bytes(thumbnail)
        except OSError:  # a full disk is met where the events are written
            log.warning("cannot write the thumbnail %s", file, exc_info=True)
            return ""
        return str(file)


def found_in(path: Path, is_shown: bool = False) -> bytes:
    """Decode a picture and return what is found in it, with a thumbnail if it is shown.

    Raises:
        UnreadableFile: with the reason.
    """
    with opened(path) as stream:
        digest = bytes.fromhex(digest_of(stream))
        picture = decode_stream(stream, THUMBNAIL_PX)
    thumbnail = thumbnail_bytes(picture.pixels, THUMBNAIL_PX) if is_shown else b""
    return _FINDING.pack(digest, picture.num_frames) + thumbnail


def _seen_in(path: str) -> tuple[bytes, bytes]:
    """Return the state of a picture that is plainly whole, and what is found in it.

    What is found is b"" where the picture has to be decoded to know.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 (a million times, as what follows)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_AT_ONCE_BYTES:
            return b"", b""
        file = os.open(path, _READ)
        try:
            data = os.read(file, status.st_size + 1)
        finally:
            os.close(file)
    except OSError:  # who decodes it says why
        return b"", b""
    if len(data) != status.st_size or not is_plainly_whole(data):
        return b"", b""
    return state_from(status), _FINDING.pack(hashlib.sha256(data).digest()[:16], 0)
