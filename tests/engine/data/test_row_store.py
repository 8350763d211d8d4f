"""What was computed once is not computed again, and nothing damaged is ever believed."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tlgui.engine.data import row_store
from tlgui.engine.data.row_store import RowStore

ROWS = {f"sample {n}": np.full((2, 3), n, np.float32) for n in range(5)}


class Store(RowStore):
    """A store that a new process opens with every space."""

    def space(self, **facts):
        self._spaces.clear()
        return super().space(**facts)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


def kept(store, rows=ROWS, **facts):
    """Return a space with some rows on the disk, as a later process opens it."""
    space = store.space(**facts)
    for key, row in rows.items():
        space.put(key, row)
    space.flush()
    return store.space(**facts)


def files(store, pattern):
    return sorted(store.folder.rglob(pattern))


def test_rows_are_there_for_the_next_run_as_they_were(store):
    rows = {**ROWS, "longer": np.arange(8, dtype=np.float32), "none": np.empty(0, np.float32)}

    space = kept(store, rows, preset="a", size=224)

    for key, row in rows.items():
        assert np.array_equal(space.get(key), row)
        assert space.get(key).dtype == row.dtype
        assert key in space
    assert space.get("another") is None


def test_rows_of_another_computation_are_not_taken(store):
    kept(store, preset="a", size=224)

    assert store.space(preset="a", size=225).get("sample 1") is None
    assert store.space(size=224, preset="a").get("sample 1") is not None


def test_rows_can_be_had_before_they_are_written_and_are_written_in_segments(store, monkeypatch):
    monkeypatch.setattr(row_store, "SEGMENT_BYTES", 48)
    space = store.space()
    for key, row in ROWS.items():
        space.put(key, row)
        space.put(key, row + 1)  # the first one stays

    assert all(np.array_equal(space.get(key), row) for key, row in ROWS.items())
    assert len(files(store, "*.rows")) == 2
    space.flush()
    space.flush()
    assert len(files(store, "*.rows")) == 3


@pytest.mark.parametrize("position", [0, 30, -1])
def test_damaged_row_is_not_believed_and_can_be_computed_anew(store, position):
    kept(store)
    [file] = files(store, "*.rows")
    content = bytearray(file.read_bytes())
    content[position] ^= 1
    file.write_bytes(content)

    space = store.space()

    found = {key: space.get(key) for key in ROWS}
    assert any(row is None for row in found.values())
    assert all(row is None or np.array_equal(row, ROWS[key]) for key, row in found.items())
    assert not files(store, "*.rows")  # nobody meets it again
    assert np.array_equal(kept(store).get("sample 3"), ROWS["sample 3"])


@pytest.mark.parametrize(
    ("old", "new"),
    [("sample 1", "sample 9"), ("<f4", "<i4"), ("[2, 3]", "[3, 2]"), ("[2, 3]", "[-2, -3]")],
)
def test_wrong_list_of_rows_is_not_believed(store, old, new):
    kept(store)
    [file] = files(store, "*.json")
    file.write_text(file.read_text().replace(old, new))

    space = store.space()

    assert all(space.get(key) is None for key in ("sample 9", "sample 0") if key not in ROWS)
    assert any(space.get(key) is None for key in ROWS)


@pytest.mark.parametrize("suffix", [".rows", ".json"])
@pytest.mark.parametrize("size", [0, 20])
def test_cut_file_is_not_believed(store, suffix, size):
    kept(store)
    [file] = files(store, f"*{suffix}")
    os.truncate(file, size)

    assert store.space().get("sample 0") is None
    assert not files(store, "*.json")


@pytest.mark.parametrize("harm", [Path.unlink, lambda file: os.truncate(file, 20)])
def test_file_that_is_lost_while_it_is_in_use_is_computed_anew(store, harm):
    space = kept(store)
    [file] = files(store, "*.rows")

    harm(file)

    assert space.get("sample 4") is None
    space.put("sample 4", ROWS["sample 4"])
    space.flush()
    assert np.array_equal(store.space().get("sample 4"), ROWS["sample 4"])


def test_kill_between_rows_and_their_list_leaves_nothing_that_is_believed(store, tmp_path):
    script = f"""
import os, pathlib
import numpy as np
from tlgui.engine.data.row_store import RowStore
pathlib.Path.replace = lambda *_: os._exit(9)
space = RowStore(pathlib.Path({str(tmp_path / "cache")!r})).space()
space.put("sample 0", np.ones(3))
space.flush()
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert {file.suffix for file in files(store, "*.*")} == {".rows", ".partial"}

    assert store.space().get("sample 0") is None
    for file in files(store, "*.*"):
        os.utime(file, (0, 0))
    assert store.space().get("sample 0") is None
    assert not files(store, "*.*")


WRITER = """
import pathlib, sys
import numpy as np
from tlgui.engine.data import row_store
row_store.SEGMENT_BYTES = 50_000
space = row_store.RowStore(pathlib.Path(sys.argv[1])).space()
for number in range(1_000_000):
    space.put(str(number), np.full(1000, number))
    print(number, flush=True)
"""


@pytest.mark.parametrize("num_rows", [1, 12, 13, 49, 101, 350])
def test_kill_at_any_time_leaves_only_rows_that_are_right(tmp_path, num_rows):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        for _ in range(num_rows):
            writer.stdout.readline()
        writer.kill()  # while it goes on
        last = num_rows + len(writer.stdout.readlines())

    space = RowStore(tmp_path).space()
    found = {number: space.get(str(number)) for number in range(last + 10)}

    assert all(row is None or (row == number).all() for number, row in found.items())
    rows_per_segment = 7
    num_kept = sum(row is not None for row in found.values())
    assert num_kept >= num_rows // rows_per_segment * rows_per_segment


def test_what_was_not_used_for_longest_gives_way(store, tmp_path):
    rows = {"sample 0": np.zeros(5000)}
    kept(store, rows, name="older")
    small = Store(tmp_path / "cache", max_bytes=5 * store.num_bytes() // 2)
    kept(small, rows, name="old")
    for age, file in enumerate(files(store, "*.rows")):
        os.utime(file, (age, age))
    small.space(name="older")  # used once more

    kept(small, rows, name="new")

    there = [n for n in ("older", "old", "new") if "sample 0" in store.space(name=n)]
    assert there == ["older", "new"]


def test_rows_that_would_never_fit_are_not_kept_and_cost_nothing_else(tmp_path):
    store = RowStore(tmp_path, max_bytes=10)

    assert store.num_bytes() == 0
    assert kept(store).get("sample 0") is None


def test_folder_that_cannot_be_written_does_without(tmp_path):
    (tmp_path / "cache").write_text("a file")
    store = RowStore(tmp_path / "cache")
    space = store.space()

    for key, row in ROWS.items():
        space.put(key, row)
    space.flush()

    assert space.get("sample 0") is None
    assert not store.could_hold(1)
    assert store.num_bytes() == 0


def test_folder_can_be_deleted_while_it_is_in_use(store, tmp_path):
    space = kept(store)

    shutil.rmtree(tmp_path / "cache")

    assert space.get("sample 2") is None
    assert store.num_bytes() == 0
    assert store.space().get("sample 2") is None


def test_threads_share_a_space(store, monkeypatch):
    monkeypatch.setattr(row_store, "SEGMENT_BYTES", 100)
    space = store.space()

    def work(number):
        row = np.full(4, number)
        space.put(str(number), row)
        return np.array_equal(space.get(str(number)), row)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))
