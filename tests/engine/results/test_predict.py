"""Answers for files that nobody labeled."""

import csv
from pathlib import Path

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished, ProblemFound, SamplePredicted
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.results.predict import predict_files


def predict(run, library, files, path):
    heard = []
    predict_files(run, library, files, path, Channel(None, [heard.append]))
    with path.open(encoding="utf-8", newline="") as file:
        return heard, list(csv.DictReader(file))


@pytest.mark.parametrize("fixture", ["finished_run", "fine_tuned_run"])
def test_answers_agree_with_the_evaluation(request, fixture, tiny_library, pictures, tmp_path):
    run = request.getfixturevalue(fixture)
    with (run.evaluation / "predictions.csv").open(encoding="utf-8", newline="") as file:
        expected = {str(pictures / r["file"]): r["predicted"] for r in csv.DictReader(file)}

    heard, rows = predict(run, tiny_library, [Path(p) for p in expected], tmp_path / "p.csv")

    assert {row["file"]: row["predicted"] for row in rows} == expected
    assert sum(isinstance(event, SamplePredicted) for event in heard) == len(expected)


def test_folder_is_searched_and_broken_files_are_named(
    finished_run, tiny_library, pictures, tmp_path
):
    (pictures / "disk" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")

    heard, rows = predict(finished_run, tiny_library, [pictures], tmp_path / "p.csv")

    broken = [row for row in rows if row["predicted"] == ""]
    assert len(rows) == 37
    assert [Path(row["file"]).name for row in broken] == ["broken.png"]
    assert [e.problem.path for e in heard if isinstance(e, ProblemFound)] == [broken[0]["file"]]
    assert isinstance(heard[-1], PredictionFinished)
    assert (heard[-1].num_samples, heard[-1].num_unreadable) == (36, 1)


def test_file_that_is_not_there_is_named_and_nothing_is_written(
    finished_run, tiny_library, tmp_path
):
    with pytest.raises(TlguiError, match="path_not_usable") as error:
        predict(finished_run, tiny_library, [tmp_path / "no.png"], tmp_path / "p.csv")

    assert "no.png" in str(error.value.detail["path"])
    assert not (tmp_path / "p.csv").exists()


def test_folder_without_pictures_is_an_error(finished_run, tiny_library, tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(TlguiError, match="path_not_usable"):
        predict(finished_run, tiny_library, [tmp_path / "empty"], tmp_path / "p.csv")


def test_cancel_leaves_no_half_table(finished_run, tiny_library, pictures, tmp_path):
    channel = Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        predict_files(finished_run, tiny_library, [pictures], tmp_path / "p.csv", channel)

    assert not (tmp_path / "p.csv").exists()
