"""A run's data looked through once more, for what a person has overlooked."""

import csv
import shutil

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import Progressed, ReviewFinished
from tlgui.core.job import ReviewJob
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import create_run
from tlgui.core.settings import Home, resources_folder
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.models.library import open_library
from tlgui.engine.reviewing.review import MAX_HINTED, review_run, run_review_job, some_of_each_class


@pytest.fixture
def mislabeled(pictures, make_run):
    """A run on pictures of which one disk lies among the squares."""
    (pictures / "disk" / "disk-01.png").rename(pictures / "square" / "odd one.png")
    return make_run(source=pictures)


def test_most_wrong_labels_among_real_pictures_are_found(tmp_path):
    pictures = tmp_path / "pictures"
    shutil.copytree(resources_folder() / "examples" / "pictures", pictures)
    kinds = sorted(path for path in pictures.iterdir() if path.is_dir())
    moved = {kind: sorted(kind.iterdir())[5::20] for kind in kinds}
    planted = {}
    for kind, other in zip(kinds, [*kinds[1:], kinds[0]], strict=True):
        for file in moved[kind]:
            planted[f"{other.name}/wrong {file.name}"] = kind.name
            file.rename(other / f"wrong {file.name}")
    library = open_library(Home(tmp_path / "home"))
    plan = make_plan(library.catalog["efficientnet_lite0_imagenet"])
    run = create_run(tmp_path / "run", scan_folder(pictures, Channel()), plan)

    review = review_run(run, library, Channel())

    with (run.review / "suspects.csv").open(encoding="utf-8", newline="") as file:
        worst = [row["file"] for row in csv.DictReader(file)][: review.num_samples // 10]
    found = {s.file: s.suggested for s in review.suspects if s.file in planted}
    assert len(planted.keys() & worst) >= 0.7 * len(planted)
    assert sum(planted[file] == name for file, name in found.items()) >= 0.7 * len(found) > 0


def test_what_was_found_is_told_and_kept_with_the_run(mislabeled, tiny_library, heard):
    channel = Channel(None, [heard.append])
    job = ReviewJob(folder="", requested_s=0, run=str(mislabeled.path))

    run_review_job(job, tiny_library, channel)

    assert isinstance(heard[-1], ReviewFinished)
    assert heard[-1].review == mislabeled.read_review()
    assert {e.activity for e in heard if isinstance(e, Progressed)} >= {"suspecting", "shortcuts"}


def test_table_has_every_sample_the_most_doubtful_first(mislabeled, tiny_library):
    review = review_run(mislabeled, tiny_library, Channel())

    with (mislabeled.review / "suspects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == review.num_samples == 36
    qualities = [float(row["quality"]) for row in rows]
    assert qualities == sorted(qualities)
    assert [s.file for s in review.suspects] == [
        row["file"] for row in rows if row["is_suspect"] == "1"
    ]
    assert sum(int(row["is_suspect"]) for row in rows) == review.num_suspects
    thumbnails = {path.name for path in (mislabeled.review / "thumbnails").iterdir()}
    assert thumbnails == {f"{number}.jpg" for number in range(len(review.suspects))}


def test_color_of_the_shapes_is_flagged(make_run, tiny_library):
    shortcuts = review_run(make_run(), tiny_library, Channel()).shortcuts

    assert "mean_color" in {shortcut.hint for shortcut in shortcuts}


@pytest.mark.parametrize("preset", ["tiny_text", "tiny_vectors", "tfidf_linear"])
def test_texts_are_reviewed_whatever_reads_them(preset, make_run, tiny_library):
    run = make_run(preset=preset)

    review = review_run(run, tiny_library, Channel())

    assert review.modality == "text"
    assert review.num_samples == 42
    assert "length" in review.hints


def test_stop_leaves_the_older_review(make_run, tiny_library):
    run = make_run()
    before = review_run(run, tiny_library, Channel())
    channel = Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        review_run(run, tiny_library, channel)

    assert run.read_review() == before


def test_picture_that_changed_is_named(make_run, pictures, tiny_library):
    run = make_run(source=pictures)
    (pictures / "disk" / "disk-01.png").unlink()

    with pytest.raises(TlguiError, match="dataset_changed") as error:
        review_run(run, tiny_library, Channel())

    assert "disk-01.png" in str(error.value.detail["path"])


def test_of_many_files_only_some_of_each_class_are_looked_into():
    labels = np.array([0] * 10_000 + [1] * 300 + [2])
    rows = some_of_each_class(labels)

    assert rows == sorted(set(rows))
    assert len(rows) <= MAX_HINTED
    many = np.repeat(np.arange(500), 20)
    assert np.bincount(many[some_of_each_class(many)]).tolist() == [10] * 500
    assert [np.sum(labels[rows] == c) for c in range(3)] == [MAX_HINTED // 3, 300, 1]
