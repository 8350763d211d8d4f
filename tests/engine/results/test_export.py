"""A bundle that works where tlgui is not."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from onnxruntime import InferenceSession
from PIL import Image

from tests.engine.results.export_pairs import ADDED, FLAGGED, PICTURES, pairs
from tlgui.core import export_formats
from tlgui.core.errors import TlguiError
from tlgui.core.export_formats import EXPORT_FORMATS, ExportFormat, Package
from tlgui.engine import child
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.child import Answered, FreshModel
from tlgui.engine.data.images import decode
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.models.classifiers import certainty_of
from tlgui.engine.results.bundle_files import WRITERS
from tlgui.engine.results.certificate import digests
from tlgui.engine.results.export import export_run
from tlgui.engine.results.predict import Wanted, predict_files
from tlgui.engine.results.writers.onnx_weights import make_smaller

EVERY_BUNDLE = {
    "labels.json",
    "preprocessing.json",
    "certificate.json",
    "requirements.txt",
    "predict.py",
    "model_runtime.py",
    "selftest.py",
    "README.md",
    "MODEL_CARD.md",
    "golden/answers.json",
}
TOKENS = {"tokenizer.json", "LICENSE", "NOTICE"}  # the license is that of pretrained weights
COMPANIONS = {
    **{kind: {"LICENSE", "NOTICE"} for kind in PICTURES},
    "vectors": TOKENS,
    "first token": TOKENS,
    "fine-tuned texts": TOKENS,
    "texts together": TOKENS,
    "word counts": {"vocabulary.json"},
    **{kind: TOKENS for kind in ADDED},
}
FEW_STEPS = {"epochs": "1", "batch_size": "8", "learning_rate": "0.01"}
PAIRS = pytest.mark.parametrize(("name", "kind"), [*pairs()])


RUNS = {
    "solved pictures": lambda known: known("finished_run"),
    "fine-tuned pictures": lambda known: known("fine_tuned_run"),
    "transformer of pictures": lambda known: known("trained_once")(
        known("shared_pictures"), "tiny_vit"
    ),
    "pictures together": lambda known: known("joined")(
        *(RUNS[kind](known) for kind in ("solved pictures", "fine-tuned pictures"))
    ),
    "vectors": lambda known: known("letter_run")("tiny_vectors"),
    "first token": lambda known: known("letter_run")("tiny_text", pooling="first_token"),
    "fine-tuned texts": lambda known: known("fine_tuned_letter_run"),
    "word counts": lambda known: known("letter_run")("tfidf_linear"),
    "texts together": lambda known: known("joined")(
        *(RUNS[kind](known) for kind in ("first token", "fine-tuned texts"))
    ),
    **{
        kind: lambda known, strategy=strategy: known("letter_run")(
            "tiny_text", strategy, **FEW_STEPS
        )
        for kind, strategy in ADDED.items()
    },
}


@pytest.fixture(scope="module")
def exported(request, judged_again, tiny_library, tmp_path_factory):
    """Return a function that gives a run, its bundle and what was told, exported only once."""
    known = request.getfixturevalue
    runs, bundles = {}, {}

    def export(name, kind, quantize=""):
        if (name, kind, quantize) not in bundles:
            if kind not in runs:
                run = RUNS[kind](known)
                runs[kind] = run if run.read_plan().members else judged_again(run)
            run, bundle, heard = runs[kind], tmp_path_factory.mktemp("bundles") / "b", []
            export_run(run, tiny_library, name, bundle, Channel(None, [heard.append]), quantize)
            bundles[name, kind, quantize] = run, bundle, heard[-1]
        return bundles[name, kind, quantize]

    return export


def test_every_format_has_a_writer_and_no_writer_is_left_over():
    assert {*WRITERS} == {*EXPORT_FORMATS}


@PAIRS
def test_bundle_agrees_and_holds_everything_a_receiver_needs(exported, name, kind):
    run, bundle, finished = exported(name, kind)
    certificate = json.loads((bundle / "certificate.json").read_text())
    settings = json.loads((bundle / "preprocessing.json").read_text())
    files = {file.relative_to(bundle).as_posix() for file in bundle.rglob("*") if file.is_file()}

    assert certificate["label_agreement"] == finished.label_agreement == 1.0
    assert certificate["num_samples"] == run.read_evaluation().num_samples
    assert certificate["max_probability_difference"] < 0.05
    assert certificate["golden"]["label_agreement"] == 1.0
    assert certificate["samples_per_second"] > 0
    assert certificate["validation"] is None
    flags = name != "keras_hub" and kind != "word counts" and "together" not in kind
    assert settings["flags_unfamiliar"] is flags
    for found in (certificate, certificate["golden"]):
        assert found.get("flag_agreement") == (1 if flags else None)
        assert found.get("max_strangeness_difference", 0) < 0.05
    assert files >= EVERY_BUNDLE | COMPANIONS[kind]
    assert {*certificate["sha256"]} == files - {"certificate.json"}
    for file, digest in certificate["sha256"].items():
        assert hashlib.sha256((bundle / file).read_bytes()).hexdigest() == digest
    assert (settings["format"], settings["quantize"]) == (name, "")
    assert (bundle / settings["model"]).exists()
    assert settings["classes"] == json.loads((bundle / "labels.json").read_text())
    assert settings["modality"] == run.read_dataset().modality
    assert finished.num_bytes == sum((bundle / file).stat().st_size for file in files)
    assert 0 < finished.model_bytes < finished.num_bytes
    assert sum((bundle / f).stat().st_size for f in files if f.startswith("golden/")) < 1_000_000


def test_bundle_is_as_sure_as_the_run(exported):
    """The temperature is that of the run's own answers, which the certificate compares with."""
    run, bundle, _ = exported("onnx", "first token")

    certainty = certainty_of(run, run.read_evaluation().epoch)

    assert certainty.temperature != 1
    assert json.loads((bundle / "certificate.json").read_text())[
        "max_probability_difference"
    ] == pytest.approx(0, abs=1e-4)


QUANTIZED = (
    ("onnx", "word counts", "int8"),
    ("openvino", "vectors", "float16"),
    *(
        pytest.param(name, kind, quantize, marks=pytest.mark.slow)
        for name in ("onnx", "litert", "openvino")
        for kind in ("solved pictures", "transformer of pictures", "first token", "vectors")
        for quantize in ("float16", "int8")
        if (name, kind, quantize) != ("openvino", "vectors", "float16")
        and quantize in EXPORT_FORMATS[name].picture_quantizations
    ),
)


@pytest.mark.parametrize(("name", "kind", "quantize"), QUANTIZED)
def test_price_of_smaller_weights_is_measured_on_the_validation_part(
    exported, name, kind, quantize
):
    run, bundle, finished = exported(name, kind, quantize)
    certificate = json.loads((bundle / "certificate.json").read_text())
    price = certificate["validation"]

    assert certificate["quantize"] == finished.quantize == quantize
    settings = json.loads((bundle / "preprocessing.json").read_text())
    assert settings["flags_unfamiliar"] is False, "its limit is that of the weights as they were"
    assert "flag_agreement" not in certificate
    assert price["num_samples"] == len(run.read_dataset().of_split("validation"))
    assert price["accuracy"] == finished.accuracy
    assert price["float_accuracy"] == finished.float_accuracy
    assert 0 <= price["accuracy"] <= 1
    assert price["float_model_bytes"] == finished.float_model_bytes > 0
    assert finished.float_samples_per_s > 0
    assert not (bundle / "float").exists(), "what it was compared with stays out"
    assert {*certificate["sha256"]} == {*digests(bundle)}


@pytest.mark.parametrize("quantize", ["float16", "int8"])
def test_smaller_weights_of_convolutions_answer_almost_alike(exported, tmp_path, quantize):
    run, bundle, _ = exported("onnx", "solved pictures")
    model = Path(shutil.copy(bundle / "model.onnx", tmp_path))
    picture = Path(run.read_dataset().folder, run.read_dataset().of_split("test")[0].path)
    pixels = np.asarray(decode(picture).pixels, np.float32)[np.newaxis]

    make_smaller(model, quantize)

    sessions = [InferenceSession(str(path)) for path in (bundle / "model.onnx", model)]
    before, after = (session.run(None, {"pixels": pixels})[0] for session in sessions)
    assert model.stat().st_size < (bundle / "model.onnx").stat().st_size
    np.testing.assert_allclose(before, after, atol=0.05)


PROGRAM = """
import runpy, sys
sys.modules["tlgui"] = None
sys.argv = sys.argv[1:]
sys.path.insert(0, str(__import__("pathlib").Path(sys.argv[0]).parent))
sys.dont_write_bytecode = True
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def _run(bundle: Path, script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script of a bundle as if tlgui were not installed."""
    command = [sys.executable, "-I", "-c", PROGRAM, bundle / script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("onnx", "first token"),
        ("onnx", "word counts"),
        pytest.param("keras", "fine-tuned texts", marks=pytest.mark.slow),
    ],
)
def test_script_answers_texts_like_the_run_where_tlgui_is_not(exported, tmp_path, name, kind):
    run, bundle, _ = exported(name, kind)
    dataset = run.read_dataset()
    samples = dataset.of_split("test")
    [texts] = RawTexts(dataset, Channel()).batches(samples, len(samples))
    answers = _answers(run)
    threshold = sum(sorted(p for _, p in answers)[1:3]) / 2
    bundle = shutil.copytree(bundle, tmp_path / "odd näme %20 'q")
    _change(bundle / "preprocessing.json", not_sure_below=threshold)

    done = _run(bundle, "predict.py", *texts)

    found = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") >= 2]
    assert [row[2] for row in found] == [*texts]
    assert [row[0] for row in found] == [
        label if probability >= threshold else "not sure" for label, probability in answers
    ]
    assert [float(row[1]) for row in found] == pytest.approx([p for _, p in answers], abs=1e-3)


def test_script_answers_files_of_pictures_like_the_run_where_tlgui_is_not(exported):
    run, bundle, _ = exported("onnx", "solved pictures")
    dataset = run.read_dataset()
    files = [Path(dataset.folder, sample.path) for sample in dataset.of_split("test")]

    done = _run(bundle, "predict.py", *files)

    found = [line.split("\t") for line in done.stdout.splitlines()]
    assert [row[2] for row in found] == [str(file) for file in files]
    assert [row[0] for row in found] == [label for label, _ in _answers(run)]


def _answers(run):
    with (run.evaluation / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return [(row[2], float(row[3])) for row in list(csv.reader(file))[1:]]


def _change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_selftest_passes_where_nothing_has_changed(exported):
    _, bundle, _ = exported("onnx", "solved pictures")

    done = _run(bundle, "selftest.py")

    assert done.returncode == 0, done.stderr
    assert "the answers to 3 samples are the same" in done.stdout


@pytest.mark.parametrize("name", ["model.onnx", "golden/1.png", "predict.py"])
def test_selftest_names_a_file_with_one_wrong_byte(exported, tmp_path, name):
    bundle = shutil.copytree(exported("onnx", "solved pictures")[1], tmp_path / "b")
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)

    done = _run(bundle, "selftest.py")

    assert (done.returncode, done.stdout) == (1, "")
    assert name in done.stderr


def test_selftest_fails_where_the_model_answers_otherwise(exported, tmp_path):
    bundle = shutil.copytree(exported("onnx", "solved pictures")[1], tmp_path / "b")
    golden = bundle / "golden" / "answers.json"
    rows = json.loads(golden.read_text())["probabilities"]
    _change(golden, probabilities={name: [*reversed(row)] for name, row in rows.items()})
    _change(bundle / "certificate.json", sha256=digests(bundle))

    done = _run(bundle, "selftest.py")

    assert (done.returncode, done.stdout) == (1, "")
    assert "The answers to 3 samples differ" in done.stderr


@pytest.fixture
def strangers(tmp_path):
    """Return a function that writes a sample like nothing that was learned from."""

    def write(kind):
        path = tmp_path / "stranger"
        if kind in PICTURES:
            noise = np.random.default_rng(0).integers(0, 256, (40, 32, 3), np.uint8)
            Image.fromarray(noise).save(path := path.with_suffix(".png"))
        else:
            (path := path.with_suffix(".txt")).write_text("?!? %$ 123 ### " * 9)
        return path

    return write


def _predicted(model, library, files, path):
    predict_files(model, library, Wanted(files=files, csv=path), Channel())
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("name", "kind"), FLAGGED)
def test_stranger_is_flagged_as_by_the_run(exported, strangers, tiny_library, tmp_path, name, kind):
    run, bundle, _ = exported(name, kind)
    files = [Path(run.read_dataset().source), strangers(kind)]
    ours = _predicted(run.path, tiny_library, files, tmp_path / "run.csv")

    theirs = _predicted(bundle, tiny_library, files, tmp_path / "bundle.csv")

    assert ours[-1]["unfamiliar"] == theirs[-1]["unfamiliar"] == "yes"
    for row, own in zip(theirs, ours, strict=True):
        strange = float(own["strangeness"])
        assert float(row["strangeness"]) == pytest.approx(strange, rel=0.01, abs=0.01)
        # the limit is the distance of a sample, which rounding may bring to either side
        assert row["unfamiliar"] == own["unfamiliar"] or abs(strange - 1) < 0.01


@pytest.mark.parametrize(
    ("name", "kind"), [("onnx", "solved pictures"), ("litert", "fine-tuned texts")]
)
def test_script_says_beside_its_answer_that_something_is_strange(exported, strangers, name, kind):
    _, bundle, _ = exported(name, kind)
    golden, stranger = bundle / "golden" / "1", strangers(kind)
    files = [golden.with_suffix(stranger.suffix), stranger]
    asked = [*map(str, files)] if kind in PICTURES else [file.read_text() for file in files]

    done = _run(bundle, "predict.py", *asked)

    said = [line.split("\t")[2:] for line in done.stdout.splitlines() if "\t" in line]
    assert said == [[asked[0]], [asked[1], "unlike anything it was trained on"]]


def test_bundle_that_says_nothing_of_flags_is_read_as_before(
    exported, strangers, tiny_library, tmp_path
):
    bundle = shutil.copytree(exported("onnx", "solved pictures")[1], tmp_path / "old")
    _change(bundle / "preprocessing.json", flags_unfamiliar=None)
    _change(bundle / "certificate.json", sha256=digests(bundle))

    [row] = _predicted(bundle, tiny_library, [strangers("solved pictures")], tmp_path / "p.csv")

    assert row["predicted"]
    assert (row["unfamiliar"], row["strangeness"]) == ("", "")


def test_selftest_fails_where_the_flag_has_changed(exported, tmp_path):
    bundle = shutil.copytree(exported("onnx", "solved pictures")[1], tmp_path / "b")
    golden = bundle / "golden" / "answers.json"
    rows = json.loads(golden.read_text())["strangeness"]
    _change(golden, strangeness={name: value + 0.5 for name, value in rows.items()})
    _change(bundle / "certificate.json", sha256=digests(bundle))

    done = _run(bundle, "selftest.py")

    assert (done.returncode, done.stdout) == (1, "")
    assert "unlike the training data" in done.stderr


@pytest.mark.parametrize("script", ["predict_pictures", "predict_tokens", "predict_word_counts"])
def test_script_that_is_asked_nothing_says_how_it_is_used(exported, script):
    kinds = {"predict_pictures": "solved pictures", "predict_tokens": "first token"}
    _, bundle, _ = exported("onnx", kinds.get(script, "word counts"))

    done = _run(bundle, "predict.py")

    assert done.returncode == 1
    assert "python predict.py" in done.stderr


def test_resize_and_scaling_are_in_the_model_and_calling_it_equals_predict(exported):
    model = keras.saving.load_model(exported("keras", "solved pictures")[1] / "model.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (1, 50, 70, 3)).astype(np.float32)

    called = keras.tree.map_structure(keras.ops.convert_to_numpy, model(pixels))

    assert model.input_shape == (None, None, None, 3)
    said = model.predict(pixels, verbose=0)
    for name in ("probabilities", "strangeness"):
        np.testing.assert_allclose(called[name], said[name], atol=1e-6)
    np.testing.assert_allclose(called["probabilities"].sum(), 1, rtol=1e-5)


def test_preset_is_one_that_keras_hub_loads(exported):
    import keras_hub

    _, bundle, _ = exported("keras_hub", "first token")

    backbone = keras_hub.models.Backbone.from_preset(str(bundle / "preset"))

    assert type(backbone) is keras_hub.models.BertBackbone


def test_openvino_tells_nobody(exported):
    exported("openvino", "solved pictures")

    from openvino.tools.ovc import telemetry_utils

    assert telemetry_utils.tm.__name__ == "openvino.tools.ovc.telemetry_stub"


@pytest.fixture
def wrong_model(monkeypatch):
    """A fresh process that need not load anything, whose answer is always the last class."""
    command = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]
    wrong = Answered(probabilities=np.array([[0.0, 0.0, 1.0]], np.float32), seconds=1.0)
    monkeypatch.setattr(child, "_command", lambda: command)
    monkeypatch.setattr(FreshModel, "of_files", lambda self, files: wrong)
    rows = np.array([0.0, 0.0, 1.0], np.float32)
    monkeypatch.setattr(
        FreshModel,
        "of_items",
        lambda self, items: Answered(probabilities=np.stack([rows] * len(items)), seconds=1.0),
    )


@pytest.fixture
def quick_writer(monkeypatch):
    """A format that is written in no time."""

    def write(_exportable, _quantize, model):
        model.write_bytes(b"weights")
        return {}

    monkeypatch.setitem(WRITERS, "keras", write)
    monkeypatch.setitem(WRITERS, "onnx", write)


@pytest.mark.usefixtures("wrong_model", "quick_writer")
def test_model_that_disagrees_is_not_handed_out(finished_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="export_disagrees"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("wrong_model", "quick_writer")
def test_smaller_weights_may_disagree_and_say_so(finished_run, tiny_library, tmp_path):
    heard = []

    export_run(
        finished_run, tiny_library, "onnx", tmp_path / "b", Channel(None, [heard.append]), "int8"
    )

    assert heard[-1].label_agreement < 1
    assert heard[-1].accuracy == pytest.approx(1 / 3, abs=0.1)


@pytest.mark.usefixtures("quick_writer")
def test_process_that_does_not_answer_leaves_nothing(
    finished_run, tiny_library, tmp_path, monkeypatch
):
    monkeypatch.setattr(child, "_command", lambda: [sys.executable, "-I", "-S", "-c", "exit(3)"])

    with pytest.raises(TlguiError, match="export_disagrees"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert list(tmp_path.iterdir()) == []


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

    assert error.value.detail["known"] == ", ".join(EXPORT_FORMATS)


def test_weights_that_a_format_cannot_store_name_the_formats_that_can(
    finished_run, tiny_library, tmp_path
):
    with pytest.raises(TlguiError, match="export_not_possible") as error:
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel(), "int8")

    assert "onnx: " in error.value.detail["known"]
    assert "keras" not in error.value.detail["known"]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("solved pictures", "no such architecture"),
        ("vectors", "no architecture like that of Tiny texts"),
        ("fine-tuned texts", "layer_mixture"),
        pytest.param("adapters", "added layers", marks=pytest.mark.slow),
    ],
)
def test_model_that_keras_hub_has_not_is_refused_with_the_reason(
    request, letter_run, tiny_library, tmp_path, kind, reason
):
    runs = {
        "solved pictures": lambda: request.getfixturevalue("finished_run"),
        "vectors": lambda: letter_run("tiny_vectors"),
        "fine-tuned texts": lambda: request.getfixturevalue("fine_tuned_letter_run"),
        "adapters": lambda: letter_run("tiny_text", "adapters", **FEW_STEPS),
    }

    with pytest.raises(TlguiError, match="export_not_possible") as error:
        export_run(runs[kind](), tiny_library, "keras_hub", tmp_path / "b", Channel())

    assert reason in error.value.detail["reason"]
    assert "onnx" in error.value.detail["known"]
    assert list(tmp_path.iterdir()) == []


def test_missing_package_is_named_before_anything_is_computed(
    finished_run, tiny_library, tmp_path, monkeypatch
):
    missing = Package(name="not-here", module="not_here_at_all")
    known = ExportFormat(id="onnx", model="model.onnx", writing=(missing,), running=())
    monkeypatch.setitem(export_formats.EXPORT_FORMATS, "onnx", known)
    heard = []

    with pytest.raises(TlguiError, match="package_missing") as error:
        export_run(
            finished_run, tiny_library, "onnx", tmp_path / "b", Channel(None, [heard.append])
        )

    assert error.value.detail["packages"] == "not-here"
    assert "keras" in error.value.detail["known"]
    assert "onnx" not in error.value.detail["known"]
    assert heard == []


@pytest.mark.usefixtures("wrong_model", "quick_writer")
def test_cancel_leaves_no_half_bundle(finished_run, tiny_library, tmp_path):
    channel = Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", channel)

    assert list(tmp_path.glob("b*")) == []


def test_bundle_of_several_models_says_so_and_brings_every_license(exported):
    run, bundle, _ = exported("onnx", "pictures together")
    text = (bundle / "README.md").read_text(encoding="utf-8")

    assert "The mean of 2 models" in text
    assert all(f"`{member.strategy}`" in text for member in run.read_plan().members)
    assert (bundle / "LICENSE").exists()


def test_models_that_read_texts_in_different_ways_are_refused_with_a_way_out(
    joined, letter_run, tiny_library, tmp_path
):
    ensemble = joined(letter_run("tfidf_linear"), letter_run("tiny_vectors"))

    with pytest.raises(TlguiError, match="ensemble_not_exportable") as error:
        export_run(ensemble, tiny_library, "keras", tmp_path / "b", Channel())

    assert str(error.value.detail["known"]).startswith("Word counts (TF-IDF), ")
    assert not (tmp_path / "b").exists()


def test_several_models_are_no_preset_of_keras_hub(exported, tiny_library, tmp_path):
    run, _, _ = exported("keras", "texts together")

    with pytest.raises(TlguiError, match="export_not_possible") as error:
        export_run(run, tiny_library, "keras_hub", tmp_path / "b", Channel())

    assert "several" in str(error.value.detail["reason"])
