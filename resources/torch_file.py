"""Reads the tensors of a PyTorch state dict without PyTorch and without running its pickle.

Both forms are understood: the zip archive of PyTorch 1.6 and later, and the older file of
five pickles followed by the raw storages. The pickle may only name an ordered dictionary,
storage types and the tensor constructor; anything else is refused before it is looked up.
"""

import io
import math
import pickle  # noqa: TID251 (restricted to the names below)
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

ZIP_MAGIC: Final = b"PK\x03\x04"
LEGACY_MAGIC: Final = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL: Final = 1001

STORAGE_TYPES: Final = {
    "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"),
    "DoubleStorage": np.dtype("<f8"),
    "LongStorage": np.dtype("<i8"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]
    num_values: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_state_dict(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the tensors by name.

    Raises:
        ValueError: not a PyTorch file, it names something else than tensors, or a tensor
            reaches beyond its storage.
    """
    file = io.BytesIO(content)
    try:
        return _read_zip(file) if content.startswith(ZIP_MAGIC) else _read_legacy(file)
    except (pickle.UnpicklingError, zipfile.BadZipFile, *_MANGLED) as error:
        raise ValueError(f"not a readable state dict: {error}") from error


# what the unpickler and the casts below raise on mangled bytes
_MANGLED: Final = (AttributeError, EOFError, KeyError, LookupError, TypeError, OverflowError)


class _TensorsOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _describe
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not part of a tensor")

    def persistent_load(self, pid: Any) -> _Storage:
        kind, dtype, key, _location, num_values = pid[:5]
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError(f"{kind!r:.40} is not a storage")
        return _Storage(key=str(key), dtype=dtype, num_values=int(num_values))


def _describe(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    """Stand in for the tensor constructor, whose data may come later in the file."""
    if min((offset, *shape, *strides)) < 0 or len(shape) != len(strides):
        raise pickle.UnpicklingError(f"no tensor has strides {strides} and shape {shape}")
    return _Tensor(storage=storage, offset=offset, shape=tuple(shape), strides=tuple(strides))


def _read_zip(file: BinaryIO) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(file) as archive:
        member = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        root = member.removesuffix("data.pkl")
        state = _TensorsOnly(archive.open(member)).load()
        return _resolve(state, lambda key: archive.read(f"{root}data/{key}"))


def _read_legacy(file: BinaryIO) -> dict[str, NDArray[Any]]:
    head = [_TensorsOnly(file).load() for _ in range(2)]
    if head != [LEGACY_MAGIC, LEGACY_PROTOCOL]:
        raise ValueError(f"not a PyTorch file, it begins with {head!r:.60}")
    _system, state, keys = (_TensorsOnly(file).load() for _ in range(3))
    dtypes = {item.storage.key: item.storage.dtype for item in _tensors(state).values()}
    storages = {}
    for key in keys:
        num_values = int.from_bytes(file.read(8), "little")
        storages[key] = file.read(num_values * dtypes[key].itemsize)
    return _resolve(state, storages.__getitem__)


def _tensors(state: object) -> dict[str, _Tensor]:
    if not isinstance(state, Mapping):
        raise ValueError(f"need a dictionary of tensors, got {type(state).__name__}")
    return {str(name): item for name, item in state.items() if isinstance(item, _Tensor)}


def _resolve(state: object, read: Callable[[str], bytes]) -> dict[str, NDArray[Any]]:
    arrays = {}
    for name, item in _tensors(state).items():
        stored = np.frombuffer(read(item.storage.key), item.storage.dtype)[item.offset :]
        if _reach(item) > len(stored) or math.prod(item.shape) > len(stored):
            raise ValueError(f"{name} reaches beyond its storage of {len(stored)} values")
        strides = tuple(step * stored.itemsize for step in item.strides)
        arrays[name] = np.lib.stride_tricks.as_strided(stored, item.shape, strides).copy()
    return arrays


def _reach(item: _Tensor) -> int:
    """Return how many stored values lie between the first and the last of the tensor."""
    if 0 in item.shape:
        return 0
    steps = zip(item.shape, item.strides, strict=True)
    return 1 + sum((length - 1) * step for length, step in steps)
