"""Runs that answer together: exactly the mean of theirs, honestly judged, and on their own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tlgui.core.comparing import compare_answers
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation_words import evaluation_lines
from tlgui.core.events import EnsembleFormed, ProblemFound, RunFinished, SamplePredicted
from tlgui.core.prediction_table import read_predictions
from tlgui.core.run_folder import RunFolder, list_runs
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.models.answerer import open_answerer
from tlgui.engine.models.classifiers import best_checkpoint
from tlgui.engine.models.temperature import cooled
from tlgui.engine.results import ensemble as ensembles
from tlgui.engine.results.ensemble import make_ensemble
from tlgui.engine.results.evaluate import evaluate_run
from tlgui.engine.results.predict import Wanted, predict_files


def answers(run, library, files):
    answerer = open_answerer(run, library)
    return answerer.answers([answerer.read(file) for file in files])


def mean_of_runs(runs, library, files, ensemble):
    """Return what the ensemble should say, from what each run says for itself."""
    temperature = ensemble.read_evaluation().certainty.temperature
    each = [answers(run, library, files) for run in runs]
    return cooled(np.mean(each, axis=0), temperature)


@pytest.fixture
def pair(finished_run, fine_tuned_run):
    return finished_run, fine_tuned_run


def test_probabilities_are_exactly_the_mean_of_the_members(
    joined, pair, tiny_library, shared_pictures
):
    files = sorted(shared_pictures.rglob("*.png"))[::5]
    ensemble = joined(*pair)

    found = answers(ensemble, tiny_library, files)

    np.testing.assert_array_equal(found, mean_of_runs(pair, tiny_library, files, ensemble))
    assert np.abs(answers(pair[0], tiny_library, files) - found).max() > 0.01


def test_models_that_read_texts_in_different_ways_answer_together(
    joined, letter_run, fine_tuned_letter_run, tiny_library, tmp_path
):
    runs = letter_run("tfidf_linear"), letter_run("tiny_vectors"), fine_tuned_letter_run
    ensemble = joined(*runs)
    files = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for file, text in zip(files, ("the hungry cat", "oil price"), strict=True):
        file.write_text(text)

    found = answers(ensemble, tiny_library, files)

    expected = mean_of_runs(runs, tiny_library, files, ensemble)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert ensemble.reference.read_bytes() == runs[1].reference.read_bytes()
    unknown = open_answerer(ensemble, tiny_library)
    assert "none of its words" in unknown.why_not(unknown.of_text("你好世界"))


def test_answers_agree_with_the_evaluation(joined, pair, tiny_library, shared_pictures, tmp_path):
    ensemble = joined(*pair)
    evaluated = [*read_predictions(ensemble.evaluation / "predictions.csv")]
    files, heard = [shared_pictures / p.file for p in evaluated], []

    wanted = Wanted(files=files, csv=tmp_path / "p.csv")
    predict_files(ensemble.path, tiny_library, wanted, Channel(None, [heard.append]))

    said = [event for event in heard if isinstance(event, SamplePredicted)]
    assert [event.predicted for event in said] == [p.predicted for p in evaluated]


def test_ensemble_is_judged_as_any_run_and_beside_its_best_member(joined, pair):
    ensemble = joined(*pair)
    evaluation = ensemble.read_evaluation()
    singles = [run.read_evaluation().accuracy.value for run in pair]
    best = evaluation.best_member

    assert evaluation.num_samples == pair[0].read_evaluation().num_samples
    assert best.accuracy.value == max(singles)
    assert best.name == pair[singles.index(max(singles))].path.name
    told = [
        [*read_predictions(run.evaluation / "predictions.csv")]
        for run in (pair[singles.index(max(singles))], ensemble)
    ]
    compared = compare_answers(*told)
    assert best.p_value == compared.p_value
    assert best.num_won + best.num_lost == len(compared.flips)
    assert not evaluation.deals_differ
    assert any(best.name in line for line in evaluation_lines(evaluation))


def test_events_tell_of_the_members_and_the_result_is_there_before_the_end(
    pair, tiny_library, tmp_path
):
    to, heard = tmp_path / "odd näme %20 'q", []

    def listener(event):
        heard.append(event)
        if isinstance(event, RunFinished):
            assert RunFolder(to).has_evaluation()

    make_ensemble(pair, tiny_library, to, Channel(None, [listener]))

    ensemble = RunFolder(to)
    formed = next(event for event in heard if isinstance(event, EnsembleFormed))
    assert formed.members == tuple(run.path.name for run in pair)
    assert [type(event) for event in ensemble.events()] == [EnsembleFormed, RunFinished]
    assert ensemble.status() == "finished"
    assert heard[-1].test_accuracy == ensemble.read_evaluation().accuracy
    assert heard[-1].run == str(to)


def test_members_may_be_deleted_afterwards(pair, tiny_library, tmp_path):
    copies = [RunFolder(shutil.copytree(run.path, tmp_path / f"{n}")) for n, run in enumerate(pair)]
    make_ensemble(copies, tiny_library, tmp_path / "together", Channel())
    ensemble = RunFolder(tmp_path / "together")
    before = ensemble.read_evaluation()
    for run in copies:
        shutil.rmtree(run.path)

    assert evaluate_run(ensemble, tiny_library, Channel()) == before
    stored = {p.name for p in (ensemble.path / "members" / "2").rglob("*") if p.is_file()}
    assert "tensors.safetensors" in stored


def test_nothing_that_only_training_needs_is_copied(joined, pair):
    kept = [m.checkpoints for m in joined(*pair).members]
    sizes = [sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) for folder in kept]
    whole = sum(p.stat().st_size for p in pair[1].checkpoints.rglob("*") if p.is_file())
    assert sizes[1] < whole / 2


def test_ensemble_joins_another_one_as_its_members(
    joined, pair, trained_once, shared_pictures, tiny_library, tmp_path
):
    third = trained_once(shared_pictures, "tiny_vit")
    make_ensemble([joined(*pair), third], tiny_library, tmp_path / "three", Channel())
    ensemble = RunFolder(tmp_path / "three")

    assert len(ensemble.members) == 3
    file = next(shared_pictures.rglob("*.png"))
    found = answers(ensemble, tiny_library, [file])
    expected = mean_of_runs((*pair, third), tiny_library, [file], ensemble)
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(TlguiError, match="ensemble_twice"):
        make_ensemble([ensemble, third], tiny_library, tmp_path / "four", Channel())
    assert not (tmp_path / "four").exists()


def test_sample_that_one_member_has_learned_from_judges_nothing(
    finished_run, trained_once, shared_pictures, tiny_library, tmp_path
):
    other = trained_once(shared_pictures, "tiny", seed="3", split="40/20/40")
    heard = []
    make_ensemble(
        (finished_run, other), tiny_library, tmp_path / "e", Channel(None, [heard.append])
    )

    ensemble = RunFolder(tmp_path / "e")
    learned = {
        sample.digest
        for run in (finished_run, other)
        for sample in run.read_dataset().samples
        if sample.split == "train"
    }
    chosen = {
        sample.digest
        for run in (finished_run, other)
        for sample in run.read_dataset().of_split("validation")
    }
    told = [*read_predictions(ensemble.evaluation / "predictions.csv")]
    assert told
    assert not {p.digest for p in told} & (learned | chosen)
    validation = ensemble.read_dataset().of_split("validation")
    assert validation
    assert not {s.digest for s in validation} & learned
    assert ensemble.read_evaluation().certainty.num_samples == len(validation)
    [problem] = [event.problem for event in heard if isinstance(event, ProblemFound)]
    assert (problem.code, problem.count) == ("deals_differ", len(told))
    assert ensemble.read_evaluation().deals_differ


def test_runs_that_do_not_fit_are_refused_with_the_reason(
    finished_run, letter_run, own_finished_run, tiny_library, tmp_path
):
    letters = letter_run("tfidf_linear")
    dataset = own_finished_run.read_dataset()
    own_finished_run.write_dataset(replace(dataset, classes=("disk", "square", "star")))
    for other, word in ((letters, "texts"), (own_finished_run, "star")):
        with pytest.raises(TlguiError, match="ensemble_mismatch") as error:
            make_ensemble([finished_run, other], tiny_library, tmp_path / "e", Channel())
        assert word in str(error.value.detail["reason"])
    own_finished_run.write_dataset(dataset)
    with pytest.raises(TlguiError, match="ensemble_twice"):
        make_ensemble([finished_run, own_finished_run], tiny_library, tmp_path / "e", Channel())
    with pytest.raises(TlguiError, match="ensemble_size"):
        make_ensemble([finished_run], tiny_library, tmp_path / "e", Channel())
    assert [path.name for path in tmp_path.glob("e*")] == []


def test_texts_of_another_column_are_other_texts(letter_run, tiny_library, tmp_path):
    run = letter_run("tfidf_linear")
    other = RunFolder(shutil.copytree(run.path, tmp_path / "body-1"))
    other.write_dataset(replace(run.read_dataset(), text_column="body"))

    with pytest.raises(TlguiError, match="ensemble_mismatch") as error:
        make_ensemble([run, other], tiny_library, tmp_path / "e", Channel())

    assert "subject and body" in str(error.value.detail["reason"])


def test_run_that_has_not_ended_joins_nothing(make_run, finished_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="no_result_yet"):
        make_ensemble([finished_run, make_run()], tiny_library, tmp_path / "e", Channel())


def test_run_that_is_being_trained_is_not_copied(
    finished_run, own_finished_run, tiny_library, tmp_path
):
    with own_finished_run.locked(), pytest.raises(TlguiError, match="run_busy"):
        make_ensemble([finished_run, own_finished_run], tiny_library, tmp_path / "e", Channel())


def test_folder_with_other_files_is_left_alone(pair, tiny_library, tmp_path):
    (tmp_path / "mine.txt").write_text("precious")

    with pytest.raises(TlguiError, match="folder_not_empty"):
        make_ensemble(pair, tiny_library, tmp_path, Channel())

    assert (tmp_path / "mine.txt").read_text() == "precious"


@pytest.mark.parametrize("end", ["stop", "disk"])
def test_end_on_the_way_leaves_nothing(pair, tiny_library, tmp_path, monkeypatch, end):
    def evaluate(*_arguments):
        raise JobStopped if end == "stop" else TlguiError("disk_full", path="e")

    monkeypatch.setattr(ensembles, "evaluate_run", evaluate)

    with pytest.raises((JobStopped, TlguiError)):
        make_ensemble(pair, tiny_library, tmp_path / "e", Channel())

    assert [*tmp_path.iterdir()] == []


KILLED = """
import os, signal, sys
from pathlib import Path
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.results import ensemble
ensemble.evaluate_run = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
runs = [RunFolder(Path(path)) for path in sys.argv[2:]]
ensemble.make_ensemble(runs, None, Path(sys.argv[1]), Channel())
"""


@pytest.mark.skipif(os.name == "nt", reason="a kill of POSIX systems")
def test_kill_on_the_way_leaves_no_run_and_the_next_try_has_its_place(pair, tiny_library, tmp_path):
    to = tmp_path / "together-1"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, to, *(run.path for run in pair)],
        check=False,
        cwd=Path(__file__).parents[3],
    )

    assert done.returncode == -9
    assert (tmp_path / "together-1.partial" / "plan.json").exists(), "it was on its way"
    assert list_runs(tmp_path) == ()
    make_ensemble(pair, tiny_library, to, Channel())
    assert [run.path for run in list_runs(tmp_path)] == [to]
    assert [path.name for path in tmp_path.iterdir()] == ["together-1"]


def test_ensemble_says_what_it_is_made_of(joined, pair):
    record = json.loads((joined(*pair).path / "plan.json").read_text())

    assert record["preset"] == record["strategy"] == "ensemble"
    assert [member["strategy"] for member in record["members"]] == [
        "feature_extraction",
        "head_then_all",
    ]


def test_what_needs_a_single_model_names_those_of_an_ensemble(joined, pair):
    with pytest.raises(TlguiError, match="ensemble_has_no_model") as error:
        best_checkpoint(joined(*pair))

    assert error.value.detail["known"] == ", ".join(run.path.name for run in pair)
