"""A bundle that works where tlgui is not."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.child import FreshModel
from tlgui.engine.data.images import decode
from tlgui.engine.results.export import export_run

FRESH = """
import json, sys
import numpy as np
import keras
model = keras.saving.load_model(sys.argv[1])
labels = json.load(open(sys.argv[2], encoding="utf-8"))
pictures = [np.load(path)[None] for path in sys.argv[3:]]
answers = [labels[int(model.predict(p, verbose=0)[0].argmax())] for p in pictures]
assert not any(name.split(".")[0] == "tlgui" for name in sys.modules)
print(json.dumps(answers))
"""


@pytest.mark.parametrize("fixture", ["finished_run", "fine_tuned_run"])
def test_plain_keras_gives_the_answers_of_the_run(request, fixture, tiny_library, tmp_path):
    run, bundle = request.getfixturevalue(fixture), tmp_path / "bundle"
    export_run(run, tiny_library, "keras", bundle, Channel())
    dataset = run.read_dataset()
    files = []
    for number, sample in enumerate(dataset.of_split("test")):
        files.append(str(tmp_path / f"{number}.npy"))
        np.save(files[-1], np.asarray(decode(Path(dataset.folder, sample.path)).pixels))

    done = subprocess.run(
        [sys.executable, "-I", "-c", FRESH, bundle / "model.keras", bundle / "labels.json", *files],
        capture_output=True,
        text=True,
        check=True,
    )

    rows = (run.evaluation / "predictions.csv").read_text().splitlines()[1:]
    assert json.loads(done.stdout.splitlines()[-1]) == [row.split(",")[2] for row in rows]


def test_bundle_holds_everything_a_receiver_needs(finished_run, tiny_library, tmp_path):
    heard = []
    export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel(None, [heard.append]))

    names = {file.name for file in (tmp_path / "b").iterdir()}
    certificate = json.loads((tmp_path / "b" / "certificate.json").read_text())

    assert names == {
        "model.keras",
        "labels.json",
        "preprocessing.json",
        "certificate.json",
        "LICENSE",
        "NOTICE",
        "README.md",
    }
    assert json.loads((tmp_path / "b" / "labels.json").read_text()) == [
        "disk",
        "square",
        "triangle",
    ]
    assert certificate["label_agreement"] == heard[-1].label_agreement == 1.0
    assert certificate["num_samples"] == finished_run.read_evaluation().num_samples
    assert certificate["max_probability_difference"] < 0.05
    for name, digest in certificate["sha256"].items():
        assert hashlib.sha256((tmp_path / "b" / name).read_bytes()).hexdigest() == digest


def test_resize_and_scaling_are_in_the_model_and_calling_it_equals_predict(
    finished_run, tiny_library, tmp_path
):
    export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())
    model = keras.saving.load_model(tmp_path / "b" / "model.keras")
    pixels = np.random.default_rng(0).integers(0, 256, (1, 50, 70, 3)).astype(np.float32)

    called = keras.ops.convert_to_numpy(model(pixels))

    assert model.input_shape == (None, None, None, 3)
    np.testing.assert_allclose(called, model.predict(pixels, verbose=0), atol=1e-6)
    np.testing.assert_allclose(called.sum(), 1, rtol=1e-5)


def test_model_that_disagrees_is_not_handed_out(finished_run, tiny_library, tmp_path, monkeypatch):
    wrong = lambda self, pixels: np.array([0.0, 0.0, 1.0], np.float32)  # noqa: E731
    monkeypatch.setattr(FreshModel, "of_picture", wrong)

    with pytest.raises(TlguiError, match="export_disagrees"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert not (tmp_path / "b").exists()


def test_folder_with_other_files_is_left_alone(finished_run, tiny_library, tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("precious")

    with pytest.raises(TlguiError, match="folder_not_empty"):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", Channel())

    assert (tmp_path / "b" / "thesis.txt").read_text() == "precious"


def test_unknown_format_names_the_known_ones(finished_run, tiny_library, tmp_path):
    with pytest.raises(TlguiError, match="export_format_unknown") as error:
        export_run(finished_run, tiny_library, "word", tmp_path / "b", Channel())

    assert error.value.detail["known"] == "keras"


def test_cancel_leaves_no_half_bundle(finished_run, tiny_library, tmp_path):
    channel = Channel()
    channel.request = "stop"

    with pytest.raises(JobStopped):
        export_run(finished_run, tiny_library, "keras", tmp_path / "b", channel)

    assert list(tmp_path.glob("b*")) == []
