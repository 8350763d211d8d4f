"""What a person reads about a run."""

import csv
import json
import shutil

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.results.evaluate import Source, evaluate_folder, evaluate_run, worst_mistakes


def judge_folder(run, library, path, folder, channel=None):
    source = Source(path=path, columns=TableColumns())
    return evaluate_folder(run, library, source, folder, channel or Channel())


def test_evaluation_holds_what_other_programs_rely_on(finished_run):
    record = json.loads((finished_run.evaluation / "evaluation.json").read_text())

    assert record["split"] == "test"
    assert {"value", "low", "high"} == set(record["accuracy"])
    assert {"value", "low", "high"} == set(record["balanced_accuracy"]) == set(record["macro_f1"])
    assert sum(map(sum, record["confusion"])) == record["num_samples"]
    assert 0 < record["majority_baseline"] <= 1
    assert [c["name"] for c in record["classes"]] == ["disk", "square", "triangle"]
    assert {"name", "num_samples", "precision", "recall", "f1"} == set(record["classes"][0])


def test_predictions_are_those_of_the_test_split(finished_run):
    with (finished_run.evaluation / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    test = finished_run.read_dataset().of_split("test")
    accuracy = np.mean([row["true"] == row["predicted"] for row in rows])

    assert [row["file"] for row in rows] == [sample.path for sample in test]
    assert accuracy == pytest.approx(finished_run.read_evaluation().accuracy.value)
    assert sum(float(rows[0][f"p:{c}"]) for c in ("disk", "square", "triangle")) == pytest.approx(
        1, abs=1e-4
    )


def test_every_wrong_answer_has_its_picture(finished_run):
    evaluation = finished_run.read_evaluation()
    num_wrong = evaluation.num_samples - sum(
        evaluation.confusion[i][i] for i in range(len(evaluation.classes))
    )

    assert len(list((finished_run.evaluation / "thumbnails").iterdir())) == num_wrong


def test_same_run_evaluated_again_gives_the_same_numbers(finished_run, tiny_library):
    before = finished_run.read_evaluation()

    assert evaluate_run(finished_run, tiny_library, Channel()) == before


def test_other_folder_with_some_of_the_kinds_is_judged(
    finished_run, tiny_library, pictures, tmp_path
):
    other = tmp_path / "other"
    shutil.copytree(pictures / "disk", other / "disk")
    shutil.copytree(pictures / "square", other / "square")

    evaluation = judge_folder(finished_run, tiny_library, other, tmp_path / "result")

    assert evaluation.num_samples == 24
    assert [c.num_samples for c in evaluation.classes] == [12, 12, 0]
    assert finished_run.read_evaluation().split == "test"


def test_other_folder_with_unknown_kinds_names_them(finished_run, tiny_library, pictures, tmp_path):
    (pictures / "disk").rename(pictures / "galaxy")

    with pytest.raises(TlguiError, match="classes_do_not_match") as error:
        judge_folder(finished_run, tiny_library, pictures, tmp_path / "result")

    assert "galaxy" in str(error.value.detail["unknown"])
    assert not (tmp_path / "result").exists()


def test_run_without_an_epoch_says_what_to_do(make_run, tiny_library):
    with pytest.raises(TlguiError, match="no_result_yet"):
        evaluate_run(make_run(), tiny_library, Channel())


def test_most_confident_mistake_comes_first():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.05, 0.95]])

    assert list(worst_mistakes(np.array([1, 1, 1, 0]), probabilities)) == [3, 0, 1]
