"""Copies of files in a folder per class; nothing of a person's is changed."""

import os
from pathlib import Path

import pytest

from tlgui.core import durable
from tlgui.core.errors import TlguiError
from tlgui.core.events import CopiesFinished, ProblemFound
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.results.predictions import write_predictions
from tlgui.engine.results.sorted_copies import MARK, NOT_SURE, sort_copies

CLASSES = ("oak", "elm/ash", "=sum", "CON", "not sure")
MADE_S = 1_000_000_000


@pytest.fixture
def files(tmp_path):
    """Four files in two folders; two of them have one name."""
    found = []
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/odd näme %20 'q.png"):
        file = tmp_path / "mine" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
        os.utime(file, (MADE_S, MADE_S))
        found.append(file)
    return found


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table of answers."""

    def write(*answers):
        path = tmp_path / "answers.csv"
        rows = [
            [str(file), "", name, "0.9" if name else "", mark, *["0.2" if name else ""] * 5]
            for file, name, mark in answers
        ]
        with path.open("wb") as stream:
            write_predictions(stream, CLASSES, rows)
        return path

    return write


def sort(csv, to, channel=None):
    heard = []
    sort_copies(csv, to, channel or Channel(None, [heard.append]))
    return heard


def listed(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != MARK
    }


def test_every_answered_file_is_copied_into_the_folder_of_its_class(files, table, tmp_path):
    before = listed(tmp_path / "mine")
    csv = table(
        (files[0], "oak", ""),
        (files[1], "", ""),
        (files[2], "oak", ""),
        (files[3], "elm/ash", "yes"),
    )

    heard = sort(csv, tmp_path / "new" / "sorted")

    assert listed(tmp_path / "new" / "sorted") == {
        "oak/1.png": b"a/1.png",
        "oak/1 (2).png": b"b/1.png",
        f"{NOT_SURE}/odd näme %20 'q.png": files[3].read_bytes(),
    }
    assert listed(tmp_path / "mine") == before
    assert (tmp_path / "new/sorted/oak/1.png").stat().st_mtime == MADE_S
    assert isinstance(heard[-1], CopiesFinished)
    assert (heard[-1].num_copied, heard[-1].num_rows, heard[-1].num_failed) == (3, 0, 0)


def test_odd_class_names_are_folders_inside_and_nowhere_else(files, table, tmp_path):
    answers = [(file, name, "") for file, name in zip(files, CLASSES[1:], strict=True)]
    sort(table(*answers), tmp_path / "sorted")
    found = {path.split("/")[0] for path in listed(tmp_path / "sorted")}
    assert found == {"elm_ash", "=sum", "_CON", "not sure (2)"}


def test_second_time_adds_only_what_is_new_and_replaces_nothing(files, table, tmp_path):
    to = tmp_path / "sorted"
    sort(table((files[0], "oak", "")), to)
    (to / "oak" / "1.png").with_name("my notes.txt").write_text("precious")
    files[1].rename(tmp_path / "mine" / "1.png")  # another one of the same name

    csv = table((files[0], "oak", ""), (tmp_path / "mine" / "1.png", "oak", ""))
    heard = sort(csv, to)

    assert listed(to) == {
        "oak/1.png": b"a/1.png",
        "oak/1 (2).png": b"a/2.png",
        "oak/my notes.txt": b"precious",
    }
    assert heard[-1].num_copied == 2


@pytest.mark.parametrize("kind", ["other files", "a file"])
def test_folder_of_a_person_is_left_alone(files, table, tmp_path, kind):
    to = tmp_path / "sorted"
    if kind == "a file":
        to.write_text("precious")
    else:
        to.mkdir()
        (to / "thesis.txt").write_text("precious")

    with pytest.raises(TlguiError):
        sort(table((files[0], "oak", "")), to)

    assert not (to / "oak").exists()


def test_rows_of_a_table_are_said_to_be_no_files(files, table, tmp_path):
    csv = table((f"{files[0]} row 2", "oak", ""), (files[1], "oak", ""))
    heard = sort(csv, tmp_path / "sorted")
    assert (heard[-1].num_copied, heard[-1].num_rows) == (1, 1)

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        sort(table((f"{files[0]} row 2", "oak", "")), tmp_path / "other")
    assert "rows of tables" in error.value.detail["reason"]
    assert not (tmp_path / "other").exists()


def test_file_that_is_gone_is_named_and_the_others_are_copied(files, table, tmp_path):
    csv = table((files[0], "oak", ""), (files[1], "oak", ""))
    files[0].unlink()
    heard = sort(csv, tmp_path / "sorted")
    [problem] = [event.problem for event in heard if isinstance(event, ProblemFound)]
    assert (problem.code, problem.path) == ("not_copied", str(files[0]))
    assert heard[-1].num_failed == 1


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), None])
def test_file_that_cannot_be_copied_costs_no_other(files, table, tmp_path, monkeypatch, error):
    copy = durable.copy_file

    def refusing(source, *others):
        if source == files[0]:
            # as for a name that the drive does not know
            raise error or TlguiError("folder_not_writable", path="x", reason="Invalid argument")
        copy(source, *others)

    monkeypatch.setattr(durable, "copy_file", refusing)
    heard = sort(table((files[0], "oak", ""), (files[1], "oak", "")), tmp_path / "sorted")
    assert (heard[-1].num_copied, heard[-1].num_failed) == (1, 1)
    with pytest.raises(TlguiError, match="path_not_usable") as raised:
        sort(table((files[0], "oak", "")), tmp_path / "other")
    assert str(files[0]) in raised.value.detail["reason"]


def test_full_disk_is_said_and_leaves_no_half_file(files, table, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    csv = table((files[0], "oak", ""))
    sort(csv, tmp_path / "sorted")
    monkeypatch.setattr(os, "utime", full)  # only this is met quietly
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(TlguiError, match="disk_full"):
        sort(table((files[1], "oak", "")), tmp_path / "sorted")
    assert listed(tmp_path / "sorted") == {"oak/1.png": b"a/1.png"}


def test_stop_keeps_whole_copies_and_no_half_one(files, table, tmp_path):
    def listener(event):
        if getattr(event, "done", 0) == 2:
            channel.request = "stop"

    channel = Channel(None, [listener], ticks=iter(range(10**9)).__next__)
    csv = table(*((file, "oak", "") for file in files))
    with pytest.raises(JobStopped):
        sort(csv, tmp_path / "sorted", channel)
    assert len(listed(tmp_path / "sorted")) == 2


def test_damaged_table_is_named(tmp_path):
    (tmp_path / "answers.csv").write_text("")
    with pytest.raises(TlguiError, match="file_damaged"):
        sort(tmp_path / "answers.csv", tmp_path / "sorted")
