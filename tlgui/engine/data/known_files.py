"""What earlier scans found in files, for as long as these stay as they were."""

import logging
import os
import sqlite3
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

log = logging.getLogger(__name__)

MAX_FILES: Final = 1_000_000  # about 150 MB
NUM_WAITING: Final = 10_000  # findings that a kill may lose
# a file may change again within the same tick of its clock, of which FAT has the longest
TICK_NS: Final = 2 * 10**9
_CHECKSUM: Final = struct.Struct("<I")
_TABLE: Final = "CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, value BLOB)"


class KnownFiles:
    """Findings by file, in a database of its own; threads and processes may share it.

    A finding is believed while size, times and number of its file are what they were and its
    checksum is right. Where the database does not work nothing is known, and all else goes on.
    """

    def __init__(self, database: Path, version: str) -> None:
        """Open the database.

        Args:
            database: Is made where it is missing.
            version: Of how findings are made; those of other versions are not believed.
        """
        self._database = database
        self._seed = zlib.crc32(version.encode())
        self._lock = threading.Lock()
        self._waiting: dict[bytes, bytes] = {}
        self._connection: sqlite3.Connection | None = None
        with self._attempt():
            database.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(database, timeout=1.0, check_same_thread=False)
            self._connection.execute(_TABLE)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits and close the database."""
        with self._attempt():
            self._write()
            self._drop_connection()

    def get(self, paths: Sequence[str]) -> list[bytes | None]:
        """Return what was found in each file, or None where it may have changed since."""
        keys = [os.fsencode(path) for path in paths]
        rows: dict[bytes, bytes] = {}
        with self._attempt():
            if self._connection is not None:
                marks = ",".join("?" * len(keys))
                query = f"SELECT path, value FROM files WHERE path IN ({marks})"
                rows = dict(self._connection.execute(query, keys))
        return [
            self._checked(path, key, rows[key]) if key in rows else None
            for path, key in zip(paths, keys, strict=True)
        ]

    def _checked(self, path: str, key: bytes, value: bytes) -> bytes | None:
        state = state_of(path)
        finding = value[len(state) : -_CHECKSUM.size]
        return finding if state and value == self._value(key, state, finding) else None

    def put(self, path: str, state: bytes, finding: bytes) -> None:
        """Keep what was found in a file; without a state nothing happens."""
        if not state:
            return
        key = os.fsencode(path)
        value = self._value(key, state, finding)
        with self._lock:
            self._waiting[key] = value
            is_full = len(self._waiting) >= NUM_WAITING
        if is_full:
            with self._attempt():
                self._write()

    def _value(self, key: bytes, state: bytes, finding: bytes) -> bytes:
        checksum = zlib.crc32(finding, zlib.crc32(state, zlib.crc32(key, self._seed)))
        return state + finding + _CHECKSUM.pack(checksum)

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        if self._connection is None or not waiting:
            return
        with self._connection:
            self._connection.executemany("REPLACE INTO files VALUES (?, ?)", waiting.items())
            # what is put in anew gets a higher number, so these are longest known
            oldest = "SELECT max(rowid) - ? FROM files"
            self._connection.execute(f"DELETE FROM files WHERE rowid <= ({oldest})", (MAX_FILES,))

    def _drop_connection(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    @contextmanager
    def _attempt(self) -> Iterator[None]:
        """Use the database; if that fails, do without it from then on."""
        with self._lock:
            try:
                yield
            except (OSError, sqlite3.Error) as error:
                log.warning("%s cannot be used", self._database, exc_info=True)
                self._drop_connection()
                if type(error) is sqlite3.DatabaseError:  # damaged, and not in use elsewhere
                    self._remove()

    def _remove(self) -> None:
        journal = self._database.with_name(f"{self._database.name}-journal")
        with suppress(OSError):
            journal.unlink(missing_ok=True)  # or it would be taken for that of the next one
            self._database.unlink()


def state_of(path: str) -> bytes:
    """Return what changes with a file's content, or b"" where that is not sure to tell."""
    try:
        return state_from(os.stat(path))  # noqa: PTH116 (a million times)
    except OSError:
        return b""


def state_from(found: os.stat_result) -> bytes:
    """Return the same of a file that was looked up."""
    changed_ns = max(found.st_mtime_ns, found.st_ctime_ns)
    if changed_ns > time.time_ns() - TICK_NS:
        return b""
    number = found.st_ino % 2**64  # some file systems of Windows have longer ones
    return struct.pack("<QqqQ", found.st_size, found.st_mtime_ns, found.st_ctime_ns, number)
