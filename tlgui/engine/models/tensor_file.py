"""Safetensors files from elsewhere: judged by their header before any of their data is read.

Source:
    The format's description in the README of https://github.com/huggingface/safetensors, and its
    rules: the header is one JSON object, tensors leave no holes and do not overlap.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import psutil
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.engine.models.foreign_file import damaged, json_object, open_file

MAX_HEADER_BYTES: Final = 16 * 2**20
MAX_TENSORS: Final = 20_000
MAX_DIMENSIONS: Final = 8
MEMORY_SHARE: Final = 0.5  # of what is free that the weights may take while they are judged
METADATA: Final = "__metadata__"

# bfloat16, which NumPy does not know, is the upper half of a float32
BFLOAT16: Final = "BF16"
TYPES: Final[dict[str, np.dtype[Any]]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    BFLOAT16: np.dtype("<u2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a header says of one tensor.

    Attributes:
        kind: A key of ``TYPES``.
        shape: Its sizes.
        begin: Where its first byte lies, counted from the end of the header.
        end: Where its last byte ends.
    """

    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_tensor_file(path: Path, max_bytes: int) -> Tensors:
    """Return the tensors of a safetensors file, see ``read_tensors``.

    Raises:
        TlguiError: see there.
    """
    with open_file(path) as file:
        return read_tensors(file, path, max_bytes)


def read_tensors(file: BinaryIO, path: Path, max_bytes: int) -> Tensors:
    """Return the tensors of a safetensors file that is open at its start.

    Args:
        file: It has to know its end.
        path: For messages.
        max_bytes: Data that the model it claims to be can have.

    Returns:
        Arrays that nothing else refers to; bfloat16 has become float32.

    Raises:
        TlguiError: a bad header, data that is not finite, or more of it than there may be.
    """
    entries = read_header(file, path)
    num_bytes = sum(entry.end - entry.begin for entry in entries.values())
    if num_bytes > min(max_bytes, MEMORY_SHARE * psutil.virtual_memory().available):
        reason = f"{num_bytes:,} bytes are more than the model needs or the memory holds"
        raise TlguiError("import_too_large", path=str(path), reason=reason)
    tensors: Tensors = {}
    for name, entry in sorted(entries.items(), key=lambda item: item[1].begin):
        content = file.read(entry.end - entry.begin)
        if len(content) < entry.end - entry.begin:
            damaged(path, "it ends too soon")
        tensors[name] = _array(content, entry)
    for name, values in tensors.items():
        check_finite(path, name, values)
    return tensors


def read_header(file: BinaryIO, path: Path) -> dict[str, Entry]:
    """Return what the header says of every tensor; the file is then at the first byte of data.

    Raises:
        TlguiError: ``import_damaged``.
    """
    size = file.seek(0, 2)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
        damaged(path, f"it has no header of {length:,} bytes")
    content = file.read(length)
    if content[:1] != b"{":
        damaged(path, "it has no header")
    record = json_object(content, path)
    record.pop(METADATA, None)
    if not 0 < len(record) <= MAX_TENSORS:
        damaged(path, f"need 1 to {MAX_TENSORS:,} tensors, got {len(record):,}")
    entries = {name: _entry(value, name, path) for name, value in record.items()}
    _check_places(entries, size - 8 - length, path)
    return entries


def check_finite(path: Path, name: str, values: NDArray[Any]) -> None:
    """Raise ``import_damaged`` for floats that are not all numbers."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        damaged(path, f"{name:.80} holds values that are not numbers")


def _entry(value: object, name: str, path: Path) -> Entry:
    if not isinstance(value, Mapping) or value.keys() != {"dtype", "shape", "data_offsets"}:
        damaged(path, f"{name!r:.80} is not described as a tensor")
    kind, shape, places = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(kind, str) or kind not in TYPES:
        damaged(path, f"{name!r:.80} is of the unknown type {kind!r:.20}")
    if not _are_counts(shape, MAX_DIMENSIONS) or not _are_counts(places, 2) or len(places) != 2:
        damaged(path, f"{name!r:.80} has no usable shape or place")
    entry = Entry(kind=kind, shape=tuple(shape), begin=places[0], end=places[1])
    if entry.end - entry.begin != math.prod(shape) * TYPES[kind].itemsize:
        damaged(path, f"{name!r:.80} is not as large as its shape says")
    return entry


def _are_counts(value: object, longest: int) -> bool:
    if not isinstance(value, list) or len(value) > longest:
        return False
    return all(type(item) is int and 0 <= item < 2**62 for item in value)


def _check_places(entries: Mapping[str, Entry], num_bytes: int, path: Path) -> None:
    """Refuse overlaps, holes and hidden bytes: every byte belongs to one tensor."""
    reached = 0
    for entry in sorted(entries.values(), key=lambda entry: (entry.begin, entry.end)):
        if entry.begin != reached:
            damaged(path, "its tensors overlap or leave holes")
        reached = entry.end
    if reached != num_bytes:
        damaged(path, f"need {reached:,} bytes of data, got {num_bytes:,}")


def _array(content: bytes, entry: Entry) -> NDArray[Any]:
    values: NDArray[Any] = np.frombuffer(content, TYPES[entry.kind]).reshape(entry.shape)
    if entry.kind == BFLOAT16:
        values = (values.astype(np.uint32) << 16).view(np.float32)
    return values
