import os
import random
import shutil
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from tlgui.core.corrections import Correction, Corrections, read_corrections, write_corrections
from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, ProblemFound, Progressed, ThumbnailReady
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence, problem_sentence
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data import scan, scan_pictures
from tlgui.engine.data.scan import scan_folder

CHANCE = random.Random(7)


def draw(path: Path, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.frombytes("RGB", (6, 6), CHANCE.randbytes(108)).save(path, **options)
    return path


def fill(folder: Path, *names: str, count: int = 4) -> Path:
    for name in names:
        for number in range(count):
            draw(folder / name / f"{number}.png")
    return folder


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def channel(events: list[Event]) -> Channel:
    return Channel(listeners=[events.append])


def codes(dataset: Dataset) -> list[str]:
    return [problem.code for problem in dataset.problems]


def refusal(source: Path, channel: Channel) -> TlguiError:
    with pytest.raises(TlguiError) as caught:
        scan_folder(source, channel)
    sentence = error_sentence(caught.value.code, caught.value.detail)
    assert "unknown" not in sentence.lower(), "the sentence misses a detail"
    return caught.value


def test_every_picture_below_a_class_folder_belongs_to_that_class(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    draw(tmp_path / "cats" / "patient 1" / "left" / "ä.JPG")
    dataset = scan_folder(tmp_path, channel)
    dataset.require_usable()
    assert dataset.folder == str(tmp_path)
    assert dataset.classes == ("cats", "dogs")
    assert dataset.class_counts() == (5, 4)
    assert dataset.samples[-5].path == "cats/patient 1/left/ä.JPG"
    assert {len(s.digest) for s in dataset.samples} == {32}
    assert dataset.problems == ()
    assert not dataset.presplit
    assert dataset_from_json(dataset.to_json()) == dataset


def test_two_scans_give_the_same_order_and_numbers_stay_in_theirs(tmp_path, channel):
    fill(tmp_path, "10", "2", "1", "B", "a", count=12)
    dataset = scan_folder(tmp_path, channel)
    assert dataset.classes == ("1", "2", "10", "a", "B")
    first = [s.path for s in dataset.samples if s.label == 0]
    assert first == [f"1/{n}.png" for n in range(12)]
    assert scan_folder(tmp_path, channel) == dataset


def test_junk_of_the_system_is_neither_a_sample_nor_a_class(tmp_path, channel):
    fill(tmp_path, "cats", "dogs", "__MACOSX/cats", ".git/objects")
    for name in ("._0.png", ".DS_Store", "Thumbs.db", "desktop.ini", "notes.txt", "a.pdf"):
        (tmp_path / "cats" / name).write_bytes(b"junk")
    (tmp_path / "readme.md").write_text("hello")
    dataset = scan_folder(tmp_path, channel)
    assert dataset.classes == ("cats", "dogs")
    assert dataset.class_counts() == (4, 4)
    assert dataset.problems == ()
    assert dataset.num_ignored == 9


def test_each_unreadable_file_is_reported_with_its_reason(tmp_path, channel, events):
    fill(tmp_path, "cats", "dogs")
    (tmp_path / "cats" / "empty.jpg").touch()
    (tmp_path / "cats" / "page.png").write_text("<html>")
    (tmp_path / "dogs" / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    (tmp_path / "dogs" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    dataset = scan_folder(tmp_path, channel)
    reasons = {p.path: p.reason for p in dataset.problems}
    assert set(reasons) == {
        "cats/empty.jpg",
        "cats/page.png",
        "dogs/phone.heic",
        "dogs/gone.jpg",
    }
    assert "save it as JPEG" in reasons["dogs/phone.heic"]
    assert reasons["dogs/gone.jpg"] == "there is no such file"
    assert {e.problem for e in events if isinstance(e, ProblemFound)} == set(dataset.problems)
    dataset.require_usable()


def test_pictures_beside_the_class_folders_are_not_lost_silently(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    draw(tmp_path / "loose 1.png")
    draw(tmp_path / "loose 2.png")
    (problem,) = scan_folder(tmp_path, channel).problems
    assert (problem.code, problem.path, problem.count) == ("label_missing", "loose 1.png", 2)


def test_copies_within_a_class_are_kept_and_told_once_per_class(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    for number in range(5):
        shutil.copy(tmp_path / "cats" / "0.png", tmp_path / "cats" / f"copy {number}.png")
    shutil.copy(tmp_path / "cats" / "1.png", tmp_path / "cats" / "another.png")
    dataset = scan_folder(tmp_path, channel)
    (problem,) = dataset.problems
    assert (problem.code, problem.name, problem.count) == ("duplicates", "cats", 6)
    assert dataset.class_counts() == (10, 4)
    dataset.require_usable()


def test_a_picture_in_two_classes_is_left_out_of_both(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    shutil.copy(tmp_path / "cats" / "0.png", tmp_path / "dogs" / "same.png")
    dataset = scan_folder(tmp_path, channel)
    (problem,) = dataset.problems
    assert problem.code == "duplicates_in_two_classes"
    assert "cats/0.png, dogs/same.png" in problem_sentence(problem)
    assert dataset.class_counts() == (3, 4)


def test_only_distinct_pictures_make_a_class_large_enough(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    fill(tmp_path, "cows", count=2)
    shutil.copy(tmp_path / "cows" / "0.png", tmp_path / "cows" / "2.png")
    dataset = scan_folder(tmp_path, channel)
    assert codes(dataset) == ["duplicates", "class_too_small"]
    assert dataset.problems[1].count == 2
    with pytest.raises(TlguiError, match="class_too_small"):
        dataset.require_usable()


def test_a_class_without_a_usable_picture_is_named(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.png").write_bytes(b"no picture")
    dataset = scan_folder(tmp_path, channel)
    assert [p.name for p in dataset.problems if p.code == "class_empty"] == ["broken", "empty"]


def test_one_class_is_scanned_but_not_usable(tmp_path, channel):
    dataset = scan_folder(fill(tmp_path, "cats"), channel)
    with pytest.raises(TlguiError, match="one_class"):
        dataset.require_usable()


def test_only_the_first_frame_of_an_animation_is_announced_as_used(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    frames[0].save(tmp_path / "cats" / "a.gif", save_all=True, append_images=frames[1:])
    (problem,) = scan_folder(tmp_path, channel).problems
    assert (problem.code, problem.path, problem.count) == ("first_frame_only", "cats/a.gif", 3)


def test_a_missing_folder_or_a_folder_without_classes_is_refused_in_words(tmp_path, channel):
    assert refusal(tmp_path / "nowhere", channel).code == "folder_missing"
    assert refusal(tmp_path, channel).code == "no_classes"
    draw(tmp_path / "loose.png")
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path, channel).code == "no_classes"
    assert refusal(tmp_path / "loose.png", channel).code == "path_not_usable"


def test_a_folder_that_may_not_be_opened_is_refused_in_words(tmp_path, channel, monkeypatch):
    fill(tmp_path, "cats", "dogs", "locked")
    closed = {tmp_path / "locked"}
    scandir = os.scandir

    def guarded(path):
        if Path(path) in closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    dataset = scan_folder(tmp_path, channel)
    assert codes(dataset) == ["file_unreadable", "class_empty"]
    assert dataset.problems[0].path == "locked"
    closed.update({tmp_path / "cats", tmp_path / "dogs"})
    assert refusal(tmp_path, channel).detail["reason"] == "Permission denied"
    closed.add(tmp_path)
    assert refusal(tmp_path, channel).code == "folder_unreadable"


def test_a_folder_of_nothing_but_broken_files_is_refused_with_the_first_reason(tmp_path, channel):
    for name in ("cats/a.png", "cats/b.png", "dogs/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not a picture")
    error = refusal(tmp_path, channel)
    assert error.code == "files_unreadable"
    assert error.detail["count"] == 3
    assert error.detail["name"] == "cats/a.png"
    assert error.detail["reason"] == "not a picture of a known format"


def test_a_drive_that_is_pulled_out_midway_ends_the_scan_in_words(tmp_path, monkeypatch):
    folder = fill(tmp_path / "stick", "cats", "dogs", count=60)

    def pull_out(event: Event) -> None:
        if isinstance(event, ThumbnailReady) and folder.exists():
            shutil.rmtree(folder)

    channel = Channel(listeners=[pull_out])
    with pytest.raises(TlguiError) as caught:
        scan_folder(folder, channel, tmp_path / "thumbnails")
    assert caught.value.code == "folder_missing"


def test_links_in_a_circle_do_not_hang_and_a_link_to_pictures_works(tmp_path, channel):
    fill(tmp_path / "set", "cats", "dogs")
    (tmp_path / "set" / "cats" / "loop").symlink_to(tmp_path / "set", target_is_directory=True)
    (tmp_path / "set" / "dogs" / "disk").symlink_to("/", target_is_directory=True)
    (tmp_path / "set" / "dogs" / "here").symlink_to(".", target_is_directory=True)
    (tmp_path / "set" / "dogs" / "self").symlink_to("self")
    fill(tmp_path / "elsewhere", "birds")
    (tmp_path / "set" / "birds").symlink_to(tmp_path / "elsewhere" / "birds")
    dataset = scan_folder(tmp_path / "set", channel)
    assert dataset.classes == ("birds", "cats", "dogs")
    assert dataset.class_counts() == (4, 4, 4)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_names_that_are_no_text_are_reported_and_do_not_end_the_scan(tmp_path, channel):
    fill(tmp_path, "cats", "dogs", "käse 猫 (1)")
    shutil.copy(tmp_path / "cats" / "0.png", os.fsencode(tmp_path) + b"/cats/caf\xe9.png")
    nameless = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    nameless.mkdir()
    dataset = scan_folder(tmp_path, channel)
    assert dataset.classes == ("cats", "dogs", "käse 猫 (1)")
    assert [p.path for p in dataset.problems] == ["?" * 2, "cats/caf?.png"]
    dataset.to_json().encode()
    assert refusal(nameless, channel).code == "path_not_usable"


def test_a_pipe_among_the_pictures_does_not_hang_the_scan(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    os.mkfifo(tmp_path / "cats" / "pipe.jpg")
    (problem,) = scan_folder(tmp_path, channel).problems
    assert (problem.path, problem.reason) == ("cats/pipe.jpg", "it is not a file")


def test_thumbnails_stream_in_from_every_class_early(tmp_path, channel, events, monkeypatch):
    monkeypatch.setattr(scan_pictures, "MAX_THUMBNAILS", 6)
    fill(tmp_path / "set", "a", "b", "c", count=5)
    (tmp_path / "set" / "b" / "1.png").write_bytes(b"broken")
    scan_folder(tmp_path / "set", channel, tmp_path / "thumbs")
    ready = [e for e in events if isinstance(e, ThumbnailReady)]
    assert [e.path for e in ready] == ["a/0.png", "b/0.png", "c/0.png", "a/1.png", "c/1.png"]
    assert [e.class_name for e in ready] == ["a", "b", "c", "a", "c"]
    for event in ready:
        with Image.open(event.file) as small:
            assert small.format == "JPEG"


def test_thumbnails_that_cannot_be_written_do_not_end_the_scan(tmp_path, channel, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    folder = fill(tmp_path / "set", "a", "b")
    monkeypatch.setattr(scan_pictures.Path, "write_bytes", full)
    dataset = scan_folder(folder, channel, tmp_path / "thumbs")
    assert len(dataset.samples) == 8


def test_progress_reaches_the_last_file(tmp_path, channel, events):
    scan_folder(fill(tmp_path, "a", "b"), channel)
    last = [e for e in events if isinstance(e, Progressed)][-1]
    assert (last.activity, last.done, last.total) == ("reading", 8, 8)


@pytest.mark.parametrize("activity", ["listing", "reading"])
def test_a_scan_can_be_stopped_at_any_time(tmp_path, events, activity):
    channel = Channel()

    def stop(event: Event) -> None:
        if isinstance(event, Progressed) and event.activity == activity:
            channel.request = "stop"

    channel._listeners = [stop]
    for name in ("a", "b", "c"):
        fill(tmp_path, name, count=20)
    with pytest.raises(JobStopped):
        scan_folder(tmp_path, channel)


def test_a_scan_changes_nothing_in_the_folder(tmp_path, channel):
    folder = fill(tmp_path / "set", "a", "b")
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")}
    scan_folder(folder, channel, tmp_path / "thumbs")
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in folder.rglob("*")} == before


@pytest.mark.parametrize("names", [("train", "val", "test"), ("Train", "VALID", "Test")])
def test_a_folder_that_is_split_keeps_its_split(tmp_path, channel, names):
    for name in names:
        fill(tmp_path / name, "cats", "dogs")
    dataset = scan_folder(tmp_path, channel)
    dataset.require_usable()
    assert dataset.presplit
    assert dataset.classes == ("cats", "dogs")
    assert Counter(s.split for s in dataset.samples) == {"train": 8, "validation": 8, "test": 8}


def test_a_validation_part_may_be_missing_a_test_part_may_not(tmp_path, channel):
    fill(tmp_path / "train", "cats", "dogs")
    fill(tmp_path / "test", "cats", "dogs")
    scan_folder(tmp_path, channel).require_usable()
    (tmp_path / "test").rename(tmp_path / "val")
    dataset = scan_folder(tmp_path, channel)
    assert [(p.code, p.name) for p in dataset.problems] == [("split_missing", "test")]
    shutil.rmtree(tmp_path / "val")
    assert "split_missing" in codes(scan_folder(tmp_path, channel))


def test_a_class_missing_from_a_part_is_told(tmp_path, channel):
    fill(tmp_path / "train", "cats", "dogs", "cows")
    fill(tmp_path / "test", "cats", "dogs", "emus")
    problems = {(p.code, p.name) for p in scan_folder(tmp_path, channel).problems}
    assert problems == {("class_not_tested", "cows"), ("class_empty", "train/emus")}


def test_classes_that_are_called_like_parts_stay_classes(tmp_path, channel):
    dataset = scan_folder(fill(tmp_path, "train", "plane", "car"), channel)
    assert not dataset.presplit
    assert dataset.classes == ("car", "plane", "train")


def test_a_damaged_copy_of_every_kind_of_file_never_ends_a_scan(tmp_path, channel):
    fill(tmp_path, "cats", "dogs")
    chance = random.Random(1)
    for number in range(60):
        suffix = chance.choice(["jpg", "png", "gif", "bmp", "tif", "webp"])
        path = draw(tmp_path / "cats" / f"x{number}.{suffix}")
        content = bytearray(path.read_bytes())
        for _ in range(5):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
    dataset = scan_folder(tmp_path, channel)
    bad = sum(p.code == "file_unreadable" for p in dataset.problems)
    assert dataset.class_counts()[0] + bad == 64


def test_a_scan_starts_at_once_because_it_never_loads_the_heavy_libraries():
    code = (
        "import sys, tlgui.engine.data.scan, tlgui.engine.data.split\n"
        "heavy = {'tensorflow', 'keras', 'onnxruntime', 'sklearn', 'scipy', 'PySide6'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_a_folder_of_several_tables_names_them(tmp_path, channel):
    for name in ("test.csv", "train.csv"):
        (tmp_path / name).write_text("file,label\n")
    error = refusal(tmp_path, channel)
    assert error.code == "path_not_usable"
    assert error.detail["reason"] == "it holds more than one table: test.csv, train.csv"


def decide(home, source, **labels):
    """Keep a decision about some samples, by the name of their file in the class oak."""
    decided = Corrections(source=str(source))
    for sample in scan_folder(source, Channel(), home=home).samples:
        name = Path(sample.path).stem
        if sample.path.startswith("oak/") and name in labels:
            new = Correction(path=sample.path, digest=sample.digest, label=labels[name])
            decided = decided.after(new)
    write_corrections(home.corrections, decided)


@pytest.fixture
def decided(tmp_path):
    """Two kinds of pictures of which one is set aside and another is of the other kind."""
    folder, home = fill(tmp_path / "trees", "oak", "elm", count=5), Home(tmp_path / "home")
    draw(folder / "oak" / "a.png")
    draw(folder / "oak" / "b.png")
    decide(home, folder, a="", b="elm")
    return folder, home


def test_decisions_of_a_person_hold_for_the_next_scan_and_are_told(decided, channel, events):
    folder, home = decided
    dataset = scan_folder(folder, channel, home=home)

    labels = {sample.path: dataset.classes[sample.label] for sample in dataset.samples}
    assert "oak/a.png" not in labels
    assert labels["oak/b.png"] == "elm"
    assert (folder / "oak" / "a.png").exists(), "nothing in a person's folder is changed"
    told = {e.problem.code for e in events if isinstance(e, ProblemFound)}
    assert told == {p.code for p in dataset.problems} == {"set_aside", "relabeled"}


def test_decision_about_a_picture_does_not_hold_for_another_in_its_place(decided, channel):
    folder, home = decided
    draw(folder / "oak" / "a.png")

    dataset = scan_folder(folder, channel, home=home)

    assert "oak/a.png" in {sample.path for sample in dataset.samples}


def test_decisions_about_another_folder_change_nothing(decided, channel, tmp_path):
    folder, home = decided
    copy = shutil.copytree(folder, tmp_path / "copy")

    assert len(scan_folder(copy, channel, home=home).samples) == 12


def test_too_few_samples_after_a_decision_are_noticed(decided, channel):
    folder, home = decided
    decide(home, folder, a="", b="", **{str(n): "" for n in range(4)})
    assert len(read_corrections(home.corrections, str(folder)).samples) == 5

    dataset = scan_folder(folder, channel, home=home)

    assert "class_too_small" in {p.code for p in dataset.problems}


def photos(folder: Path, count: int = 5) -> Path:
    """Fill two classes with different pictures as cameras write them."""
    for number in range(2 * count):
        draw(folder / ("cats", "dogs")[number % 2] / f"{number}.jpg")
    return folder


def spoil(path: Path) -> None:
    """Damage a photo inside, where only decoding shows it."""
    content = bytearray(path.read_bytes())
    tables = content.index(b"\xff\xc4")
    content[tables + 5 : tables + 21] = b"\xff" * 16  # no code has so many words
    path.write_bytes(content)


@pytest.fixture
def large(monkeypatch):
    """Let every folder be one that is too large to decode it all while a person waits."""
    monkeypatch.setattr(scan, "MAX_DECODED", 0)


def scan_large(folder: Path, channel: Channel) -> Dataset:
    return scan_folder(folder, channel, home=Home(folder.parent / "home"))


@pytest.mark.usefixtures("large")
def test_of_a_large_folder_only_what_is_in_doubt_is_decoded(tmp_path, channel, monkeypatch):
    folder = photos(tmp_path / "set")
    draw(folder / "cats" / "in doubt.bmp")
    names = []
    decode = scan_pictures.decode_stream

    def noted(stream, min_side_px):
        names.append(Path(stream.name).name)
        return decode(stream, min_side_px)

    monkeypatch.setattr(scan_pictures, "decode_stream", noted)
    dataset = scan_large(folder, channel)

    assert names == ["in doubt.bmp"]
    assert [(p.code, p.count) for p in dataset.problems] == [("not_decoded", 10)]
    assert "10" in problem_sentence(dataset.problems[0])
    dataset.require_usable()
    assert scan_large(folder, channel) == dataset
    complete = scan_folder(folder, channel)
    assert complete.problems == ()
    assert complete.samples == dataset.samples, "digests must not depend on how one looks"


@pytest.mark.usefixtures("large")
def test_a_large_folder_shows_its_first_pictures_at_once(tmp_path, channel, events, monkeypatch):
    monkeypatch.setattr(scan_pictures, "MAX_THUMBNAILS", 4)
    folder = photos(tmp_path / "set")
    home = Home(tmp_path / "home")
    for _ in range(2):  # the second time they are known
        events.clear()
        dataset = scan_folder(folder, channel, tmp_path / "thumbs", home=home)
        assert len([e for e in events if isinstance(e, ThumbnailReady)]) == 4
        assert [(p.code, p.count) for p in dataset.problems] == [("not_decoded", 6)]
        assert {e.problem for e in events if isinstance(e, ProblemFound)} == set(dataset.problems)


@pytest.mark.usefixtures("large")
def test_pictures_of_a_large_folder_are_read_by_all_cores(tmp_path, channel, monkeypatch):
    threads, seen_in = set(), scan_pictures._seen_in

    def noted(path: str) -> tuple[bytes, bytes]:
        threads.add(threading.current_thread())
        return seen_in(path)

    monkeypatch.setattr(scan_pictures, "_seen_in", noted)
    scan_large(photos(tmp_path / "data"), channel)
    assert threads
    assert threading.main_thread() not in threads, "one core would read everything"


@pytest.mark.usefixtures("large")
def test_cut_off_and_other_files_of_a_large_folder_are_told_as_ever(tmp_path, channel):
    folder = photos(tmp_path / "set")
    whole = (folder / "cats" / "0.jpg").read_bytes()
    (folder / "cats" / "0.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "cats" / "2.jpg").write_bytes(whole[:-9] + bytes(9))  # decodes in spite of that
    (folder / "dogs" / "1.jpg").write_bytes(b"<html>")
    (folder / "dogs" / "3.jpg").write_bytes(b"")
    (folder / "dogs" / "gone.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "dogs" / "pipe.jpg")

    def unreadable(dataset):
        return {(p.path, p.reason) for p in dataset.problems if p.code == "file_unreadable"}

    found = scan_large(folder, channel)

    assert len(unreadable(found)) == 5
    assert unreadable(found) == unreadable(scan_folder(folder, channel))


@pytest.mark.usefixtures("large")
def test_what_a_quick_look_found_is_not_taken_for_decoded(tmp_path, channel, monkeypatch):
    folder = photos(tmp_path / "set")
    spoil(folder / "cats" / "0.jpg")
    assert codes(scan_large(folder, channel)) == ["not_decoded"]
    monkeypatch.setattr(scan, "MAX_DECODED", 100)

    (problem,) = scan_large(folder, channel).problems

    assert (problem.code, problem.path) == ("file_unreadable", "cats/0.jpg")
