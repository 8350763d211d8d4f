"""New files and an exported model."""

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.events import PredictionFinished
from tlgui.engine import child
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.results.export import export_run
from tlgui.engine.results.predict import Wanted, predict_files

KINDS = ("pictures", "texts")


@pytest.fixture(scope="module")
def exported(request, tiny_library, tmp_path_factory):
    """Return a function that gives a run, its bundle and new files."""
    found = {}

    def export(kind):
        if kind not in found:
            bundle = tmp_path_factory.mktemp("bundles") / "odd näme %20 'q"
            if kind == "pictures":
                run = request.getfixturevalue("finished_run")
                files = [request.getfixturevalue("shared_pictures")]
            else:
                run = request.getfixturevalue("letter_run")("tfidf_linear")
                files = [request.getfixturevalue("letters")]
            export_run(run, tiny_library, "onnx", bundle, Channel())
            found[kind] = run, bundle, files
        return found[kind]

    return export


@pytest.fixture
def bundle(exported, tmp_path):
    """A bundle of texts that a test may change."""
    return shutil.copytree(exported("texts")[1], tmp_path / "bundle")


def predict(model, library, files, path, channel=None):
    heard = []
    wanted = Wanted(files=files, csv=path)
    predict_files(model, library, wanted, channel or Channel(None, [heard.append]))
    with path.open(encoding="utf-8", newline="") as file:
        return heard, list(csv.DictReader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_bundle_gives_the_answers_of_its_run(exported, tiny_library, tmp_path, kind):
    run, bundle, files = exported(kind)
    _, expected = predict(run.path, tiny_library, files, tmp_path / "run.csv")

    heard, rows = predict(bundle, tiny_library, files, tmp_path / "bundle.csv")

    assert isinstance(heard[-1], PredictionFinished)
    assert heard[-1].num_samples == len(expected)
    for row, theirs in zip(rows, expected, strict=True):
        assert {k: v for k, v in row.items() if not k.startswith("p")} == {
            k: v for k, v in theirs.items() if not k.startswith("p")
        }
        for name in run.read_dataset().classes:
            assert float(row[f"p:{name}"]) == pytest.approx(float(theirs[f"p:{name}"]), abs=1e-4)


def test_bundle_that_was_changed_is_not_opened(bundle, tiny_library, letters, tmp_path):
    model = bundle / "model.onnx"
    model.write_bytes(model.read_bytes() + b"x")

    with pytest.raises(TlguiError, match="bundle_damaged") as error:
        predict(bundle, tiny_library, [letters], tmp_path / "p.csv")

    assert error.value.exit_code == 3
    assert "model.onnx" in error.value.detail["reason"]
    assert not (tmp_path / "p.csv").exists()


def test_folder_of_neither_kind_is_named(tiny_library, letters, tmp_path):
    with pytest.raises(TlguiError, match="model_missing") as error:
        predict(tmp_path, tiny_library, [letters], tmp_path / "p.csv")

    assert error.value.exit_code == 3


ANSWERS = {
    "nothing": "sys.exit(3)",
    "no probabilities": "print(json.dumps({'probabilities': [[2.0]], 'seconds': 0.1}))",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_model_that_answers_nonsense_is_an_error_of_its_bundle(
    bundle, tiny_library, letters, tmp_path, monkeypatch, answer
):
    script = f"import json, sys; sys.stdin.readline(); {ANSWERS[answer]}"
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-I", "-S", "-c", script])

    with pytest.raises(TlguiError) as error:
        predict(bundle, tiny_library, [letters], tmp_path / "p.csv")

    assert error.value.exit_code == 3
    assert error.value.detail["path"] == str(bundle)


def test_stop_does_not_wait_for_a_model_that_never_answers(
    bundle, tiny_library, letters, tmp_path, monkeypatch
):
    script = "import sys; sys.stdin.read()"
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-I", "-S", "-c", script])
    channel = Channel()
    ask = child.FreshModel.of_items

    def stopped(model, items):
        channel.request = "stop"
        return ask(model, items)

    monkeypatch.setattr(child.FreshModel, "of_items", stopped)
    with pytest.raises(JobStopped):
        predict(bundle, tiny_library, [letters], tmp_path / "p.csv", channel)

    assert list(tmp_path.glob("p.csv*")) == []


def test_column_that_the_run_learned_from_is_known_to_its_bundle(exported):
    run, bundle, _ = exported("texts")
    settings = json.loads(Path(bundle, "preprocessing.json").read_text(encoding="utf-8"))
    assert settings["text_column"] == run.read_dataset().text_column == "subject"
