import random
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tlgui.core.dataset import Dataset, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, Progressed, SnippetReady
from tlgui.core.plan import SplitPlan
from tlgui.core.wording import error_sentence
from tlgui.engine.channel import Channel
from tlgui.engine.data import text_facts
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.split import assign_splits

WORDS = ["apple", "river", "stone", "window", "yellow", "quiet", "paper", "seven", "garden", "ink"]


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    """Leave out the language, whose model takes long to load."""
    monkeypatch.setattr(text_facts, "language_of", lambda snippets: "")


def fill(folder: Path, *names: str, count: int = 4) -> Path:
    chance = random.Random(f"{folder}{names}")
    for name in names:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            text = " ".join(chance.sample(WORDS, 5))
            (folder / name / f"{number}.txt").write_text(f"{name} {number} {text}")
    return folder


def scan(folder: Path) -> Dataset:
    return scan_folder(folder, Channel())


def test_text_files_in_class_folders_are_a_data_set_of_texts(tmp_path):
    fill(tmp_path, "news", "sport")
    (tmp_path / "news" / "deep").mkdir()
    (tmp_path / "news" / "deep" / "ä.MD").write_text("# A title\n\nand words", encoding="utf-16")
    dataset = scan(tmp_path)
    dataset.require_usable()
    assert dataset.modality == "text"
    assert dataset.class_counts() == (5, 4)
    assert dataset.samples[4].path == "news/deep/ä.MD"
    assert (dataset.text_column, dataset.columns, dataset.table) == ("", (), "")
    assert dataset.texts is not None
    assert len(dataset.texts.class_words) == 2
    assert dataset_from_json(dataset.to_json()) == dataset


def test_texts_that_clearly_outnumber_pictures_decide_and_the_others_are_ignored(tmp_path):
    fill(tmp_path, "a", "b")
    (tmp_path / "notes.csv").write_text("x")
    for number in range(8):
        Image.new("RGB", (4, 4), (number, 0, 0)).save(tmp_path / "ab"[number % 2] / f"{number}.png")
    pictures = scan(tmp_path)
    assert (pictures.modality, len(pictures.samples), pictures.num_ignored) == ("image", 8, 9)
    for number in range(9):
        (tmp_path / "b" / f"more {number}.txt").write_text(f"one more text {number}")
    texts = scan(tmp_path)
    assert (texts.modality, len(texts.samples), texts.num_ignored) == ("text", 17, 9)


def test_documents_that_cannot_be_read_are_not_lost_silently(tmp_path):
    fill(tmp_path, "a", "b")
    (tmp_path / "a" / "report.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b" / "empty.txt").touch()
    (tmp_path / "b" / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loose.txt").write_text("nobody knows what I am")
    problems = {p.path: (p.code, p.reason) for p in scan(tmp_path).problems}
    assert "save it as text first" in problems["a/report.pdf"][1]
    assert problems["b/empty.txt"] == ("file_unreadable", "it holds no text")
    assert problems["b/gone.txt"] == ("file_unreadable", "there is no such file")
    assert problems["loose.txt"][0] == "label_missing"
    assert len(problems) == 4


def test_a_folder_of_nothing_but_unreadable_documents_says_why(tmp_path):
    for name in ("a/1.pdf", "b/2.pdf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"%PDF-1.7")
    with pytest.raises(TlguiError) as caught:
        scan(tmp_path)
    assert caught.value.code == "files_unreadable"
    assert "a PDF" in error_sentence(caught.value.code, caught.value.detail)


def test_texts_show_their_beginnings_the_classes_in_turn(tmp_path):
    fill(tmp_path, "a", "b", count=2)
    (tmp_path / "a" / "0.txt").write_text("\n\n  " + "long " * 200)
    events: list[Event] = []
    scan_folder(tmp_path, Channel(listeners=[events.append]), tmp_path / "thumbnails")
    shown = [e for e in events if isinstance(e, SnippetReady)]
    assert [e.path for e in shown] == ["a/0.txt", "b/0.txt", "a/1.txt", "b/1.txt"]
    assert shown[0].text.startswith("long long")
    assert len(shown[0].text) <= 300
    last = [e for e in events if isinstance(e, Progressed)][-1]
    assert (last.activity, last.done, last.total) == ("reading", 4, 4)


def test_copies_and_near_copies_of_files_are_found(tmp_path):
    fill(tmp_path, "a", "b")
    letter = "dear customer your parcel number {} is waiting for you at the depot in our town"
    for number in (17, 18):
        (tmp_path / "a" / f"letter {number}.txt").write_text(letter.format(number))
    shutil.copy(tmp_path / "a" / "letter 17.txt", tmp_path / "a" / "z copy.txt")
    shutil.copy(tmp_path / "a" / "0.txt", tmp_path / "b" / "in two classes.txt")
    dataset = scan(tmp_path)
    problems = {p.code: p for p in dataset.problems}
    assert set(problems) == {"near_duplicates", "duplicates", "duplicates_in_two_classes"}
    assert (problems["near_duplicates"].path, problems["near_duplicates"].count) == (
        "a/letter 18.txt",
        1,
    )
    clusters = {s.path: s.cluster for s in dataset.samples}
    same = {clusters[f"a/{name}.txt"] for name in ("letter 17", "letter 18", "z copy")}
    assert len(same) == 1
    assert clusters["b/1.txt"] == ""


def test_copies_are_found_however_they_were_saved(tmp_path):
    fill(tmp_path / "train", "a", "b")
    fill(tmp_path / "test", "a", "b", count=2)
    for path, content in (
        ("train/a/doubtful.txt", b"one text\nof two lines\n"),
        ("train/b/doubtful.txt", b"\xef\xbb\xbfone text\r\nof two lines"),
        ("train/a/leak.txt", b"another text\rof two lines"),
        ("test/a/leak.txt", b"another text\nof two lines"),
    ):
        (tmp_path / path).write_bytes(content)
    dataset = scan(tmp_path)
    assert "duplicates_in_two_classes" in {p.code for p in dataset.problems}
    split = assign_splits(dataset, SplitPlan(), seed=0)
    assert "train/a/leak.txt" not in {s.path for s in split.samples}


def test_rows_are_known_as_copies_of_files(tmp_path):
    files = scan(fill(tmp_path / "files", "a", "b"))
    rows = [f'{s.path[0]},"{Path(files.folder, s.path).read_text()}"' for s in files.samples]
    (tmp_path / "t.csv").write_text("label,text\n" + "\n".join(rows))
    table = scan(tmp_path / "t.csv")
    assert [s.digest for s in table.samples] == [s.digest for s in files.samples]
