"""The only writer of files that must survive a crash, a kill or a full disk."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from tlgui.core.errors import TlguiError

PARTIAL: Final = ".partial"
OLD: Final = ".old"

# no space, no quota (which Windows does not know), or larger than a file may be
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG}
_CHUNK_BYTES = 1 << 20


def replace_file(
    path: Path, content: bytes | str | Iterable[str], *, is_forced: bool = True
) -> None:
    """Write a whole file; readers see the old content or the new one, never a mixture.

    Args:
        path: The file.
        content: All of it, or its parts in turn where they take much memory together.
        is_forced: Whether to wait until it is on the disk, where a power cut leaves it.

    Raises:
        TlguiError: the disk is full or the folder cannot be written; the old file is intact.
    """
    with published_file(path, is_forced=is_forced) as file:
        if isinstance(content, bytes):
            file.write(content)
        else:
            parts = [content] if isinstance(content, str) else content
            file.writelines(part.encode() for part in parts)


@contextmanager
def published_file(path: Path, *, is_forced: bool = True) -> Iterator[IO[bytes]]:
    """Give a file to write bit by bit, which takes the place of ``path`` when all is written.

    Args:
        path: The file.
        is_forced: See ``replace_file``.

    Raises:
        TlguiError: see ``replace_file``.
    """
    partial = path.with_name(path.name + PARTIAL)
    with _named_errors(path):
        try:
            with partial.open("wb") as file:
                yield file
                if is_forced:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(partial, path)  # noqa: PTH105 (tests fill the disk here)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    if is_forced:
        _sync_folder(path.parent)


def copy_file(source: Path, target: Path, partial: Path, tick: Callable[[], None]) -> None:
    """Copy a file with its times; it has the name ``partial`` until all of it is copied.

    It is not forced onto the disk, which would take longer than the copy: the original is there.

    Args:
        source: Any file.
        target: A name that nothing has yet.
        partial: Another one on the same drive, which may be left from a copy that broke off.
        tick: Called now and then; what it raises ends the copy.

    Raises:
        TlguiError: the disk is full or the folder cannot be written; nothing is left.
        OSError: the file cannot be read.
    """
    with source.open("rb") as original, _named_errors(target):
        try:
            with partial.open("wb") as file:
                for chunk in _chunks(original, source):
                    tick()
                    file.write(chunk)
            times = source.stat()
            with suppress(OSError):  # some network drives keep none
                os.utime(partial, ns=(times.st_atime_ns, times.st_mtime_ns))
            os.replace(partial, target)  # noqa: PTH105 (tests fill the disk here)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def make_folder(path: Path) -> None:
    """Make a folder and those above it; one that exists is fine.

    Raises:
        TlguiError: the disk is full or the folder cannot be made.
    """
    with _named_errors(path):
        path.mkdir(parents=True, exist_ok=True)


def append_line(path: Path, line: str) -> None:
    """Append one line in a single write, so that only the last line can ever be torn.

    Raises:
        TlguiError: the disk is full or the file cannot be written; nothing was appended.
    """
    data = line.encode() + b"\n"
    with _named_errors(path), path.open("ab", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        try:
            # what fits is written without an error, and the next line would be glued to it
            if file.write(data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            file.truncate(size)
            raise


def drop_torn_line(path: Path) -> None:
    """Cut what a crash left behind the last whole line; a missing file is fine."""
    if not path.exists():
        return
    with _named_errors(path), path.open("rb+") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)


@contextmanager
def published_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which takes the place of ``path`` when all is written.

    Until then nothing new is to be seen under ``path``'s name; after an error nothing new is
    left, and what was there before is there again.

    Raises:
        TlguiError: the disk is full or the folder cannot be written.
    """
    partial = path.with_name(path.name + PARTIAL)
    with _named_errors(path):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            for file in sorted(partial.rglob("*")):
                if file.is_file():
                    _sync(file)
            _swap(partial, path)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    _sync_folder(path.parent)


def is_unpublished(path: Path) -> bool:
    """Whether a name is one that only folders and files on their way to their place have."""
    return path.suffix in (PARTIAL, OLD)


def _chunks(file: IO[bytes], path: Path) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
    except OSError as error:  # without the name it would be taken for one of writing
        raise OSError(error.errno, error.strerror, str(path)) from error


def _swap(partial: Path, path: Path) -> None:
    old = path.with_name(path.name + OLD)
    shutil.rmtree(old, ignore_errors=True)
    if path.exists():
        path.rename(old)
    try:
        os.replace(partial, path)  # noqa: PTH105 (tests fill the disk here)
    except OSError:
        if old.exists():
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover (Windows has no handle for a folder's entry)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives have no such thing
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename and not _is_on_the_way(Path(str(error.filename)), path):
            raise  # another file, which was read meanwhile
        if error.errno in _FULL:
            raise TlguiError("disk_full", path=str(path)) from error
        raise TlguiError(
            "folder_not_writable",
            path=str(path.parent),
            reason=error.strerror or str(error),
        ) from error


def _is_on_the_way(named: Path, path: Path) -> bool:
    """Whether it lies beside or below what is written, or is a folder above it."""
    return named.is_relative_to(path.parent) or path.is_relative_to(named)
