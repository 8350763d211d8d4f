"""Reads the tensors of an HDF5 file as Keras writes weights; a script for a throw-away process.

It imports nothing of tlgui, and gives up what it does not need before it opens the file: the
network, other processes, files to write. Only plain data sets count that lie in the file itself, by
ordinary links, and are not larger than they may be. They leave on standard output as one
safetensors file, whose names say the path of layers as Keras names them, with the place of the
variable in its layer: ``transformer_layer_0/self_attention_layer/query/0``.

    python h5_tensors.py MOST_BYTES < FILE
"""

import contextlib
import ctypes
import io
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MAX_SECONDS = 60
MAX_TENSORS = 20_000
MAX_DEPTH = 24
MAX_NAME = 200
MAX_RATIO = 20  # of numbers that were packed
SMALL_BYTES = 2**20
MEMORY_BYTES = 2**30  # beside the tensors
HEADER_BYTES = 2**24
COPIES = 3
NEW_NETWORK = 0x40000000 | 0x10000000  # CLONE_NEWNET, and CLONE_NEWUSER, which allows it
TYPES = ("float16", "float32", "float64", "int32", "int64")
FORBIDDEN = ("os.exec", "os.fork", "os.posix_spawn", "os.system", "socket.", "subprocess.")


def main(argv: list[str]) -> int:
    """Write the tensors of a file to standard output; 1 and a reason on standard error if bad."""
    most = int(argv[0])
    content = sys.stdin.buffer.read()
    leave_network()
    limit_resources(most + len(content))
    return convert(io.BytesIO(content), most)


def convert(raw: BinaryIO, most: int) -> int:
    """Write the tensors of an open file."""
    os.environ["HDF5_PLUGIN_PRELOAD"] = "::"  # no filters out of libraries that lie about
    import h5py
    from safetensors.numpy import save

    sys.addaudithook(forbid)
    try:
        with h5py.File(raw, "r") as file:
            content = save(dict(found_tensors(file, most)))
    # whatever a mangled file makes the library raise
    except (ArithmeticError, AttributeError, LookupError, MemoryError, OSError) as error:
        return refuse(f"{type(error).__name__}: {error}")
    except (RecursionError, RuntimeError, TypeError, ValueError) as error:
        return refuse(str(error))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    return 0


def found_tensors(file: Any, most: int) -> Iterator[tuple[str, Any]]:
    """Yield every variable with its path of layers.

    Raises:
        ValueError: something in the file is not what Keras writes, or is too large.
    """
    import h5py

    seen: set[int] = set()
    left = most
    waiting: list[tuple[Any, tuple[str, ...]]] = [(file, ())]
    while waiting:
        group, path = waiting.pop()
        for key in group:
            child = plain_child(group, key, seen)
            if isinstance(child, h5py.Dataset):
                if group.name.endswith("/vars"):
                    left -= checked_size(child, left)
                    yield "/".join((*path, key)), child[()]
            elif len(path) < MAX_DEPTH and len(seen) < MAX_TENSORS:
                waiting.append((child, inner_path(child, key, path)))
            else:
                raise ValueError("it is nested too deeply, or holds too much")


def plain_child(group: Any, key: str, seen: set[int]) -> Any:
    """Return what lies in the file under a name, once and not by a link to elsewhere."""
    import h5py

    if not isinstance(group.get(key, getlink=True), h5py.HardLink):
        raise ValueError(f"{key:.80} is a link to somewhere else")
    child = group[key]
    address = h5py.h5o.get_info(child.id).addr
    if address in seen:
        raise ValueError(f"{key:.80} comes twice")
    seen.add(address)
    return child


def checked_size(data: Any, left: int) -> int:
    """Return the bytes of a data set that lies in the file as a whole."""
    if data.is_virtual or data.external:
        raise ValueError(f"{data.name:.80} lies in another file")
    if data.dtype.name not in TYPES:
        raise ValueError(f"{data.name:.80} is of the type {data.dtype.name:.40}")
    stored = data.id.get_storage_size()
    size = int(data.nbytes)
    if size > left or size > max(SMALL_BYTES, MAX_RATIO * stored):
        raise ValueError(f"{data.name:.80} is larger than it may be")
    return size


def inner_path(group: Any, key: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of layers within a group; two of Keras' own groups are no layers."""
    return path if key in ("vars", "layers") else (*path, layer_name(group, key))


def layer_name(group: Any, key: str) -> str:
    """Return what Keras calls a layer; its place in the file is called after its class."""
    import h5py

    own = group.get("vars", getlink=True)
    name = group["vars"].attrs.get("name") if isinstance(own, h5py.HardLink) else None
    name = name if isinstance(name, str) else key
    if not name or len(name) > MAX_NAME or "/" in name:
        raise ValueError(f"{key:.80} has an unusual name")
    return name


def leave_network() -> None:
    """Go where there is no network, if the system lets ordinary programs do so."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).unshare(NEW_NETWORK)


def limit_resources(most: int) -> None:
    """Give up memory, time and files, as far as the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows, where the parent keeps the time
        return
    limits = {
        "RLIMIT_AS": MEMORY_BYTES + COPIES * most,
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": MAX_SECONDS,
        "RLIMIT_FSIZE": most + HEADER_BYTES,
    }
    for name, value in limits.items():
        with contextlib.suppress(AttributeError, OSError, ValueError):
            resource.setrlimit(getattr(resource, name), (value, value))


def forbid(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what reading numbers never needs; see ``sys.addaudithook``."""
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event.startswith(FORBIDDEN) or writes:
        raise PermissionError(f"{event} is not allowed here")


def refuse(reason: str) -> int:
    """Say why on standard error."""
    sys.stderr.write(" ".join(reason.split())[:300] + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
