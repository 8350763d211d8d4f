"""What a person reads about a run."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel
from tlgui.engine.data.tables import TableColumns
from tlgui.engine.results.evaluate import Source, evaluate_folder, evaluate_run
from tlgui.engine.results.evaluation_files import SNIPPET_LENGTH, shown_rows, worst_mistakes
from tlgui.engine.training.train import train


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
    assert {"name", "num_samples", "precision", "recall", "f1"} < set(record["classes"][0])


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


def test_every_cell_of_few_answers_has_its_pictures(finished_run):
    thumbnails = {path.name for path in (finished_run.evaluation / "thumbnails").iterdir()}
    num_samples = finished_run.read_evaluation().num_samples

    assert thumbnails == {f"{row}.jpg" for row in range(num_samples)}


def test_of_many_answers_those_that_people_look_for_are_shown():
    random = np.random.default_rng(0)
    labels = random.integers(3, size=5000)
    probabilities = random.dirichlet([0.3] * 3, size=5000)
    shown = shown_rows(labels, probabilities)
    sureness = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels

    assert set(worst_mistakes(labels, probabilities)[:200]) <= set(shown)
    assert sureness.argmin() in shown
    assert all(((labels == c) & right)[shown].sum() >= 100 for c in range(3))
    assert len(shown) <= 600


def test_same_run_evaluated_again_gives_the_same_numbers(own_finished_run, tiny_library):
    before = own_finished_run.read_evaluation()

    assert evaluate_run(own_finished_run, tiny_library, Channel()) == before


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


def test_other_folder_is_judged_where_the_run_s_own_pictures_are_gone(
    own_finished_run, tiny_library, pictures, tmp_path
):
    moved = replace(own_finished_run.read_dataset(), folder=str(tmp_path / "gone"))
    own_finished_run.write_dataset(moved)

    evaluation = judge_folder(own_finished_run, tiny_library, pictures, tmp_path / "result")

    assert evaluation.num_samples == 36
    assert evaluation.certainty == own_finished_run.read_evaluation().certainty


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


def write_letters(path, rows, columns=("subject", "body", "kind")):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


@pytest.fixture
def other_letters(tmp_path):
    """A table whose subjects tell the kind, and whose bodies speak of another one."""
    about = {
        "animals": ("the hungry cat and a dog", "a cow eat fish", "bird and horse very hungry"),
        "money": ("bank profit in the market", "oil price is a loss", "the dollar trade of grain"),
        "travel": ("a car to the city", "the ship came in the sea", "go to the house of the river"),
    }
    kinds = [*about]
    rows = [
        (subject, f"{about[kinds[n - 1]][m]} again", kind)
        for n, kind in enumerate(kinds)
        for m, subject in enumerate(about[kind])
    ]
    return write_letters(tmp_path / "other" / "other.csv", rows)


def test_other_table_is_judged_by_the_column_that_the_run_learned_from(
    letter_run, tiny_library, other_letters, tmp_path
):
    run = letter_run("tfidf_linear")
    body = Source(path=other_letters, columns=TableColumns(text="body"))

    by_subject = judge_folder(run, tiny_library, other_letters, tmp_path / "result")
    by_body = evaluate_folder(run, tiny_library, body, tmp_path / "body", Channel())

    assert by_subject.accuracy.value == 1.0
    assert by_body.accuracy.value == 0.0  # a person who names a column gets that one


def test_other_table_without_that_column_is_judged_by_the_texts_it_has(
    letter_run, tiny_library, subjects, tmp_path
):
    other = write_letters(tmp_path / "other" / "t.csv", subjects[:9], ("text", "label"))

    evaluation = judge_folder(letter_run("tfidf_linear"), tiny_library, other, tmp_path / "result")

    assert (evaluation.num_samples, evaluation.modality) == (9, "text")


def test_other_texts_that_all_contradict_themselves_are_named_and_nothing_is_left(
    letter_run, tiny_library, tmp_path
):
    rows = [(f"{n} cats", "-", kind) for n in range(4) for kind in ("animals", "money")]
    other = write_letters(tmp_path / "other" / "doubtful.csv", rows)

    with pytest.raises(TlguiError, match="path_not_usable") as error:
        judge_folder(letter_run("tfidf_linear"), tiny_library, other, tmp_path / "result")

    assert error.value.detail["path"] == str(other)
    assert not (tmp_path / "result").exists()


def test_pictures_are_not_judged_by_a_model_of_texts(letter_run, tiny_library, pictures, tmp_path):
    with pytest.raises(TlguiError, match="path_not_usable") as error:
        judge_folder(letter_run("tfidf_linear"), tiny_library, pictures, tmp_path / "result")

    assert "pictures" in str(error.value.detail["reason"])


def write_files(folder, rows):
    for number, (text, kind) in enumerate(rows):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / f"{number}.txt").write_bytes(f"{text}\r\n".encode("utf-8-sig"))
    return folder


def write_table(folder, rows):
    return write_letters(folder / "t.csv", rows, ("subject", "kind"))


def num_seen(events):
    problems = [event.problem for event in events if isinstance(event, ProblemFound)]
    return [p.count for p in problems if p.code == "seen_in_training"]


@pytest.mark.parametrize("write", [write_files, write_table])
def test_texts_of_a_table_that_were_learned_are_known_again_wherever_they_lie(
    letter_run, tiny_library, subjects, tmp_path, write
):
    run, heard = letter_run("tfidf_linear"), []
    other = write(tmp_path / "other", [*subjects, ("the new cat of a bank", "animals")])
    num_learned = len(run.read_dataset().samples) - len(run.read_dataset().of_split("test"))

    judge_folder(run, tiny_library, other, tmp_path / "result", Channel(None, [heard.append]))

    assert num_seen(heard) == [num_learned]


def test_texts_of_files_that_were_learned_are_known_again_in_a_table(
    make_run, tiny_library, texts, tmp_path
):
    run, heard = make_run(preset="tfidf_linear"), []
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    rows = [(file.read_text(), file.parent.name) for file in sorted(texts.rglob("*.txt"))]
    num_learned = len(rows) - len(run.read_dataset().of_split("test"))
    other = write_table(tmp_path / "other", rows)

    judge_folder(run, tiny_library, other, tmp_path / "result", Channel(None, [heard.append]))

    assert num_seen(heard) == [num_learned]


@pytest.mark.parametrize("write", [write_files, write_table])
def test_answers_have_the_beginnings_of_their_texts(letter_run, tiny_library, tmp_path, write):
    rows = [
        ("cat and dog", "animals"),
        ("oil price and " + "bank trade profit " * 40, "animals"),
        ("the road to the sea", "travel"),
        ("a “hungry”\nbird", "money"),
    ]
    other = write(tmp_path / "other", rows)

    judge_folder(letter_run("tfidf_linear"), tiny_library, other, tmp_path / "result")

    lines = (tmp_path / "result" / "snippets.jsonl").read_text(encoding="utf-8").splitlines()
    shown = {record["row"]: record["text"] for record in map(json.loads, lines)}
    with (tmp_path / "result" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        answers = list(csv.DictReader(file))
    wrong = {row for row, answer in enumerate(answers) if answer["true"] != answer["predicted"]}
    assert {shown[row][:10] for row in wrong} == {"oil price ", "a “hungry”"}
    assert {text[:10] for text in shown.values()} == {text[:10] for text, _ in rows}
    assert max(map(len, shown.values())) == SNIPPET_LENGTH
