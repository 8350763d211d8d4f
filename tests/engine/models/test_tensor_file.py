"""Safetensors from elsewhere: the header is judged before any of the data is read."""

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from tlgui.core.errors import TlguiError
from tlgui.engine.models.tensor_file import MAX_TENSORS, read_header, read_tensors

PATH = Path("foreign.safetensors")
MOST = 2**20


def written(header, data=b"", length=None):
    """Return a file with any header at all."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    length = len(text) if length is None else length
    return struct.pack("<Q", length) + text + data


def entry(shape, begin, end, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_what_the_library_writes_comes_back(tmp_path):
    tensors = {"b": np.arange(6, dtype=np.float32).reshape(2, 3), "a": np.array([1], np.int8)}
    content = save({**tensors, "empty": np.zeros((0, 3), np.float32)}, {"format": "np"})

    found = read_tensors(io.BytesIO(content), PATH, MOST)

    assert all((found[name] == values).all() for name, values in tensors.items())
    assert found["empty"].shape == (0, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234567",
        written(b"{}", length=1 << 60),
        written(b"{}", length=0),
        written(b"{}"),
        written(b" {}"),
        written(b"[]"),
        written(b"{" * 10_000),
        written({"a": entry([4], 0, 16), "b": entry([4], 8, 24)}, bytes(24)),
        written({"a": entry([4], 0, 16), "b": entry([4], 20, 36)}, bytes(36)),
        written({"a": entry([1 << 40], 0, 16)}, bytes(16)),
        written({"a": entry([2**32, 2**32], 0, 0)}),
        written({"a": entry([4], 0, 16)}, bytes(8)),
        written({"a": entry([4], 0, 16)}, bytes(16) + b"PK\3\4hidden"),
        written({"a": entry([4], 4, 20)}, bytes(20)),
        written({"a": entry([4], 16, 0)}, bytes(16)),
        written({"a": entry([-4], 0, -16)}, b""),
        written({"a": entry([True] * 4, 0, 4)}, bytes(4)),
        written({"a": entry([4.0], 0, 16)}, bytes(16)),
        written({"a": entry("4", 0, 16)}, bytes(16)),
        written({"a": entry([1] * 9 + [4], 0, 16)}, bytes(16)),
        written({"a": entry([4], 0, 16, "F8_E4M3")}, bytes(16)),
        written({"a": entry([4], 0, 16, ["F32"])}, bytes(16)),
        written({"a": {**entry([4], 0, 16), "code": "x"}}, bytes(16)),
        written({"a": {"dtype": "F32", "shape": [4]}}, bytes(16)),
        written({"a": None}),
        written({"__metadata__": {"a": "b"}}),
        written(b'{"a":%s,"a":%s}' % ((json.dumps(entry([4], 0, 16)).encode(),) * 2), bytes(16)),
        written({str(n): entry([0], 0, 0) for n in range(MAX_TENSORS + 1)}),
        written({"a": entry([1], 0, 4)}, struct.pack("<f", float("nan"))),
        written({"a": entry([1], 0, 2, "BF16")}, b"\x80\x7f"),
    ],
)
def test_a_bad_file_is_an_ordinary_refusal(content):
    with pytest.raises(TlguiError, match="import_damaged"):
        read_tensors(io.BytesIO(content), PATH, MOST)


def test_more_data_than_the_model_can_have_is_not_read():
    content = written({"a": entry([4], 0, 16)}, bytes(16))
    file = io.BytesIO(content)

    with pytest.raises(TlguiError, match="import_too_large"):
        read_tensors(file, PATH, 15)

    assert file.tell() == len(content) - 16


def test_a_file_that_shrinks_while_it_is_read_is_refused():
    class Shrinking(io.BytesIO):
        def read(self, size=-1):
            return super().read(size)[:-1] if size == 16 else super().read(size)

    with pytest.raises(TlguiError, match="too soon"):
        read_tensors(Shrinking(written({"a": entry([4], 0, 16)}, bytes(16))), PATH, MOST)


def test_a_header_tells_sizes_without_the_data():
    entries = read_header(io.BytesIO(written({"a": entry([2, 2], 0, 16)}, bytes(16))), PATH)

    assert entries["a"].shape == (2, 2)
