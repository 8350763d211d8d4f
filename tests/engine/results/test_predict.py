"""Answers for files that nobody labeled."""

import csv
import os
from pathlib import Path

import pytest
from PIL import Image

from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished, ProblemFound, Progressed, SamplePredicted
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.results import new_samples
from tlgui.engine.results import predict as prediction
from tlgui.engine.results.predict import Wanted, predict_files


def predict(run, library, files, path):
    heard = []
    predict_files(run.path, library, Wanted(files=files, csv=path), Channel(None, [heard.append]))
    with path.open(encoding="utf-8", newline="") as file:
        return heard, list(csv.DictReader(file))


@pytest.mark.parametrize("fixture", ["finished_run", "fine_tuned_run"])
def test_answers_agree_with_the_evaluation(
    request, fixture, tiny_library, shared_pictures, tmp_path
):
    run = request.getfixturevalue(fixture)
    with (run.evaluation / "predictions.csv").open(encoding="utf-8", newline="") as file:
        expected = {str(shared_pictures / r["file"]): r["predicted"] for r in csv.DictReader(file)}

    heard, rows = predict(run, tiny_library, [Path(p) for p in expected], tmp_path / "p.csv")

    assert {row["file"]: row["predicted"] for row in rows} == expected
    assert sum(isinstance(event, SamplePredicted) for event in heard) == len(expected)


def test_threshold_of_the_run_marks_its_answers(own_finished_run, tiny_library, pictures, tmp_path):
    _, rows = predict(own_finished_run, tiny_library, [pictures], tmp_path / "p.csv")
    assert not any(row["not_sure"] for row in rows)
    threshold = sorted(float(row["probability"]) for row in rows)[18]
    own_finished_run.write_threshold(threshold)

    heard, rows = predict(own_finished_run, tiny_library, [pictures], tmp_path / "p.csv")

    answers = [event for event in heard if isinstance(event, SamplePredicted)]
    assert 10 < sum(row["not_sure"] == "yes" for row in rows) < 20
    assert [not answer.is_sure for answer in answers] == [row["not_sure"] == "yes" for row in rows]


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

    wanted = Wanted(files=[pictures], csv=tmp_path / "p.csv")
    with pytest.raises(JobStopped):
        predict_files(finished_run.path, tiny_library, wanted, channel)

    assert not (tmp_path / "p.csv").exists()


def test_only_file_that_is_no_picture_says_why(finished_run, tiny_library, tmp_path):
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7")

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        predict(finished_run, tiny_library, [tmp_path / "notes.pdf"], tmp_path / "p.csv")

    assert error.value.detail["reason"] == "not a picture of a known format"


def test_folder_of_damaged_pictures_names_the_first(finished_run, tiny_library, tmp_path):
    (tmp_path / "1.png").write_bytes(b"")

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        predict(finished_run, tiny_library, [tmp_path], tmp_path / "p.csv")

    assert "1.png (the file is empty)" in error.value.detail["reason"]


def test_first_pictures_have_thumbnails_and_every_answer_its_probabilities(
    finished_run, tiny_library, pictures, tmp_path, monkeypatch
):
    monkeypatch.setattr(new_samples, "MAX_THUMBNAILS", 4)
    files = sorted((pictures / "disk").iterdir())[:5]
    files[1].write_bytes(b"broken")
    heard, shown = [], tmp_path / "shown"
    wanted = Wanted(files=files, csv=tmp_path / "p.csv", thumbnails=shown)
    predict_files(finished_run.path, tiny_library, wanted, Channel(None, [heard.append]))

    answers = [event for event in heard if isinstance(event, SamplePredicted)]
    assert [Path(answer.thumbnail).name for answer in answers] == [
        "00000.jpg",
        "00002.jpg",
        "00003.jpg",
        "",
    ]
    with Image.open(answers[0].thumbnail) as image:
        assert image.format == "JPEG"
    for answer in answers:
        assert answer.shares[0].name == answer.predicted
        assert answer.shares[0].probability == answer.probability
        assert sum(share.probability for share in answer.shares) == pytest.approx(1)
        assert sorted(share.name for share in answer.shares) == ["disk", "square", "triangle"]


def test_thumbnail_that_cannot_be_written_costs_no_answer(
    finished_run, tiny_library, pictures, tmp_path, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(new_samples, "write_thumbnail", full)
    heard = []
    wanted = Wanted(files=[pictures / "disk"], csv=tmp_path / "p.csv", thumbnails=tmp_path / "t")
    predict_files(finished_run.path, tiny_library, wanted, Channel(None, [heard.append]))

    assert heard[-1].num_samples == 12
    assert not any(e.thumbnail for e in heard if isinstance(e, SamplePredicted))


LETTER_RUNS = {
    "word counts": lambda request: request("letter_run")("tfidf_linear"),
    "frozen": lambda request: request("letter_run")("tiny_text", pooling="first_token"),
    "fine-tuned": lambda request: request("fine_tuned_letter_run"),
}


def read_table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.mark.parametrize("kind", LETTER_RUNS)
def test_rows_get_the_answers_of_the_evaluation(request, tiny_library, letters, tmp_path, kind):
    run = LETTER_RUNS[kind](request.getfixturevalue)
    evaluated = read_table(run.evaluation / "predictions.csv")

    _, rows = predict(run, tiny_library, [letters], tmp_path / "p.csv")

    assert len(rows) == len(run.read_dataset().samples)
    found = {row["file"].removeprefix(f"{letters} "): row for row in rows}
    for expected in evaluated:
        row = found[expected["file"]]
        assert row["predicted"] == expected["predicted"]
        for name in run.read_dataset().classes:
            # other texts in the batch, and so other padding, cost a few last digits
            assert float(row[f"p:{name}"]) == pytest.approx(float(expected[f"p:{name}"]), abs=1e-4)


def test_every_row_is_named_and_one_without_a_text_says_why(letter_run, tiny_library, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text(
        "id,subject\n1,a hungry cat\n2,\n3,the bank of oil\n4,a car,too much\n5,go to the sea\n"
    )

    heard, rows = predict(letter_run("tfidf_linear"), tiny_library, [table], tmp_path / "p.csv")

    assert [(row["file"], row["predicted"]) for row in rows] == [
        (f"{table} row 2", "animals"),
        (f"{table} row 3", ""),
        (f"{table} row 4", "money"),
        (f"{table} row 5", ""),
        (f"{table} row 6", "travel"),
    ]
    problems = [e.problem for e in heard if isinstance(e, ProblemFound)]
    assert [p.path for p in problems] == [f"{table} row 3", f"{table} row 5"]
    assert all(p.reason for p in problems)
    assert (heard[-1].num_samples, heard[-1].num_unreadable) == (3, 2)


def test_column_that_the_run_learned_from_is_answered(
    letter_run, tiny_library, letters, subjects, tmp_path
):
    _, rows = predict(letter_run("tfidf_linear"), tiny_library, [letters], tmp_path / "p.csv")

    assert [row["predicted"] for row in rows] == [kind for _, kind in subjects]


def test_damaged_table_does_not_lose_the_answers_of_other_files(letter_run, tiny_library, tmp_path):
    note, broken = tmp_path / "note.txt", tmp_path / "broken.xlsx"
    note.write_text("the hungry cat")
    broken.write_bytes(b"PK\x03\x04 not really")
    torn = tmp_path / "torn.jsonl"
    torn.write_text('{"subject": "the oil price"}\n{"subject": "a lo')

    heard, rows = predict(
        letter_run("tfidf_linear"), tiny_library, [broken, torn, note], tmp_path / "p.csv"
    )

    assert [row["predicted"] for row in rows if row["predicted"]] == ["money", "animals"]
    assert next(e.problem.path for e in heard if isinstance(e, ProblemFound)) == str(broken)
    assert rows[0]["file"] == str(broken)
    assert isinstance(heard[-1], PredictionFinished)
    assert heard[-1].num_samples == 2


def test_table_without_a_single_text_is_an_error_and_leaves_no_empty_answers(
    letter_run, tiny_library, tmp_path
):
    table = write_table(tmp_path / "new.csv", ("subject", "id"), [("", "1"), (" ", "2")])

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        predict(letter_run("tfidf_linear"), tiny_library, [table], tmp_path / "p.csv")

    assert error.value.detail["path"] == str(table)
    assert list(tmp_path.glob("p.csv*")) == []


@pytest.fixture
def many_rows(tmp_path):
    """A table of 1500 texts."""
    rows = [(f"the cat {n} and the ship {n * n}",) for n in range(1500)]
    return write_table(tmp_path / "many.csv", ("subject",), rows)


def test_answers_of_a_long_table_do_not_wait_in_memory(
    letter_run, tiny_library, many_rows, tmp_path
):
    written = []

    def listener(event):
        if isinstance(event, Progressed) and event.activity == "predicting":
            written.append((tmp_path / "p.csv.partial").stat().st_size)

    always = iter(range(10**9)).__next__  # time flies, so that every batch is told
    channel = Channel(None, [listener], ticks=always)
    wanted = Wanted(files=[many_rows], csv=tmp_path / "p.csv")
    predict_files(letter_run("tfidf_linear").path, tiny_library, wanted, channel)

    size = (tmp_path / "p.csv").stat().st_size
    assert len(written) > 10
    assert len(read_table(tmp_path / "p.csv")) == 1500
    assert written[len(written) // 2] > size / 3


def test_people_are_told_only_the_first_of_very_many_answers(
    letter_run, tiny_library, many_rows, tmp_path, monkeypatch
):
    monkeypatch.setattr(prediction, "MAX_TOLD", 7)

    heard, rows = predict(letter_run("tfidf_linear"), tiny_library, [many_rows], tmp_path / "p.csv")

    assert sum(isinstance(event, SamplePredicted) for event in heard) == 7
    assert len(rows) == heard[-1].num_samples == 1500


@pytest.mark.parametrize("request_", ["stop", "error"])
def test_end_in_the_middle_of_a_long_table_leaves_no_half_answers(
    letter_run, tiny_library, many_rows, tmp_path, request_
):
    (tmp_path / "p.csv").write_text("file,true,predicted,probability\n")

    def listener(event):
        if isinstance(event, Progressed) and event.done > 500:
            if request_ == "error":
                raise TlguiError("disk_full", path="p.csv")
            channel.request = "stop"

    channel = Channel(None, [listener], ticks=iter(range(10**9)).__next__)
    wanted = Wanted(files=[many_rows], csv=tmp_path / "p.csv")
    with pytest.raises(JobStopped if request_ == "stop" else TlguiError):
        predict_files(letter_run("tfidf_linear").path, tiny_library, wanted, channel)

    assert [path.name for path in tmp_path.glob("p.csv*")] == ["p.csv"]
    assert (tmp_path / "p.csv").read_text() == "file,true,predicted,probability\n"


def test_no_file_of_a_person_is_replaced_by_answers(letter_run, tiny_library, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("body\nprecious words\nand more of them\n")

    for source in (table, Path(__file__)):
        with pytest.raises(TlguiError, match="path_not_usable") as error:
            predict(letter_run("tfidf_linear"), tiny_library, [source], table)
        assert "mine.csv" in str(error.value.detail["path"])

    assert table.read_text().startswith("body\nprecious")
    if os.name != "nt":
        with pytest.raises(TlguiError, match="path_not_usable"):
            predict(letter_run("tfidf_linear"), tiny_library, [table], Path(os.devnull))


def test_table_of_answers_gives_way_to_a_newer_one_unless_it_is_asked_about(
    letter_run, tiny_library, tmp_path
):
    (tmp_path / "one.txt").write_text("the cat")
    run = letter_run("tfidf_linear")
    predict(run, tiny_library, [tmp_path / "one.txt"], tmp_path / "p.csv")

    _, rows = predict(run, tiny_library, [tmp_path / "one.txt"], tmp_path / "p.csv")

    assert len(rows) == 1
    with pytest.raises(TlguiError, match="path_not_usable"):
        predict(run, tiny_library, [tmp_path / "p.csv"], tmp_path / "p.csv")


def test_text_of_words_without_a_vector_gets_no_answer_instead_of_a_sure_one(
    letter_run, tiny_library, tmp_path
):
    (tmp_path / "known.txt").write_text("the cat")
    (tmp_path / "odd.txt").write_text("你好世界 🎉")

    heard, rows = predict(letter_run("tiny_vectors"), tiny_library, [tmp_path], tmp_path / "p.csv")

    assert [bool(row["predicted"]) for row in rows] == [True, False]
    [problem] = [event.problem for event in heard if isinstance(event, ProblemFound)]
    assert "none of its words" in problem.reason
