from pathlib import Path

import pytest

from tlgui.engine.data.found_files import list_files, sort_files


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize(
    ("files", "modality"),
    [
        (["a.png", "a.txt", "classes.txt"], "image"),
        (["a.png", "a.txt", "b.txt", "c.md"], "text"),
        (["a.JPG", "a.pdf", "b.pdf", "c.pdf"], "image"),
        (["a.pdf", "a.csv"], "text"),
        (["a.txt"], "text"),
        (["a.csv", "b"], "image"),
        ([], "image"),
    ],
)
def test_a_text_beside_each_picture_makes_no_data_set_of_texts(files, modality):
    assert sort_files(files).modality == modality


def test_files_to_predict_are_taken_as_given_and_folders_searched(tmp_path):
    touch(tmp_path / "deep" / "er" / "10.png")
    touch(tmp_path / "deep" / "2.JPG")
    (tmp_path / "deep" / "notes.txt").touch()
    (tmp_path / "deep" / "._2.JPG").touch()
    odd = tmp_path / "no extension"
    gone = tmp_path / "gone.jpg"
    found = list(list_files([odd, tmp_path / "deep", gone], "image"))
    assert found == [
        odd,
        tmp_path / "deep" / "2.JPG",
        tmp_path / "deep" / "er" / "10.png",
        gone,
    ]


def test_files_of_the_right_kind_are_found_for_predictions(tmp_path):
    touch(tmp_path / "x" / "a" / "0.txt")
    (tmp_path / "x" / "a" / "b.png").touch()
    assert list(list_files([tmp_path / "x"], "text")) == [tmp_path / "x/a/0.txt"]
    assert list(list_files([tmp_path / "x"], "image")) == [tmp_path / "x/a/b.png"]
