"""A bundle that works where tlgui is not."""

import hashlib
import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine import child
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.child import FreshModel
from tlgui.engine.data.images import decode
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.results.export import export_run

TOKENS = {"tokenizer.json", "LICENSE", "NOTICE"}  # the license is that of pretrained weights
TEXT_BUNDLES = {
    "vectors": ("tiny_vectors", TOKENS),
    "first token": ("tiny_text", TOKENS),
    "fine-tuned": ("tiny_text", TOKENS),
    "word counts": ("tfidf_linear", {"vocabulary.json"}),
}
PICTURE_BUNDLES = ("solved pictures", "fine-tuned pictures")


@pytest.fixture(scope="module")
def exported(request, letter_run, tiny_library, tmp_path_factory):
    """Return a function that gives a run, its bundle and what was told, exported only once."""
    runs = {
        "solved pictures": lambda: request.getfixturevalue("finished_run"),
        "fine-tuned pictures": lambda: request.getfixturevalue("fine_tuned_run"),
        "vectors": lambda: letter_run("tiny_vectors"),
        "first token": lambda: letter_run("tiny_text", pooling="first_token"),
        "fine-tuned": lambda: request.getfixturevalue("fine_tuned_letter_run"),
        "word counts": lambda: letter_run("tfidf_linear"),
    }
    bundles = {}

    def export(kind):
        if kind not in bundles:
            run, bundle, heard = runs[kind](), tmp_path_factory.mktemp("bundles") / "bundle", []
            export_run(run, tiny_library, "keras", bundle, Channel(None, [heard.append]))
            bundles[kind] = run, bundle, heard
        return bundles[kind]

    return export


FRESH = """
import json, sys
from pathlib import Path
import numpy as np
import keras
answers = []
for bundle, pictures in zip(sys.argv[1::2], sys.argv[2::2]):
    model = keras.saving.load_model(Path(bundle, "model.keras"))
    labels = json.loads(Path(bundle, "labels.json").read_text(encoding="utf-8"))
    answers += [
        labels[int(model.predict(p[None], verbose=0)[0].argmax())]
        for p in np.load(pictures).values()
    ]
assert not any(name.split(".")[0] == "tlgui" for name in sys.modules)
print(json.dumps(answers))
"""


def test_plain_keras_gives_the_answers_of_the_run(exported, tmp_path):
    words, expected = [], []
    for kind in PICTURE_BUNDLES:
        run, bundle, _ = exported(kind)
        dataset = run.read_dataset()
        files = [Path(dataset.folder, sample.path) for sample in dataset.of_split("test")]
        np.savez(tmp_path / f"{kind}.npz", *(np.asarray(decode(file).pixels) for file in files))
        words += [bundle, tmp_path / f"{kind}.npz"]
        rows = (run.evaluation / "predictions.csv").read_text().splitlines()[1:]
        expected += [row.split(",")[2] for row in rows]

    done = subprocess.run(
        [sys.executable, "-I", "-c", FRESH, *words], capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout.splitlines()[-1]) == expected


def test_bundle_holds_everything_a_receiver_needs(exported):
    run, bundle, heard = exported("solved pictures")
    certificate = json.loads((bundle / "certificate.json").read_text())

    assert {file.name for file in bundle.iterdir()} == {
        "model.keras",
        "labels.json",
        "preprocessing.json",
        "certificate.json",
        "LICENSE",
        "NOTICE",
        "README.md",
    }
    assert json.loads((bundle / "labels.json").read_text()) == ["disk", "square", "triangle"]
    assert certificate["label_agreement"] == heard[-1].label_agreement == 1.0
    assert certificate["num_samples"] == run.read_evaluation().num_samples
    assert certificate["max_probability_difference"] < 0.05
    for name, digest in certificate["sha256"].items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest


def test_resize_and_scaling_are_in_the_model_and_calling_it_equals_predict(exported):
    model = keras.saving.load_model(exported("solved pictures")[1] / "model.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (1, 50, 70, 3)).astype(np.float32)

    called = keras.ops.convert_to_numpy(model(pixels))

    assert model.input_shape == (None, None, None, 3)
    np.testing.assert_allclose(called, model.predict(pixels, verbose=0), atol=1e-6)
    np.testing.assert_allclose(called.sum(), 1, rtol=1e-5)


@pytest.fixture
def wrong_model(monkeypatch):
    """A fresh process that need not load anything, whose answer is always the last class."""
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    wrong = lambda self, pixels: np.array([0.0, 0.0, 1.0], np.float32)  # noqa: E731
    monkeypatch.setattr(child, "_command", lambda: command)
    monkeypatch.setattr(FreshModel, "of_picture", wrong)


@pytest.mark.usefixtures("wrong_model")
def test_model_that_disagrees_is_not_handed_out(finished_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="export_disagrees"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert not (tmp_path / "b").exists()


def test_folder_with_other_files_is_left_alone(finished_run, tiny_library, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("precious")

    with pytest.raises(TlguiError, match="folder_not_empty"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert (tmp_path / "b" / "thesis.txt").read_text() == "precious"


def test_bundle_does_not_become_part_of_the_run(finished_run, tiny_library):
    with pytest.raises(TlguiError, match="path_not_usable"):
        export_run(finished_run, tiny_library, "keras", finished_run.path / "bundle", Channel())

    assert not (finished_run.path / "bundle").exists()


def test_unknown_format_names_the_known_ones(finished_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="export_format_unknown") as error:
        export_run(finished_run, tiny_library, "word", tmp_path / "b", Channel())

    assert error.value.detail["known"] == "keras"


@pytest.mark.usefixtures("wrong_model")
def test_cancel_leaves_no_half_bundle(finished_run, tiny_library, tmp_path):
    channel = Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", channel)

    assert list(tmp_path.glob("b*")) == []


@pytest.mark.parametrize("kind", TEXT_BUNDLES)
def test_bundle_of_texts_agrees_and_holds_everything_a_receiver_needs(exported, kind):
    run, bundle, _ = exported(kind)
    preset, own = TEXT_BUNDLES[kind]
    certificate = json.loads((bundle / "certificate.json").read_text())

    assert {file.name for file in bundle.iterdir()} == own | {
        "model.keras",
        "labels.json",
        "preprocessing.json",
        "certificate.json",
        "predict.py",
        "README.md",
    }
    assert certificate["label_agreement"] == 1.0
    assert certificate["num_samples"] == run.read_evaluation().num_samples
    assert certificate["max_probability_difference"] < 1e-4
    for name, digest in certificate["sha256"].items():
        assert hashlib.sha256((bundle / name).read_bytes()).hexdigest() == digest
    assert {*certificate["sha256"]} == {file.name for file in bundle.iterdir()} - {
        "certificate.json"
    }
    assert run.read_plan().preset == preset


# as if tlgui were not installed
WITHOUT_TLGUI = """
import runpy, sys
sys.modules["tlgui"] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("kind", ["fine-tuned", "word counts"])
def test_script_of_a_bundle_answers_like_the_run_where_tlgui_is_not(exported, kind, tmp_path):
    run, bundle, _ = exported(kind)
    dataset = run.read_dataset()
    samples = dataset.of_split("test")
    [texts] = RawTexts(dataset, Channel()).batches(samples, len(samples))
    rows = (run.evaluation / "predictions.csv").read_text().splitlines()[1:]
    probabilities = [float(row.split(",")[3]) for row in rows]
    threshold = sum(sorted(probabilities)[1:3]) / 2
    bundle = shutil.copytree(bundle, tmp_path / "bundle")
    settings = json.loads((bundle / "preprocessing.json").read_text())
    assert settings["not_sure_below"] == 0
    (bundle / "preprocessing.json").write_text(
        json.dumps({**settings, "not_sure_below": threshold})
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", WITHOUT_TLGUI, bundle / "predict.py", *texts],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )

    answers = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") == 2]
    assert [answer[2] for answer in answers] == [*texts]
    assert [answer[0] for answer in answers] == [
        row.split(",")[2] if probability >= threshold else "not sure"
        for row, probability in zip(rows, probabilities, strict=True)
    ]
    assert [float(answer[1]) for answer in answers] == pytest.approx(probabilities, abs=1e-3)


@pytest.mark.parametrize("script", ["predict_tokens.py", "predict_word_counts.py"])
def test_script_that_is_asked_nothing_says_how_it_is_used(script, monkeypatch):
    path = resources_folder() / "bundle" / script
    monkeypatch.setattr(sys, "argv", [str(path)])

    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")

    # Python writes a text to stderr and ends with 1
    assert 'python predict.py "the first text"' in ended.value.code
