"""Arrays on disk by key, so that nothing is computed twice: decoded pixels, frozen features.

A space holds the rows of one computation, such as one preset's features. Its folder has
segments, which never change once they are there: ``NAME.rows``, one row after the other, and
``NAME.json``, which says what they are and comes last. What a kill left half-done has no JSON
file, and every row is checked when it is read: what is damaged counts as not there. So nothing
has to wait for the disk. Rows are read and not mapped into memory: a file that a network drive
loses under a map would end the process.
"""

import hashlib
import json
import logging
import math
import os
import shutil
import threading
import time
import uuid
import zlib
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.records import from_record

log = logging.getLogger(__name__)

SEGMENT_BYTES: Final = 64 * 2**20
MAX_BYTES: Final = 20 * 10**9
MAX_SHARE_OF_DISK: Final = 0.25  # of what is free, or would be without the store
_LEFT_BEHIND_S: Final = 3600.0  # after which a file that belongs to no segment is nobody's

Row = NDArray[Any]


class RowStore:
    """All spaces below one folder, within one limit; others may use the folder meanwhile."""

    def __init__(self, folder: Path, max_bytes: int | None = None) -> None:
        """Prepare.

        Args:
            folder: Is made when something is stored.
            max_bytes: What everything in it may take; None for what suits the disk.
        """
        self.folder = folder
        self._max_bytes = max_bytes
        self._spaces: dict[str, Space] = {}

    def space(self, **facts: object) -> "Space":
        """Return the rows of one computation.

        Args:
            facts: Everything that they depend on but the samples themselves, fit for JSON.
        """
        text = json.dumps(facts, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()[:32]
        if name not in self._spaces:
            self._spaces[name] = Space(self.folder / name, self)
        return self._spaces[name]

    def flush(self) -> None:
        """Write what waits in any space."""
        for space in self._spaces.values():
            space.flush()

    def num_bytes(self) -> int:
        """Return what everything takes."""
        return sum(size for _, size, _ in self._segments())

    def could_hold(self, num_bytes: int) -> bool:
        """Return whether so much fits, if others give way."""
        return num_bytes <= self._limit(self.num_bytes())

    def make_room(self, needed: int, kept: Set[str]) -> bool:
        """Remove the segments that were not used for longest until so many bytes fit.

        Args:
            needed: Bytes to come.
            kept: Names of segments that are in use.

        Returns:
            Whether they fit.
        """
        segments = sorted(self._segments())
        room = self._limit(sum(size for _, size, _ in segments)) - needed
        used = sum(size for _, size, _ in segments)
        for _, size, path in segments:
            if used <= room:
                break
            if path.stem not in kept:
                _remove(path)
                used -= size
        return used <= room

    def _limit(self, used: int) -> int:
        if self._max_bytes is not None:
            return self._max_bytes
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(self.folder).free
        except OSError:  # nothing can be kept there
            return 0
        return min(MAX_BYTES, int(MAX_SHARE_OF_DISK * (free + used)))

    def _segments(self) -> Iterator[tuple[float, int, Path]]:
        """Yield when each segment was last used, its size and its JSON file."""
        for path in self.folder.glob("*/*.json"):
            with suppress(OSError):  # another process removes too
                rows = path.with_suffix(".rows").stat()
                yield rows.st_mtime, rows.st_size + path.stat().st_size, path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    """What the rows of a segment are, in their order."""

    dtype: str
    keys: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    checksums: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    segment: str
    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    checksum: int

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Space:
    """The rows of one computation; threads may share it."""

    def __init__(self, folder: Path, store: RowStore) -> None:
        self._folder = folder
        self._store = store
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._segments: set[str] = set()
        self._waiting: dict[str, Row] = {}
        self._waiting_bytes = 0
        self._is_writable = True
        self._remove_left_behind()
        for path in folder.glob("*.json"):
            self._open(path)

    def __contains__(self, key: str) -> bool:
        return key in self._places or key in self._waiting

    def get(self, key: str) -> Row | None:
        """Return a row, which is not to be changed, or None where there is none to be trusted."""
        with self._lock:
            place = self._places.get(key)
            if place is None:
                return self._waiting.get(key)
        try:
            return self._read(key, place)
        except (OSError, ValueError):
            log.warning("%s is damaged and computed anew", self._folder / place.segment)
            self._forget(place.segment)
            return None

    def put(self, key: str, row: Row) -> None:
        """Keep a row; where that is impossible, nothing happens."""
        with self._lock:
            if not self._is_writable or key in self:
                return
            self._waiting[key] = np.ascontiguousarray(row)
            self._waiting_bytes += row.nbytes
            if self._waiting_bytes >= SEGMENT_BYTES:
                self._write()

    def flush(self) -> None:
        """Write what waits."""
        with self._lock:
            if self._waiting:
                self._write()

    def _read(self, key: str, place: _Place) -> Row:
        file = self._folder / f"{place.segment}.rows"
        row = np.fromfile(file, place.dtype, place.size, offset=place.offset).reshape(place.shape)
        if _checksum(key, row) != place.checksum:
            raise ValueError(f"{key} is damaged")
        return row

    def _write(self) -> None:
        waiting, size = self._waiting, self._waiting_bytes
        self._waiting, self._waiting_bytes = {}, 0
        name = uuid.uuid4().hex
        path = self._folder / f"{name}.json"
        try:
            if not self._store.make_room(size, self._segments):
                self._is_writable = False
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_segment(path, waiting)
        except OSError:  # nothing depends on it
            log.warning("nothing more is kept in %s", self._folder, exc_info=True)
            self._is_writable = False
            _remove(path)
        else:
            self._open(path)

    def _open(self, path: Path) -> None:
        name = path.stem
        try:
            manifest = from_record(_Manifest, json.loads(path.read_text(encoding="utf-8")))
            places = dict(zip(manifest.keys, _places(name, manifest), strict=True))
            os.utime(path.with_suffix(".rows"))  # it is used
        except (OSError, ValueError, TypeError):
            log.warning("%s is damaged and computed anew", path, exc_info=True)
            _remove(path)
            return
        self._segments.add(name)
        self._places.update(places)

    def _forget(self, name: str) -> None:
        with self._lock:
            self._places = {k: p for k, p in self._places.items() if p.segment != name}
            self._segments.discard(name)
        _remove(self._folder / f"{name}.json")

    def _remove_left_behind(self) -> None:
        for path in self._folder.glob("*"):
            is_part = path.suffix == ".json" or path.with_suffix(".json").exists()
            with suppress(OSError):
                if not is_part and time.time() - path.stat().st_mtime > _LEFT_BEHIND_S:
                    path.unlink()


def _write_segment(path: Path, rows: Mapping[str, Row]) -> None:
    [dtype] = {row.dtype.str for row in rows.values()}
    with path.with_suffix(".rows").open("wb") as file:
        for row in rows.values():
            file.write(row.data)
    manifest = _Manifest(
        dtype=dtype,
        keys=tuple(rows),
        shapes=tuple(row.shape for row in rows.values()),
        checksums=tuple(_checksum(key, row) for key, row in rows.items()),
    )
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
    partial.replace(path)


def _checksum(key: str, row: Row) -> int:
    """Return a number that tells a row, whose it is and what it is from all that it is not."""
    return zlib.crc32(row.data, zlib.crc32(f"{key} {row.dtype.str} {row.shape}".encode()))


def _places(name: str, manifest: _Manifest) -> Iterator[_Place]:
    dtype = np.dtype(manifest.dtype)
    offset = 0
    for shape, checksum in zip(manifest.shapes, manifest.checksums, strict=True):
        place = _Place(segment=name, offset=offset, shape=shape, dtype=dtype, checksum=checksum)
        yield place
        offset += dtype.itemsize * place.size


def _remove(path: Path) -> None:
    """Remove a segment, its JSON file first: rows without one are nobody's."""
    for part in (path, path.with_suffix(".rows")):
        with suppress(OSError):  # Windows keeps what is being read
            part.unlink(missing_ok=True)
