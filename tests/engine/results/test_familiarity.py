"""What is unlike anything a model was trained on."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.distance import mahalanobis
from sklearn.covariance import ledoit_wolf

from tlgui.core.errors import TlguiError
from tlgui.core.events import SamplePredicted, TextAnswered
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.models.answerer import AnsweringModel
from tlgui.engine.models.strangeness import FILE, unit_rows
from tlgui.engine.results import familiarity
from tlgui.engine.results.answer import answer_texts
from tlgui.engine.results.evaluate import Source, evaluate_folder
from tlgui.engine.results.familiarity import fit_strangeness, some_of_all
from tlgui.engine.results.predict import Wanted, predict_files

SIZE = 12


@pytest.fixture
def cloud():
    """Return a function that draws features around three classes, and their labels."""
    random = np.random.default_rng(0)
    centers, shape = 3 * random.normal(size=(3, SIZE)), random.normal(size=(SIZE, SIZE)) / 3

    def draw(count):
        labels = np.arange(count) % 3
        return centers[labels] + random.normal(size=(count, SIZE)) @ shape, labels

    return draw


def test_strangeness_is_the_mahalanobis_distance_to_the_nearest_class(cloud):
    (train, labels), (validation, _) = cloud(90), cloud(30)
    units = unit_rows(train)
    means = [units[labels == label].mean(axis=0) for label in range(3)]
    covariance, _ = ledoit_wolf(units - np.stack(means)[labels], assume_centered=True)
    inverse = np.linalg.inv(covariance)
    expected = [min(mahalanobis(u, m, inverse) for m in means) for u in unit_rows(validation)]

    strangeness, _ = fit_strangeness(train, labels, validation)

    # of 30 ordinary samples the strangest one is the limit
    np.testing.assert_allclose(
        strangeness.of(validation), np.divide(expected, max(expected)), atol=1e-6
    )


def test_as_many_ordinary_samples_are_flagged_as_was_said(cloud):
    (train, labels), (validation, _), (ordinary, _) = cloud(300), cloud(199), cloud(20_000)

    strangeness, expected = fit_strangeness(train, labels, validation)

    assert expected == pytest.approx(0.01)
    assert 0.001 < (strangeness.of(ordinary) > 1).mean() < 0.03
    assert (strangeness.of(-ordinary) > 1).mean() > 0.9


def test_only_the_main_directions_are_told_apart_where_there_are_many():
    random = np.random.default_rng(1)
    train, validation = random.normal(size=(60, 200)), random.normal(size=(40, 200))

    strangeness, _ = fit_strangeness(train, np.arange(60) % 2, validation)

    assert 50 < strangeness.directions.shape[1] <= familiarity.NUM_DIRECTIONS
    assert strangeness.of(validation).max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("num_train", "num_validation"), [(90, familiarity.MIN_VALIDATION - 1), (4, 30)]
)
def test_too_few_samples_flag_nothing(cloud, num_train, num_validation):
    (train, labels), (validation, _) = cloud(num_train), cloud(num_validation)

    assert fit_strangeness(train, labels, validation) == (None, None)


def test_network_that_lost_its_footing_flags_nothing_instead_of_failing(cloud):
    (train, labels), (validation, _) = cloud(90), cloud(30)
    train[0, 0] = np.nan

    assert fit_strangeness(train, labels, validation) == (None, None)


def test_features_that_are_all_alike_flag_what_differs():
    alike = np.tile([1.0, 2.0, 0.0], (40, 1))

    strangeness, _ = fit_strangeness(alike, np.arange(40) % 2, alike)

    assert strangeness.of(alike).max() <= 1
    assert strangeness.of(np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])).min() > 1


def test_rare_classes_are_looked_at_as_well():
    labels = np.array([0] * 90 + [1] * 4 + [2] * 6)

    rows = some_of_all(labels, 20, seed=3)

    assert np.bincount(labels[rows]).tolist() == [10, 4, 6]
    assert rows.tolist() == some_of_all(labels, 20, seed=3).tolist() == sorted(rows)
    assert rows.tolist() != some_of_all(labels, 20, seed=4).tolist()
    assert len(some_of_all(labels, 500, seed=3)) == 100


@pytest.fixture(scope="module")
def pictures_run(judged_again, finished_run):
    """A run on pictures whose head was solved; not to be changed."""
    return judged_again(finished_run)


@pytest.fixture(scope="module")
def letters_run(judged_again, fine_tuned_letter_run):
    """A run on texts that was fine-tuned and mixes layers; not to be changed."""
    return judged_again(fine_tuned_letter_run)


@pytest.fixture(params=["pictures_run", "letters_run", "fine_tuned_run"])
def run(request, judged_again):
    """A run of each kind."""
    found = request.getfixturevalue(request.param)
    return judged_again(found) if request.param == "fine_tuned_run" else found


def read_table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def predicted(run, library, files, folder):
    heard = []
    wanted = Wanted(files=files, csv=folder / "p.csv")
    predict_files(run.path, library, wanted, Channel(folder, [heard.append]))
    return read_table(folder / "p.csv"), heard


def test_result_says_how_many_test_samples_are_unfamiliar(run):
    rows = read_table(run.evaluation / "predictions.csv")
    flagged = [row["unfamiliar"] == "yes" for row in rows]

    found = run.read_evaluation().familiarity

    assert found.num_validation == len(run.read_dataset().of_split("validation"))
    assert found.expected == pytest.approx(1 / (found.num_validation + 1))
    assert (found.num_unfamiliar, found.share.value) == (sum(flagged), np.mean(flagged))
    assert [float(row["strangeness"]) > 1 for row in rows] == flagged


def test_new_files_are_as_strange_as_the_same_ones_were_in_the_result(run, tiny_library, tmp_path):
    dataset = run.read_dataset()
    source = Path(dataset.source)
    expected = {
        row["file"]: float(row["strangeness"])
        for row in read_table(run.evaluation / "predictions.csv")
    }

    rows, _ = predicted(run, tiny_library, [source], tmp_path)

    found = {row["file"][len(str(source)) + 1 :]: float(row["strangeness"]) for row in rows}
    # features that were kept or computed anew, and texts beside other texts
    assert {file: found[file] for file in expected} == pytest.approx(expected, abs=1e-3)


def test_stranger_is_flagged_and_an_ordinary_picture_is_not(
    pictures_run, tiny_library, shared_pictures, tmp_path
):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "stranger.png")
    [ordinary, *_] = sorted((shared_pictures / "disk").iterdir())

    rows, heard = predicted(
        pictures_run, tiny_library, [tmp_path / "stranger.png", ordinary], tmp_path
    )

    assert [row["unfamiliar"] for row in rows] == ["yes", ""]
    answers = [event.is_unfamiliar for event in heard if isinstance(event, SamplePredicted)]
    assert answers == [True, False]
    assert heard[-1].num_unfamiliar == 1


def test_typed_text_is_flagged_as_in_a_table(letters_run, tiny_library, subjects):
    class Asking(Channel):
        def __init__(self, texts):
            self.heard = []
            super().__init__(None, [self.heard.append])
            self._texts = iter(texts)

        def next_question(self):
            text = next(self._texts, None)
            if text is None:
                self.request = "stop"
                self.stop_if_requested()
            return json.dumps({"question": 1, "text": text})

    channel = Asking([subjects[0][0], "?!? %$ 123 ### " * 9])
    with pytest.raises(JobStopped):
        answer_texts(letters_run, tiny_library, channel)

    found = [e.is_unfamiliar for e in channel.heard if isinstance(e, TextAnswered)]
    assert found == [False, True]


def test_run_of_an_earlier_version_flags_nothing_until_it_is_judged_again(
    pictures_run, judged_again, tiny_library, shared_pictures, tmp_path
):
    old = RunFolder(shutil.copytree(pictures_run.path, tmp_path / "old"))
    (old.evaluation / FILE).unlink()
    record = json.loads((old.evaluation / "evaluation.json").read_text())
    del record["familiarity"]
    (old.evaluation / "evaluation.json").write_text(json.dumps(record))

    rows, _ = predicted(old, tiny_library, [shared_pictures], tmp_path)

    assert {(row["unfamiliar"], row["strangeness"]) for row in rows} == {("", "")}
    assert judged_again(old).read_evaluation() == pictures_run.read_evaluation()


def test_damaged_file_flags_nothing_and_keeps_nobody_from_an_answer(
    pictures_run, tiny_library, shared_pictures, tmp_path
):
    run = RunFolder(shutil.copytree(pictures_run.path, tmp_path / "damaged"))
    (run.evaluation / FILE).write_bytes((run.evaluation / FILE).read_bytes()[:-9])

    rows, _ = predicted(run, tiny_library, [shared_pictures], tmp_path)

    assert all(row["predicted"] and not row["strangeness"] for row in rows)


def test_other_folder_is_judged_by_what_the_run_knows(
    pictures_run, tiny_library, shared_pictures, tmp_path
):
    source = Source(path=shared_pictures, columns=TableColumns())

    found = evaluate_folder(pictures_run, tiny_library, source, tmp_path / "result", Channel())

    own = pictures_run.read_evaluation().familiarity
    assert found.familiarity.num_validation == own.num_validation
    assert found.familiarity.share.value < 0.3
    assert not (tmp_path / "result" / FILE).exists()


def test_result_does_not_need_the_training_samples_to_be_there_still(
    judged_again, fine_tuned_letter_run, tiny_library, monkeypatch
):
    whole = AnsweringModel.rows

    def rows(self, dataset, samples, channel, activity):
        if activity == "recalling":
            raise TlguiError("dataset_changed", path="a.txt", reason="it is gone")
        return whole(self, dataset, samples, channel, activity)

    monkeypatch.setattr(AnsweringModel, "rows", rows)
    evaluation = judged_again(fine_tuned_letter_run).read_evaluation()

    assert evaluation.familiarity.expected is None
    assert evaluation.accuracy == fine_tuned_letter_run.read_evaluation().accuracy


def test_word_counts_claim_nothing(letter_run):
    assert letter_run("tfidf_linear").read_evaluation().familiarity is None
