"""Files that survive a kill, a full disk and a folder that may not be written."""

import errno
import os

import pytest

from tlgui.core import durable
from tlgui.core.errors import TlguiError


@pytest.fixture
def full_disk(monkeypatch):
    """Let no file take another's place any more."""

    def refuse(*_args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", refuse)


def _names(folder):
    return sorted(p.name for p in folder.rglob("*"))


@pytest.mark.parametrize("content", [b"new\x00", "neü"])
def test_a_file_is_replaced_whole(tmp_path, content):
    path = tmp_path / "file"
    path.write_text("old")
    durable.replace_file(path, content)
    assert path.read_bytes() == (content if isinstance(content, bytes) else content.encode())
    assert _names(tmp_path) == ["file"]


def test_a_full_disk_leaves_the_old_file_intact(tmp_path, full_disk):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(TlguiError, match="disk_full") as caught:
        durable.replace_file(path, "new")
    assert caught.value.detail["path"] == str(path)
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["file"]


@pytest.mark.parametrize(
    "write",
    [
        lambda path: durable.replace_file(path, "x"),
        lambda path: durable.append_line(path, "x"),
        lambda path: durable.make_folder(path),
        lambda path: durable.published_folder(path).__enter__(),
    ],
    ids=["replace_file", "append_line", "make_folder", "published_folder"],
)
def test_a_place_that_cannot_be_written_is_told_with_the_reason(tmp_path, write):
    (tmp_path / "file").touch()
    with pytest.raises(TlguiError, match="folder_not_writable") as caught:
        write(tmp_path / "file" / "inside")
    assert caught.value.detail["path"] == str(tmp_path / "file")
    assert caught.value.detail["reason"]


@pytest.mark.parametrize("filename", ["above", "above/folder", "above/folder/inside/file"])
def test_it_is_told_too_if_a_folder_above_or_a_file_inside_was_refused(tmp_path, filename):
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path / filename))
    with pytest.raises(TlguiError, match="folder_not_writable"):
        _publish_and_raise(tmp_path / "above" / "folder" / "inside", error)


def test_a_file_that_was_read_meanwhile_is_not_blamed_on_the_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        _publish_and_raise(tmp_path / "folder", FileNotFoundError(errno.ENOENT, "", "/a/picture"))


def test_a_folder_is_made_with_those_above_it(tmp_path):
    for _ in range(2):
        durable.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_lines_are_appended(tmp_path):
    path = tmp_path / "lines"
    durable.append_line(path, "one")
    durable.append_line(path, "zweï")
    assert path.read_bytes() == "one\nzweï\n".encode()


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX")
def test_a_line_that_does_not_fit_leaves_no_half_that_the_next_one_is_glued_to(tmp_path):
    import resource

    path = tmp_path / "lines"
    durable.append_line(path, "one")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))  # four more bytes fit
    try:
        with pytest.raises(TlguiError, match="disk_full"):
            durable.append_line(path, "a long line")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    durable.append_line(path, "two")
    assert path.read_text() == "one\ntwo\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"one\ntwo\n", b"one\ntwo\n"),
        (b"one\ntw", b"one\n"),
        (b"torn", b""),
        (b"", b""),
    ],
)
def test_what_a_crash_left_of_a_line_is_cut(tmp_path, before, after):
    path = tmp_path / "lines"
    path.write_bytes(before)
    durable.drop_torn_line(path)
    assert path.read_bytes() == after


def test_a_file_that_was_never_written_has_no_torn_line(tmp_path):
    durable.drop_torn_line(tmp_path / "lines")
    assert _names(tmp_path) == []


def test_a_folder_appears_when_all_is_written(tmp_path):
    path = tmp_path / "above" / "checkpoint"
    with durable.published_folder(path) as partial:
        (partial / "deep").mkdir()
        (partial / "deep" / "weights").write_text("w")
        assert not path.exists()
    assert (path / "deep" / "weights").read_text() == "w"
    assert _names(path.parent) == ["checkpoint", "deep", "weights"]


def test_a_folder_takes_the_place_of_another(tmp_path):
    for content in ("old", "new"):
        with durable.published_folder(tmp_path / "folder") as partial:
            (partial / content).touch()
    assert _names(tmp_path) == ["folder", "new"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, ValueError])
def test_a_folder_that_was_not_finished_leaves_nothing(tmp_path, error):
    with pytest.raises(error):
        _publish_and_raise(tmp_path / "folder", error)
    assert _names(tmp_path) == []


def _publish_and_raise(path, error):
    with durable.published_folder(path) as partial:
        (partial / "half").touch()
        raise error


@pytest.mark.parametrize("existed", [False, True])
def test_a_full_disk_leaves_the_folder_that_was_there(tmp_path, existed, monkeypatch, full_disk):
    path = tmp_path / "folder"
    if existed:
        path.mkdir()
        (path / "old").touch()
    with (
        pytest.raises(TlguiError, match="disk_full"),
        durable.published_folder(path) as partial,
    ):
        (partial / "new").touch()
    assert _names(tmp_path) == (["folder", "old"] if existed else [])


def test_what_a_crash_left_half_written_is_cleared(tmp_path):
    (tmp_path / "folder.partial").mkdir()
    (tmp_path / "folder.partial" / "half").touch()
    (tmp_path / "folder.old").mkdir()
    with durable.published_folder(tmp_path / "folder") as partial:
        (partial / "new").touch()
    assert _names(tmp_path) == ["folder", "new"]


def test_copy_has_its_name_only_when_all_of_it_is_there(tmp_path):
    source, target, partial = (tmp_path / name for name in ("source", "target", "partial"))
    source.write_bytes(b"x" * 3_000_000)

    def stop():
        assert not target.exists()
        if partial.stat().st_size:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        durable.copy_file(source, target, partial, stop)
    assert [file.name for file in tmp_path.iterdir()] == ["source"]

    durable.copy_file(source, target, partial, lambda: None)
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mtime_ns == source.stat().st_mtime_ns
    assert not partial.exists()


def test_copy_says_which_of_the_two_files_fails(tmp_path, monkeypatch):
    source = tmp_path / "from" / "source"
    with pytest.raises(FileNotFoundError):
        durable.copy_file(source, tmp_path / "a", tmp_path / "p", lambda: None)
    source.parent.mkdir()
    source.write_bytes(b"x")
    nowhere = tmp_path / "no" / "where"
    with pytest.raises(TlguiError, match="folder_not_writable"):
        durable.copy_file(source, nowhere / "a", nowhere / "p", lambda: None)

    class Broken:
        def read(self, size):
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output error") as error:
        list(durable._chunks(Broken(), source))
    assert error.value.filename == str(source)
