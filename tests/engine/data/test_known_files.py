"""A second scan decodes nothing that is as it was, and believes nothing that may have changed."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlgui.core.dataset import Dataset
from tlgui.core.settings import Home
from tlgui.engine.channel import Channel
from tlgui.engine.data import known_files, scan_pictures
from tlgui.engine.data.known_files import KnownFiles, state_of
from tlgui.engine.data.scan import scan_folder


@pytest.fixture(autouse=True)
def any_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be known that were written a moment ago."""
    monkeypatch.setattr(known_files, "TICK_NS", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(8):
        path = tmp_path / "set" / "ab"[number % 2] / f"{number}.bmp"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4, 3), 20 * number, np.uint8)).save(path)
    return tmp_path / "set"


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that scans decode from now on."""
    names: list[str] = []
    decode = scan_pictures.decode_stream

    def noted(stream, min_side_px):
        names.append(Path(stream.name).name)
        return decode(stream, min_side_px)

    monkeypatch.setattr(scan_pictures, "decode_stream", noted)
    return names


def scan(folder: Path) -> Dataset:
    return scan_folder(folder, Channel(), home=Home(folder.parent))


def database(folder: Path) -> Path:
    return folder.parent / "cache" / scan_pictures.DATABASE


def test_a_second_scan_decodes_nothing_and_says_the_same(folder, decoded):
    several = [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]
    several[0].save(folder / "a" / "pages.tiff", save_all=True, append_images=several[1:])
    first = scan(folder)
    decoded.clear()

    assert scan(folder) == first
    assert decoded == []
    assert [p.code for p in first.problems] == ["first_frame_only"]


def test_one_changed_pixel_is_seen_whatever_the_date_says(folder, decoded):
    first = scan(folder)
    path = folder / "a" / "0.bmp"
    before, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    decoded.clear()

    assert scan(folder).samples[0].digest != first.samples[0].digest
    assert decoded == ["0.bmp"]


def test_a_new_file_and_a_damaged_one_are_read(folder, decoded):
    scan(folder)
    (folder / "b" / "1.bmp").write_bytes(b"BM")
    (folder / "a" / "new.bmp").write_bytes((folder / "a" / "0.bmp").read_bytes())
    decoded.clear()

    for _ in range(2):  # nor is a damaged one ever taken for known
        assert "b/1.bmp" in [p.path for p in scan(folder).problems if p.code == "file_unreadable"]
    assert sorted(decoded) == ["1.bmp", "1.bmp", "new.bmp"]


def test_the_first_pictures_get_their_thumbnails_without_being_decoded_again(
    folder, tmp_path, decoded
):
    def shown(place):
        scan_folder(folder, Channel(), tmp_path / place, home=Home(tmp_path))
        return {file.name: file.read_bytes() for file in (tmp_path / place).iterdir()}

    scan(folder)  # without thumbnails
    first = shown("one")
    decoded.clear()

    assert shown("two") == first
    assert len(first) == 8
    assert decoded == []


def test_a_file_that_has_just_changed_is_not_taken_for_known(folder, decoded, monkeypatch):
    monkeypatch.setattr(known_files, "TICK_NS", 10**12)
    scan(folder)
    decoded.clear()

    scan(folder)

    assert len(decoded) == 8


def test_findings_of_another_version_are_not_believed(folder, decoded, monkeypatch):
    scan(folder)
    decoded.clear()
    monkeypatch.setattr("tlgui.engine.data.scan.VERSION", "another Pillow")

    scan(folder)

    assert len(decoded) == 8


def test_a_damaged_finding_is_not_believed(folder, decoded):
    first = scan(folder)
    with sqlite3.connect(database(folder)) as connection:
        [(key, value)] = connection.execute("SELECT * FROM files WHERE rowid = 3").fetchall()
        changed = value[:40] + bytes([value[40] ^ 1]) + value[41:]
        connection.execute("UPDATE files SET value = ? WHERE path = ?", (changed, key))
    connection.close()
    decoded.clear()

    assert scan(folder) == first
    assert decoded == [Path(os.fsdecode(key)).name]


@pytest.mark.parametrize("content", [b"no database at all, but some text" * 9, b"SQLite format 3"])
def test_a_damaged_database_is_made_anew(folder, decoded, content):
    first = scan(folder)
    database(folder).write_bytes(content)
    journal = database(folder).with_name(f"{database(folder).name}-journal")
    journal.write_bytes(b"what a kill left")

    assert scan(folder) == first
    assert not journal.exists()
    scan(folder)
    decoded.clear()
    scan(folder)
    assert decoded == []


def test_a_database_cut_in_the_middle_is_made_anew(folder, decoded):
    first = scan(folder)
    with KnownFiles(database(folder), "other") as known:
        for number in range(2000):
            known.put(Path(f"{number}"), b"state", b"finding")
    os.truncate(database(folder), database(folder).stat().st_size // 2)

    for _ in range(3):
        assert scan(folder) == first
    decoded.clear()
    scan(folder)
    assert decoded == []


def test_a_scan_works_where_nothing_can_be_kept(folder, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")

    assert len(scan(folder).samples) == 8


def test_a_scan_does_without_a_database_that_another_process_holds(folder, decoded):
    first = scan(folder)
    other = sqlite3.connect(database(folder))
    other.execute("BEGIN EXCLUSIVE")
    decoded.clear()

    assert scan(folder) == first

    assert len(decoded) == 8
    other.close()
    decoded.clear()
    scan(folder)
    assert decoded == []


def test_the_longest_known_files_give_way(folder, decoded, monkeypatch):
    monkeypatch.setattr(known_files, "MAX_FILES", 5)
    scan(folder)
    decoded.clear()

    scan(folder)

    assert len(decoded) == 3


def test_a_kill_leaves_no_database_that_is_believed_wrongly(folder, decoded):
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tlgui.engine.data import known_files\n"
        "known_files.TICK_NS, known_files.NUM_WAITING = 0, 3\n"
        "from tlgui.core.settings import Home\n"
        "from tlgui.engine.channel import Channel\n"
        "from tlgui.engine.data.scan import scan_folder\n"
        "from tlgui.engine.data.scan_pictures import Pictures\n"
        "take = Pictures.take\n"
        "def killed(self, entry, *rest):\n"
        "    if entry.path == 'b/5.bmp': os._exit(9)\n"
        "    return take(self, entry, *rest)\n"
        "Pictures.take = killed\n"
        "scan_folder(Path(sys.argv[1]), Channel(), home=Home(Path(sys.argv[2])))\n"
    )
    home = str(database(folder).parents[1])
    ended = subprocess.run([sys.executable, "-c", script, str(folder), home], check=False)
    assert ended.returncode == 9

    assert scan(folder) == scan_folder(folder, Channel())
    assert len(decoded) < 2 * 8  # what was written before is of use


def test_a_name_that_is_no_text_can_be_known(tmp_path):
    path = str(tmp_path / os.fsdecode(b"\xff.bmp"))
    try:
        Path(path).write_bytes(b"x")
    except OSError:
        pytest.skip("this system has no such names")
    with KnownFiles(tmp_path / "known.sqlite", "1") as known:
        known.put(path, state_of(path), b"finding")
    with KnownFiles(tmp_path / "known.sqlite", "1") as known:
        assert known.get([path, f"{path}x"]) == [b"finding", None]


def test_a_file_that_is_gone_has_no_state(tmp_path):
    assert state_of(str(tmp_path / "gone")) == b""
