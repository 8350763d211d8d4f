import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from resources.torch_file import read_state_dict

GRID = np.arange(6, dtype=np.float32).reshape(2, 3)
COUNT = np.array([7], dtype=np.int64)

ORDERED_DICT = b"ccollections\nOrderedDict\n)R"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


def _text(value):
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def _numbers(values):
    return (
        b"(" + b"".join(b"J" + value.to_bytes(4, "little", signed=True) for value in values) + b"t"
    )


def _storage(kind, key, num_values, view):
    fields = _text("storage") + f"ctorch\n{kind}\n".encode() + _text(key) + _text("cpu")
    return b"(" + fields + b"J" + num_values.to_bytes(4, "little") + view + b"tQ"


def _tensor(storage, shape, strides, offset=0):
    place = b"J" + offset.to_bytes(4, "little", signed=True) + _numbers(shape) + _numbers(strides)
    return REBUILD + b"(" + storage + place + b"\x89" + ORDERED_DICT + b"tR"


def _state(entries):
    items = b"".join(_text(name) + tensor for name, tensor in entries.items())
    return b"\x80\x02" + ORDERED_DICT + b"(" + items + b"u."


def _zip_file(pickled, storages):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("tiny/data.pkl", pickled)
        for key, values in storages.items():
            archive.writestr(f"tiny/data/{key}", values.tobytes())
        archive.writestr("tiny/version", "3\n")
    return file.getvalue()


def _legacy_file(pickled, storages):
    head = (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})
    parts = [pickle.dumps(value, protocol=2) for value in head]
    parts += [pickled, pickle.dumps(list(storages), protocol=2)]
    for values in storages.values():
        parts += [values.size.to_bytes(8, "little"), values.tobytes()]
    return b"".join(parts)


@pytest.fixture(params=[_zip_file, _legacy_file])
def torch_file(request):
    """What turns a pickle and its storages into one of PyTorch's two forms."""
    return request.param


def _entries(view):
    grid = _storage("FloatStorage", "0", GRID.size, view)
    return {
        "grid": _tensor(grid, (2, 3), (3, 1)),
        "turned": _tensor(grid, (3, 2), (1, 3)),
        "end": _tensor(grid, (2,), (1,), offset=4),
        "count": _tensor(_storage("LongStorage", "1", 1, view), (), ()),
    }


def test_tensors_come_out_as_they_went_in(torch_file):
    view = b"N" if torch_file is _legacy_file else b""  # the old form has a sixth field
    content = torch_file(_state(_entries(view)), {"0": GRID, "1": COUNT})

    tensors = read_state_dict(content)

    np.testing.assert_array_equal(tensors["grid"], GRID)
    np.testing.assert_array_equal(tensors["turned"], GRID.T)
    np.testing.assert_array_equal(tensors["end"], [4, 5])
    assert tensors["count"] == 7


@pytest.mark.parametrize(
    "attack",
    [
        b"cos\nsystem\n(" + _text("touch {marker}") + b"tR",
        b"cbuiltins\nexec\n(" + _text("open({marker!r}, 'w')") + b"tR",
        b"c__builtin__\neval\n(" + _text("open({marker!r}, 'w')") + b"tR",
        b"cpathlib\nPath\n(" + _text("{marker}") + b"tR",
        b"ctorch\nload\n(" + _text("{marker}") + b"tR",
        b"ccollections\nnamedtuple\n(" + _text("a") + _text("b") + b"tR",
        _text("collections") + _text("OrderedDict.fromkeys") + b"\x93",
    ],
)
def test_a_hostile_file_is_refused_and_runs_nothing(torch_file, attack, tmp_path):
    marker = tmp_path / "was-here"
    payload = b"\x80\x04" + attack.replace(b"{marker!r}", repr(str(marker)).encode()).replace(
        b"{marker}", str(marker).encode()
    )

    with pytest.raises(ValueError, match="not a readable state dict"):
        read_state_dict(torch_file(payload + b".", {}))

    assert not marker.exists()


def test_a_pickle_without_tensors_is_refused_by_name_before_it_runs(torch_file):
    attack = b"\x80\x02cos\nsystem\n)R."

    with pytest.raises(ValueError, match=r"os\.system is not part of a tensor"):
        read_state_dict(torch_file(attack, {}))


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((2, 4), (4, 1), 0),
        ((2, 3), (3, 1), 1),
        ((6,), (-1,), 0),
        ((-2, 3), (3, 1), 0),
        ((2, 3), (3,), 0),
        ((1_000_000,), (0,), 0),
    ],
)
def test_a_tensor_cannot_reach_into_memory_beyond_its_storage(torch_file, shape, strides, offset):
    storage = _storage("FloatStorage", "0", GRID.size, b"")
    pickled = _state({"grid": _tensor(storage, shape, strides, offset)})

    with pytest.raises(ValueError, match=r"beyond its storage|no tensor has"):
        read_state_dict(torch_file(pickled, {"0": GRID}))


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"hello", b"\x80\x02]q\x00.", b"\x80\x02K\x01.", bytes(100)]
)
def test_other_files_are_an_ordinary_error(content):
    with pytest.raises(ValueError, match="not a"):
        read_state_dict(content)


def test_half_a_file_is_an_ordinary_error(torch_file):
    content = torch_file(_state(_entries(b"N")), {"0": GRID, "1": COUNT})

    for length in range(0, len(content) - 30, 50):
        with pytest.raises(ValueError, match=r"."):
            read_state_dict(content[:length])


def test_reading_needs_no_torch():
    source = Path(read_state_dict.__code__.co_filename).read_text(encoding="utf-8")

    assert "import torch" not in source
