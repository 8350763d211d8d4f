"""What tlgui exported can be imported again: the tensors, and nothing that says what to do."""

import io
import json
import zipfile

import h5py
import numpy as np
import pytest

from tests.engine.models.foreign import shelf
from tests.engine.tiny_text import TINY_BERT, write_tiny_text_preset, write_tiny_word_vectors
from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine.models.any_config import any_variable_shapes
from tlgui.engine.models.foreign_export import ALL_PLACES
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.preset_weights import read_weights

LITE0 = resources_folder() / "models/efficientnet_lite0_imagenet"


def weights_file(tensors, root="layers"):
    """Return an HDF5 file as Keras lays it out, with a last layer and one that flags."""
    content = io.BytesIO()
    last = dict.fromkeys(("head/kernel", "strangeness_classes/kernel"), np.zeros((4, 2), "f4"))
    with h5py.File(content, "w") as file:
        for path, values in {**tensors, **last}.items():
            layer, variable = path.rsplit("/", 1)
            names = layer.split("/")
            for depth in range(1, len(names) + 1):
                group = file.require_group("/".join((root, *names[:depth], "vars")))
                group.attrs["name"] = names[depth - 1]
            file[f"{root}/{layer}/vars/{ALL_PLACES[variable]}"] = values
    return content.getvalue()


def write_bundle(folder, content, export_format="keras"):
    folder.mkdir()
    for name in ("labels.json", "certificate.json"):
        (folder / name).write_text("[]")
    (folder / "preprocessing.json").write_text(json.dumps({"format": export_format}))
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("config.json", '{"class_name": "Lambda"}')
        archive.writestr("model.weights.h5", content)
    return folder


def tensors_of(folder):
    config = read_preset_config(folder).backbone
    return read_weights(folder / "model.safetensors", any_variable_shapes(config))


@pytest.mark.parametrize("write", [write_tiny_text_preset, write_tiny_word_vectors])
def test_a_fine_tuned_reader_of_texts_comes_back_with_its_words(tmp_path, write):
    write(tmp_path / "trained")
    tensors = tensors_of(tmp_path / "trained")
    kept = {path: v for path, v in tensors.items() if not path.startswith("pooled_dense/")}
    bundle = write_bundle(tmp_path / "my export", weights_file(kept))
    words = (tmp_path / "trained/tokenizer.json").read_bytes()
    (bundle / "tokenizer.json").write_bytes(words)

    found = import_models(bundle, shelf(tmp_path))[0]

    folder = tmp_path / "models/my_export"
    assert found.info.trained_on.startswith("what it was fine-tuned on")
    assert (folder / "tokenizer.json").read_bytes() == words
    for path, values in tensors_of(folder).items():
        np.testing.assert_array_equal(values, kept.get(path, np.zeros_like(values)))


def test_a_fine_tuned_reader_of_pictures_comes_back(tmp_path):
    tensors = tensors_of(LITE0)
    content = weights_file(tensors, "layers/functional")
    bundle = write_bundle(tmp_path / "bundle", content.replace(b"functional", b"classifier"))

    import_models(bundle / "model.keras", shelf(tmp_path))

    stored = tensors_of(tmp_path / "models/bundle")
    assert all((stored[path] == values).all() for path, values in tensors.items())
    assert read_preset_config(tmp_path / "models/bundle").backbone == (
        read_preset_config(LITE0).backbone
    )


def _odd_table(tensors):
    tensors["token_embedding/embeddings"] = np.zeros(3, np.float32)


def _more_layers(tensors):
    tensors["adapter_0/kernel"] = np.zeros((3, 3), np.float32)


def _gap(tensors):
    del tensors["transformer_layer_0/self_attention_layer/key/kernel"]


def _no_sizes(tensors):
    del tensors["position_embedding/embeddings"]


def _other_shape(tensors):
    path = "transformer_layer_1/feedforward_output_dense/bias"
    tensors[path] = np.zeros(TINY_BERT.hidden_dim + 1, np.float32)


def _nothing(tensors):
    tensors.clear()


@pytest.mark.parametrize(
    "damage", [_odd_table, _more_layers, _gap, _no_sizes, _other_shape, _nothing]
)
def test_an_export_that_is_no_network_of_ours_is_refused(tmp_path, damage):
    write_tiny_text_preset(tmp_path / "trained")
    tensors = tensors_of(tmp_path / "trained")
    damage(tensors)
    bundle = write_bundle(tmp_path / "bundle", weights_file(tensors))
    (bundle / "tokenizer.json").write_bytes((tmp_path / "trained/tokenizer.json").read_bytes())

    with pytest.raises(TlguiError) as refusal:
        import_models(bundle, shelf(tmp_path))

    assert refusal.value.code in ("import_damaged", "import_architecture_unknown")
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


@pytest.mark.parametrize("export_format", ["onnx", "saved_model", "", None, ["keras"]])
def test_an_export_that_only_runs_says_which_one_to_take(tmp_path, export_format):
    bundle = write_bundle(tmp_path / "bundle", b"", export_format)

    with pytest.raises(TlguiError, match="export the run as keras"):
        import_models(bundle, shelf(tmp_path))


@pytest.mark.parametrize("lost", ["model.keras", "tokenizer.json"])
def test_an_export_that_is_not_complete_says_what_is_missing(tmp_path, lost):
    write_tiny_text_preset(tmp_path / "trained")
    bundle = write_bundle(tmp_path / "bundle", weights_file(tensors_of(tmp_path / "trained")))
    (bundle / lost).unlink(missing_ok=True)

    with pytest.raises(TlguiError, match="import_incomplete"):
        import_models(bundle, shelf(tmp_path))


def test_the_encoder_of_an_export_to_keras_hub_is_taken(tmp_path):
    write_tiny_text_preset(tmp_path / "trained")
    tensors = tensors_of(tmp_path / "trained")
    bundle = write_bundle(tmp_path / "bundle", b"", "keras_hub")
    (bundle / "tokenizer.json").write_bytes((tmp_path / "trained/tokenizer.json").read_bytes())
    (bundle / "model").mkdir()
    (bundle / "model/model.weights.h5").write_bytes(weights_file(tensors))
    sizes = {name: getattr(TINY_BERT, name) for name in TINY_BERT.__slots__ if name != "family"}
    (bundle / "model/config.json").write_text(json.dumps({"config": sizes}))

    import_models(bundle, shelf(tmp_path))

    stored = tensors_of(tmp_path / "models/bundle")
    assert all((stored[path] == values).all() for path, values in tensors.items())
