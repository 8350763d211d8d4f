"""Files without labels: which are taken, and what must never be learned from."""

import shutil

import pytest
from PIL import Image

from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import unlabeled
from tlgui.engine.data.unlabeled import open_unlabeled, scan_unlabeled


@pytest.fixture
def flat(shared_pictures, tmp_path):
    """Twelve pictures, in a folder and one below, with what else lies about."""
    folder = tmp_path / "flat"
    (folder / "below").mkdir(parents=True)
    for number, file in enumerate(sorted((shared_pictures / "disk").iterdir())):
        shutil.copy(file, folder / ("below" if number % 2 else ".") / file.name)
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.png").write_bytes(b"")
    return folder


def test_pictures_are_found_wherever_they_lie_and_other_files_passed_over(flat):
    found = scan_unlabeled(flat, "image", Channel())

    assert len(found.samples) == 12
    assert {s.label for s in found.samples} == {0}
    assert found.folder == str(flat)


def test_texts_of_a_flat_folder_are_found(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"text {number}")

    found = scan_unlabeled(tmp_path, "text", Channel())

    assert [s.path for s in found.samples] == ["0.txt", "1.txt", "2.txt"]


def test_copies_are_learned_from_once(flat):
    file = min(flat.glob("*.png"))
    shutil.copy(file, flat / "copy.png")

    assert len(scan_unlabeled(flat, "image", Channel()).samples) == 12


def test_damaged_file_is_told_and_the_others_are_taken(flat, heard):
    (flat / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    found = scan_unlabeled(flat, "image", Channel(None, [heard.append]))

    assert len(found.samples) == 12
    told = [e.problem for e in heard if isinstance(e, ProblemFound)]
    assert [(p.code, p.path) for p in told] == [("file_unreadable", "broken.png")]


def test_folder_with_nothing_of_the_kind_is_refused_in_words(flat, tmp_path):
    (tmp_path / "only").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "only" / "picture.png")

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        scan_unlabeled(tmp_path / "only", "text", Channel())
    assert error.value.detail["reason"] == "it holds no texts"
    with pytest.raises(TlguiError, match="folder_missing"):
        scan_unlabeled(tmp_path / "gone", "text", Channel())


def test_search_can_be_stopped(flat):
    channel = Channel()
    channel.request = "stop"
    with pytest.raises(JobStopped):
        scan_unlabeled(flat, "image", channel)


def test_run_that_goes_on_learns_from_the_files_that_it_began_with(
    make_run, flat, shared_pictures, monkeypatch
):
    run = make_run(source=shared_pictures, adapt="1", adapt_folder=str(flat))
    assert open_unlabeled("", run, Channel()) is None
    Image.new("RGB", (9, 9), "red").save(flat / "new.png")
    first = open_unlabeled(str(flat), run, Channel())
    monkeypatch.setattr(unlabeled, "scan_unlabeled", None)

    assert open_unlabeled(str(flat), run, Channel()) == first
    # the disks are samples of the run itself, some of them of its test split
    assert [s.path for s in first.samples] == ["new.png"]
