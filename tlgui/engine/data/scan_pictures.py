"""Pictures in a scan: whether they can be decoded, and thumbnails of the first ones."""

import logging
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import PIL

from tlgui.core.dataset import Problem
from tlgui.core.events import ThumbnailReady
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import decode_stream, thumbnail_bytes
from tlgui.engine.data.known_files import KnownFiles, state_of
from tlgui.engine.data.listing import Entry
from tlgui.engine.data.picture_files import digest_of, opened

log = logging.getLogger(__name__)

MAX_THUMBNAILS: Final = 240
THUMBNAIL_PX: Final = 160

DATABASE: Final = "pictures.sqlite"
VERSION: Final = f"1, Pillow {PIL.__version__}"  # of what is found in a picture
_FINDING: Final = struct.Struct("<16sI")  # digest, number of frames; a thumbnail may follow


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedPicture:
    """What one picture gave; ``thumbnail`` is a file, or "" for none."""

    digest: str
    num_frames: int
    thumbnail: str


class Pictures:
    """The ``FileKind`` of pictures; see there."""

    def __init__(
        self, channel: Channel, thumbnails: Path | None, known: KnownFiles | None = None
    ) -> None:
        """Prepare.

        Args:
            channel: Gets a ``ThumbnailReady`` for the first pictures.
            thumbnails: Folder for the thumbnails; None writes none.
            known: Saves decoding what has not changed since an earlier scan.
        """
        self._channel = channel
        self._thumbnails = thumbnails
        self._known = known
        self._num_taken = 0
        if thumbnails:
            thumbnails.mkdir(parents=True, exist_ok=True)

    def recall(self, path: Path, number: int) -> ScannedPicture | None:
        """Return what an earlier scan has found in a picture that has not changed."""
        if self._known is None:
            return None
        finding = self._known.get(path, state_of(path))
        if finding is None or (self._is_shown(number) and len(finding) == _FINDING.size):
            return None
        return self._scanned(finding, number)

    def read(self, path: Path, number: int) -> ScannedPicture:
        """Decode a picture, and write its thumbnail if it is one of the first."""
        state = state_of(path)  # as it is before it is read
        finding = _found_in(path, self._is_shown(number))
        if self._known is not None:
            self._known.put(path, state, finding)
        return self._scanned(finding, number)

    def take(self, entry: Entry, class_name: str, content: ScannedPicture) -> Problem | None:
        """Show the thumbnail; a picture of several frames is odd."""
        self._num_taken += 1
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


def _found_in(path: Path, is_shown: bool) -> bytes:
    """Decode a picture and return what is found in it, with a thumbnail if it is shown."""
    with opened(path) as stream:
        digest = bytes.fromhex(digest_of(stream))
        picture = decode_stream(stream, THUMBNAIL_PX)
    thumbnail = thumbnail_bytes(picture.pixels, THUMBNAIL_PX) if is_shown else b""
    return _FINDING.pack(digest, picture.num_frames) + thumbnail
