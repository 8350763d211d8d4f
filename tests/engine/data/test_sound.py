"""Pictures that are damaged inside are named and left out before anything is learned from them."""

import random
import shutil

import pytest
from PIL import Image

from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound, Progressed
from tlgui.core.plan import SplitPlan
from tlgui.core.settings import Home
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import picture_inputs, scan
from tlgui.engine.data.picture_inputs import PictureInputs
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.sound import sound_samples, without_damaged
from tlgui.engine.data.split import assign_splits

CHANCE = random.Random(11)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twenty pictures in two classes, too many to be decoded by a scan."""
    monkeypatch.setattr(scan, "MAX_DECODED", 0)
    for number in range(20):
        path = tmp_path / "set" / "ab"[number % 2] / f"{number:02}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.frombytes("RGB", (6, 6), CHANCE.randbytes(108)).save(path)
    return tmp_path / "set"


def spoil(path):
    """Damage a photo inside, where only decoding shows it."""
    content = bytearray(path.read_bytes())
    tables = content.index(b"\xff\xc4")
    content[tables + 5 : tables + 21] = b"\xff" * 16  # no code has so many words
    path.write_bytes(content)


def dealt(folder):
    found = scan_folder(folder, Channel(), home=Home(folder.parent / "home"))
    return assign_splits(found, SplitPlan(), seed=0)


def told(dataset, store=None, events=None):
    channel = Channel(listeners=[(events if events is not None else []).append])
    return without_damaged(dataset, PictureInputs(dataset, 8, store), channel)


def test_a_damaged_picture_is_left_out_by_name_and_all_others_stay_where_they_were_dealt(folder):
    spoil(folder / "a" / "04.jpg")
    dataset, events = dealt(folder), []
    assert [p.code for p in dataset.problems] == ["not_decoded"]

    sound = told(dataset, events=events)

    problem = Problem(code="file_unreadable", path="a/04.jpg", reason="the picture is damaged")
    assert sound.problems == (problem,)
    assert [e.problem for e in events if isinstance(e, ProblemFound)] == [problem]
    assert sound.samples == tuple(s for s in dataset.samples if s.path != "a/04.jpg")
    last = [e for e in events if isinstance(e, Progressed)][-1]
    assert (last.activity, last.done, last.total) == ("decoding", 20, 20)


def test_pictures_are_decoded_once_and_for_all(folder, tmp_path, monkeypatch):
    dataset, store = dealt(folder), RowStore(tmp_path / "cache")
    sound = told(dataset, store)
    assert sound.problems == ()
    monkeypatch.setattr(picture_inputs, "read_pixels", None)

    assert told(sound) is sound, "what was decoded is not asked again"
    assert told(dataset, store) == sound
    assert len(next(PictureInputs(sound, 8, store).batches(sound.samples, 20))) == 20


def test_what_a_scan_has_decoded_is_not_decoded_again(folder, monkeypatch):
    monkeypatch.setattr(scan, "MAX_DECODED", 100)
    dataset = dealt(folder)
    monkeypatch.setattr(picture_inputs, "read_pixels", None)

    assert told(dataset) is dataset
    inputs = PictureInputs(dataset, 8)
    assert sound_samples(dataset, dataset.samples, inputs, Channel()) == dataset.samples


def test_a_file_that_was_changed_or_is_gone_is_no_damage_but_told_as_ever(folder):
    dataset = dealt(folder)
    shutil.copy(folder / "a" / "00.jpg", folder / "a" / "02.jpg")
    (folder / "b" / "01.jpg").unlink()
    (folder / "b" / "03.jpg").write_bytes(b"overwritten")

    sound = told(dataset)

    assert sound.samples == dataset.samples
    with pytest.raises(TlguiError, match="dataset_changed"):
        [*PictureInputs(sound, 8).batches(sound.samples, 8)]


def test_a_class_of_which_too_little_is_left_is_named(folder):
    for number in range(0, 18, 2):
        spoil(folder / "a" / f"{number:02}.jpg")

    with pytest.raises(TlguiError) as caught:
        told(dealt(folder))

    assert caught.value.code in ("class_empty", "class_too_small")


def test_decoding_can_be_stopped(folder):
    dataset, channel = dealt(folder), Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        without_damaged(dataset, PictureInputs(dataset, 8), channel)


def test_a_look_at_a_few_passes_over_what_is_damaged(folder):
    spoil(folder / "a" / "04.jpg")
    dataset = dealt(folder)

    few = sound_samples(dataset, dataset.samples[:6], PictureInputs(dataset, 8), Channel())

    assert "a/04.jpg" in {s.path for s in dataset.samples[:6]}
    assert len(few) == 5
