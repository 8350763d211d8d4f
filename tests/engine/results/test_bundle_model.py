"""A bundle of somebody else: judged first, and asked in a process of its own."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.results.bundle_model import BundleModel, is_bundle, read_bundle
from tlgui.engine.results.export import export_run


@pytest.fixture(scope="module")
def shared_bundle(letter_run, tiny_library, tmp_path_factory):
    bundle = tmp_path_factory.mktemp("bundles") / "b"
    export_run(letter_run("tfidf_linear"), tiny_library, "onnx", bundle, Channel())
    return bundle


@pytest.fixture
def bundle(shared_bundle, tmp_path):
    """A bundle that a test may change."""
    return shutil.copytree(shared_bundle, tmp_path / "bundle")


def test_bundle_answers_without_running_any_script_of_its_own(bundle, letters, tmp_path):
    for script in ("predict.py", "model_runtime.py"):
        (bundle / script).write_text("raise SystemExit('a foreign script was run')")
    (tmp_path / "a.txt").write_text("the cat and the dog eat")
    (tmp_path / "b.txt").write_text("the bank and the price of oil")
    info = read_bundle(bundle)

    with BundleModel(info) as model:
        texts = [model.reader.read(tmp_path / name) for name in ("a.txt", "b.txt")]
        rows = model(model.reader.collate(texts)).probabilities

    assert (info.modality, info.format, info.reads) == ("text", "onnx", "word_counts")
    assert [info.classes[int(row.argmax())] for row in rows] == ["animals", "money"]
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
    assert is_bundle(bundle)


def test_folder_of_something_else_is_no_bundle(tmp_path):
    assert not is_bundle(tmp_path)
    with pytest.raises(TlguiError, match="path_not_usable"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "pickle"},
        {"reads": "pictures"},
        {"reads": "minds"},
        {"modality": "image"},
        {"model": "../../secret.onnx"},
        {"model": None},
        {"classes": ["one"]},
        {"classes": None},
        {"not_sure_below": 7},
        {"not_sure_below": "often"},
        {"modality": "image", "reads": "pictures"},
        {"modality": "image", "reads": "pictures", "size_px": 10**9},
    ],
)
def test_description_that_cannot_be_right_is_refused(bundle, change):
    settings = bundle / "preprocessing.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), **change}))

    with pytest.raises(TlguiError, match="path_not_usable"):
        read_bundle(bundle)


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", "[" * 100_000, "\x00", "é"])
def test_description_that_is_none_is_refused(bundle, content):
    (bundle / "preprocessing.json").write_text(content, encoding="latin-1")

    with pytest.raises(TlguiError, match="path_not_usable"):
        read_bundle(bundle)


def test_bundle_without_its_model_is_refused(bundle):
    (bundle / "model.onnx").unlink()

    with pytest.raises(TlguiError, match="path_not_usable"):
        read_bundle(bundle)


@pytest.mark.parametrize("name", ["model.onnx", "vocabulary.json"])
def test_damaged_model_is_named_and_does_not_hang(bundle, name):
    Path(bundle, name).write_bytes(b"noise")

    with BundleModel(read_bundle(bundle)) as model, pytest.raises(TlguiError) as error:
        model(("a text",))

    assert error.value.detail["path"] == str(bundle)
