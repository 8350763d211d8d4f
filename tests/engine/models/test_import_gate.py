"""What passes the gate, and what does not: nothing of a refused model is kept."""

import io
import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from tests.engine.models.foreign import shelf, torch_state, write_bert_folder
from tests.engine.tiny_text import TINY_BERT, VOCABULARY, write_tiny_text_preset
from tests.engine.tiny_vit import write_tiny_vit_preset
from tlgui.core.errors import NOT_USABLE, TlguiError
from tlgui.core.settings import resources_folder
from tlgui.core.wording import error_sentence
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models.backbone_config import variable_shapes
from tlgui.engine.models.foreign_pictures import PUBLISHED, timm_names
from tlgui.engine.models.frozen import open_frozen
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.preset_weights import read_weights

LITE0 = resources_folder() / "models/efficientnet_lite0_imagenet"


def refused(tmp_path, path, name=""):
    """Import something that must be refused; return the error once nothing of it is left."""
    with pytest.raises(TlguiError) as refusal:
        import_models(path, shelf(tmp_path), name)
    left = [p for p in (tmp_path / "models").rglob("*") if p.is_file()]
    assert not left, "a refused model has left something behind"
    assert refusal.value.exit_code == NOT_USABLE
    assert "unknown" not in error_sentence(refusal.value.code, refusal.value.detail).split(":")[0]
    return refusal.value


def sealed_features(folder, pooling="mean"):
    """Return the features of two short texts."""
    tokenizer = Tokenizer(folder / "tokenizer.json", 16)
    batch = tokenizer.pad(tokenizer.encode(["the cat sat on the mat", "oil prices"]))
    return open_frozen(folder, pooling)(batch)


def test_an_encoder_of_hugging_face_becomes_a_preset_with_its_own_tensors(tmp_path):
    source = write_bert_folder(tmp_path / "My encoder (v2)")

    (found,) = import_models(source, shelf(tmp_path))

    folder = tmp_path / "models" / "my_encoder_v2"
    assert found.info.id == folder.name
    assert (found.info.license, found.info.languages) == ("Apache-2.0", ("en",))
    assert read_preset_config(folder).backbone == TINY_BERT
    stored = load_file(folder / "model.safetensors")
    theirs = torch_state()["encoder.layer.1.attention.self.query.weight"]
    path = "transformer_layer_1/self_attention_layer/query/kernel"
    assert stored[path][5, 1, 2] == theirs[10, 5]
    assert np.isfinite(sealed_features(folder)).all()


def test_the_source_may_vanish_once_it_is_imported(tmp_path):
    source = write_bert_folder(tmp_path / "gone")
    import_models(source, shelf(tmp_path))
    shutil.rmtree(source)

    assert sealed_features(tmp_path / "models/gone").shape == (2, TINY_BERT.hidden_dim)


def test_the_same_model_is_not_installed_twice_and_another_of_that_name_gets_its_own(tmp_path):
    source = write_bert_folder(tmp_path / "a" / "model")
    first = import_models(source, shelf(tmp_path))[0]
    again = import_models(source, shelf(tmp_path))[0]
    state = torch_state()
    state["embeddings.LayerNorm.bias"] += 1
    other = write_bert_folder(tmp_path / "b" / "model")
    save_file(state, other / "model.safetensors")

    assert (first.was_there, again.was_there) == (False, True)
    assert again.info.id == first.info.id == "model"
    assert import_models(other, shelf(tmp_path))[0].info.id == "model_2"
    (other / "vocab.txt").write_text("\n".join((*VOCABULARY[:-1], "other")))
    assert import_models(other, shelf(tmp_path))[0].info.id == "model_3", "its words are others"


def test_a_name_that_a_person_chose_is_not_taken_from_another_model(tmp_path):
    import_models(write_bert_folder(tmp_path / "a"), shelf(tmp_path), "mine")
    write_tiny_text_preset(tmp_path / "b")

    with pytest.raises(TlguiError, match="preset_taken"):
        import_models(tmp_path / "b", shelf(tmp_path), "mine")


@pytest.mark.parametrize("name", ["../mine", "con", "Mine", "a b", "", "x" * 65, "mine."])
def test_a_name_that_no_folder_should_have_is_refused(tmp_path, name):
    source = write_bert_folder(tmp_path / "a")
    if name:
        refused(tmp_path, source, name)
    else:
        assert import_models(source, shelf(tmp_path), name)[0].info.id == "a"


@pytest.mark.parametrize("odd", ["modèle %20 'q", "CON", "---", "über", "a" * 200])
def test_any_folder_name_becomes_a_usable_id(tmp_path, odd):
    found = import_models(write_bert_folder(tmp_path / "in" / odd), shelf(tmp_path))[0]

    assert (tmp_path / "models" / found.info.id / "config.json").is_file()


def test_models_for_one_task_lose_what_is_on_top_and_may_lack_the_pooler(tmp_path):
    source = write_bert_folder(tmp_path / "masked")
    state = {f"bert.{n}": v for n, v in torch_state().items() if not n.startswith("pooler")}
    state["cls.predictions.bias"] = np.zeros(TINY_BERT.vocabulary_size, np.float32)
    save_file(state, source / "model.safetensors")

    import_models(source, shelf(tmp_path))

    plain = write_bert_folder(tmp_path / "plain")
    import_models(plain, shelf(tmp_path))
    features = [sealed_features(tmp_path / "models" / name) for name in ("masked", "plain")]
    np.testing.assert_array_equal(*features)


@pytest.mark.parametrize("kind", ["F16", "BF16", "F64"])
def test_other_precisions_are_taken(tmp_path, kind):
    source = write_bert_folder(tmp_path / "other")
    write_as(source / "model.safetensors", torch_state(), kind)

    import_models(source, shelf(tmp_path))

    near = sealed_features(tmp_path / "models/other")
    import_models(write_bert_folder(tmp_path / "plain"), shelf(tmp_path / "beside"))
    assert np.abs(near - sealed_features(tmp_path / "beside/models/plain")).max() < 0.05


def test_words_come_from_tokenizer_json_where_there_is_no_list(tmp_path):
    source = write_bert_folder(tmp_path / "a")
    vocabulary = {word: number for number, word in enumerate(VOCABULARY)}
    rules = {
        "model": {"type": "WordPiece", "vocab": vocabulary},
        "normalizer": {"type": "BertNormalizer", "lowercase": False, "strip_accents": None},
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}},
    }
    (source / "tokenizer.json").write_text(json.dumps(rules))
    (source / "vocab.txt").unlink()

    import_models(source, shelf(tmp_path))

    ours = json.loads((tmp_path / "models/a/tokenizer.json").read_text())
    assert ours["pre_tokenizer"] == {"type": "BertPreTokenizer"}, "a rule of theirs was taken"
    assert (ours["normalizer"]["lowercase"], ours["normalizer"]["strip_accents"]) == (False, False)


def test_a_network_of_timm_gives_the_features_of_the_embedded_one(tmp_path):
    source = tmp_path / "tf_efficientnet_lite0.in1k"
    source.mkdir()
    save_file(timm_state(), source / "model.safetensors")
    (source / "config.json").write_text('{"architecture": "tf_efficientnet_lite0"}')

    found = import_models(source, shelf(tmp_path))[0]

    pixels = np.random.default_rng(1).integers(0, 256, (1, 224, 224, 3)).astype(np.float32)
    folder = tmp_path / "models" / found.info.id
    ours = [open_frozen(f, "mean")(pixels) for f in (folder, LITE0)]
    np.testing.assert_allclose(*ours, rtol=0, atol=1e-4)
    assert found.info.weights.adapter, "costs cannot be told"


@pytest.mark.parametrize("write", [write_tiny_text_preset, write_tiny_vit_preset])
def test_the_folder_of_another_tlgui_is_taken_with_its_digests(tmp_path, write):
    write(tmp_path / "theirs")

    import_models(tmp_path / "theirs", shelf(tmp_path))

    for name in ("model.safetensors", "config.json"):
        copies = [(tmp_path / f / name).read_bytes() for f in ("theirs", "models/theirs")]
        assert copies[0] == copies[1] or name == "config.json"


def test_weights_that_another_tlgui_does_not_vouch_for_are_refused(tmp_path):
    write_tiny_text_preset(tmp_path / "theirs")
    path = tmp_path / "theirs/model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    assert refused(tmp_path, tmp_path / "theirs").code == "import_damaged"


def test_a_file_stands_for_the_folder_it_belongs_to(tmp_path):
    source = write_bert_folder(tmp_path / "picked")

    assert import_models(source / "model.safetensors", shelf(tmp_path))[0].info.id == "picked"


def test_other_weights_in_the_same_folder_are_not_taken_for_those_of_the_model(tmp_path):
    source = write_bert_folder(tmp_path / "picked")
    shutil.copyfile(source / "model.safetensors", source / "adapter_model.safetensors")

    refused(tmp_path, source / "adapter_model.safetensors")


def test_the_cache_of_hugging_face_is_read_through_its_own_links(tmp_path):
    plain = write_bert_folder(tmp_path / "plain")
    cached = tmp_path / "hub/models--someone--Small-BERT"
    snapshot = cached / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (cached / "blobs").mkdir()
    for number, file in enumerate(sorted(plain.iterdir())):
        shutil.copyfile(file, cached / "blobs" / str(number))
        (snapshot / file.name).symlink_to(cached / "blobs" / str(number))

    assert import_models(snapshot, shelf(tmp_path))[0].info.id == "small_bert"


def test_judging_imports_neither_keras_nor_tensorflow(tmp_path):
    source = write_bert_folder(tmp_path / "a")
    script = (
        "import sys; from pathlib import Path; from tlgui.core.catalog import read_catalog;"
        "from tlgui.engine.models.import_gate import import_models;"
        "from tlgui.engine.models.judged import Shelf;"
        "import_models(Path(sys.argv[1]), Shelf(Path(sys.argv[2]), {}));"
        "assert not {'keras', 'tensorflow', 'torch', 'h5py'} & sys.modules.keys()"
    )

    subprocess.run([sys.executable, "-c", script, source, tmp_path / "models"], check=True)


class Bomb:
    """A pickle that leaves a marker when it is read."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (open, (str(self.marker), "w"))


@pytest.mark.parametrize(
    "name",
    ["model.pt", "model.pth", "pytorch_model.bin", "m.pkl", "m.joblib", "m.ckpt", "m.npy", "m.dat"],
)
@pytest.mark.parametrize("as_folder", [False, True])
def test_a_pickle_is_refused_by_name_and_by_its_first_bytes_and_never_read(
    tmp_path, name, as_folder
):
    source = tmp_path / "source"
    source.mkdir()
    (source / name).write_bytes(pickle.dumps(Bomb(tmp_path / "marker"), protocol=4))

    error = refused(tmp_path, source if as_folder else source / name)

    assert not (tmp_path / "marker").exists()
    if name != "m.dat" or not as_folder:
        assert error.code == "import_not_safe"


def test_a_pickle_under_the_name_of_safetensors_is_refused(tmp_path):
    source = write_bert_folder(tmp_path / "a")
    content = pickle.dumps(Bomb(tmp_path / "marker"), protocol=2)
    (source / "model.safetensors").write_bytes(content)

    refused(tmp_path, source)

    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    ("marker", "kind"),
    [
        ("saved_model.pb", "SavedModel"),
        ("_CHECKPOINT_METADATA", "Orbax"),
        ("checkpoint", "TensorFlow checkpoint"),
        ("model.onnx", "ONNX"),
        ("model.tflite", "LiteRT"),
        ("pytorch_model.bin", "PyTorch"),
    ],
)
def test_a_folder_that_is_a_program_is_refused_by_name(tmp_path, marker, kind):
    source = tmp_path / "program"
    source.mkdir()
    (source / marker).write_bytes(b"x" * 100)

    error = refused(tmp_path, source)

    assert error.code == "import_not_safe"
    assert kind in str(error.detail["kind"])


@pytest.mark.parametrize(
    "name", ["a.txt", "a.json", "a", "a.zip", "a.h5", "a.weights.h5", "a.tar.gz", "a.safetensors"]
)
def test_a_stray_file_is_refused_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_text('{"a": 1}')

    refused(tmp_path, tmp_path / name)


def test_odd_paths_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "nothing.tlpack").touch()
    for path in (tmp_path / "not there", tmp_path / "empty", tmp_path / "nothing.tlpack"):
        refused(tmp_path, path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    source = write_bert_folder(tmp_path / "a")
    (source / "vocab.txt").unlink()
    os.mkfifo(source / "vocab.txt")
    os.mkfifo(tmp_path / "b.safetensors")

    refused(tmp_path, source)
    refused(tmp_path, tmp_path / "b.safetensors")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "vocab.txt"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path, name):
    source = write_bert_folder(tmp_path / "a")
    (source / name).rename(tmp_path / "private")
    (source / name).symlink_to(tmp_path / "private")

    assert refused(tmp_path, source).code in ("import_incomplete", "import_format_unknown")


@pytest.mark.parametrize(
    "sizes",
    [
        {"vocab_size": 10**12},
        {"num_hidden_layers": 10**6},
        {"hidden_size": -1},
        {"hidden_size": 16.0},
        {"num_attention_heads": True},
        {"num_attention_heads": 3},
        {"num_attention_heads": 0},
        {"type_vocab_size": None},
        {"hidden_dropout_prob": float("nan")},
        {"hidden_dropout_prob": 1e308},
        {"layer_norm_eps": 1.0},
        {"hidden_act": "relu"},
        {"hidden_act": {"class_name": "Lambda"}},
        {"position_embedding_type": "relative_key"},
        {"is_decoder": True},
        {"model_type": "llama"},
        {"model_type": ["bert"]},
        {"model_type": None, "class_name": "Functional", "module": "keras"},
        {"model_type": None, "architecture": "resnet50"},
        {"model_type": None, "architecture": {}},
        {"backbone": {"family": "bert"}, "format_version": 1},
        {"backbone": {"family": "tf.keras.Lambda"}, "format_version": 1},
    ],
)
def test_a_hostile_configuration_is_refused_before_anything_is_built(tmp_path, sizes):
    refused(tmp_path, write_bert_folder(tmp_path / "a", **sizes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"model_type": "bert", "model_type": "bert"}',
        '{"a":' * 100_000 + "1" + "}" * 100_000,
        '{"vocab_size": ' + "9" * 5000 + "}",
        '"' + "x" * 2**21 + '"',
        "\udcff",
    ],
)
def test_a_mangled_configuration_is_an_ordinary_refusal(tmp_path, text):
    source = write_bert_folder(tmp_path / "a")
    (source / "config.json").write_bytes(text.encode(errors="surrogateescape"))

    refused(tmp_path, source)


def _without(state):
    del state["embeddings.LayerNorm.bias"]


def _surplus(state):
    state["encoder.layer.9.output.dense.bias"] = np.zeros(4, np.float32)


def _turned(state):
    name = "encoder.layer.0.intermediate.dense.weight"
    state[name] = np.ascontiguousarray(state[name].T)


def _nan(state):
    state["embeddings.word_embeddings.weight"][3, 3] = np.nan


def _infinite(state):
    state["encoder.layer.0.output.dense.bias"] = np.full(16, 1e300)


def _integers(state):
    name = "encoder.layer.0.output.dense.bias"
    state[name] = state[name].astype(np.int32)


def _twice(state):
    state["bert.embeddings.LayerNorm.bias"] = state["embeddings.LayerNorm.bias"]


def _huge_surplus(state):
    state["cls.bomb"] = np.zeros(2**20, np.float64)


@pytest.mark.parametrize(
    "damage", [_without, _surplus, _turned, _nan, _infinite, _integers, _twice]
)
def test_wrong_tensors_are_refused(tmp_path, damage):
    source = write_bert_folder(tmp_path / "a")
    state = torch_state()
    damage(state)
    save_file(state, source / "model.safetensors")

    assert refused(tmp_path, source).code == "import_damaged"


def test_more_numbers_than_the_network_can_have_are_not_even_read(tmp_path, monkeypatch):
    monkeypatch.setattr("tlgui.engine.models.foreign_folder.HEAD_VALUES", 0)
    source = write_bert_folder(tmp_path / "a")
    state = torch_state()
    _huge_surplus(state)
    save_file(state, source / "model.safetensors")

    assert refused(tmp_path, source).code == "import_too_large"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "\n".join(VOCABULARY[4:]),
        "\n".join((*VOCABULARY, "the")),
        "\n".join((*VOCABULARY, "surplus")),
        "\n".join((*VOCABULARY[:-1], "x" * 300)),
        "\n".join((*VOCABULARY[:-1], "\udcff")),
    ],
)
def test_unusable_words_are_refused(tmp_path, words):
    source = write_bert_folder(tmp_path / "a")
    (source / "vocab.txt").write_bytes(words.encode(errors="surrogateescape"))

    assert refused(tmp_path, source).code == "import_damaged"


@pytest.mark.parametrize(
    "rules",
    [
        '{"version":"1.0","model":{"type":"BPE","vocab":{"a":0',
        '{"normalizer":' + '{"normalizers":[' * 20_000 + "]}" * 20_000 + "}",
        '{"model": {"type": "BPE", "vocab": {"a": 0, "b": 4294967295}, "merges": [["a", "b"]]}}',
        '{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 4294967295}}}',
        '{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0, "[CLS]": 0, "[SEP]": 1}}}',
        '{"model": {"type": "WordPiece", "vocab": ["[UNK]"]}}',
        '{"model": []}',
    ],
)
def test_a_hostile_tokenizer_is_refused(tmp_path, rules):
    source = write_bert_folder(tmp_path / "a")
    (source / "vocab.txt").unlink()
    (source / "tokenizer.json").write_text(rules)

    assert refused(tmp_path, source).code == "import_damaged"


def test_a_keras_file_is_judged_and_never_loaded(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("config.json", '{"class_name": "Lambda"}')
        archive.writestr("model.weights.h5", b"x")

    assert refused(tmp_path, tmp_path / "a.keras").code == "import_architecture_unknown"


def test_a_torch_file_under_another_name_is_told_by_its_first_member(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.tlpack", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(1))

    assert refused(tmp_path, tmp_path / "a.tlpack").code == "import_not_safe"


def write_as(path, state, kind):
    """Write safetensors of another precision; NumPy has no bfloat16."""
    if kind != "BF16":
        dtype = {"F16": np.float16, "F64": np.float64}[kind]
        save_file({n: v.astype(dtype) for n, v in state.items()}, path)
        return
    header, data = {}, io.BytesIO()
    for name, values in state.items():
        content = (values.astype(np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()
        places = [data.tell(), data.tell() + len(content)]
        header[name] = {"dtype": "BF16", "shape": list(values.shape), "data_offsets": places}
        data.write(content)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data.getvalue())


def timm_state():
    """Return the embedded network under the names and in the layout of timm."""
    config = PUBLISHED["efficientnet_lite0_imagenet"]
    ours = read_weights(LITE0 / "model.safetensors", variable_shapes(config))
    variables = {"kernel": "weight", "gamma": "weight", "beta": "bias"}
    variables |= {"moving_mean": "running_mean", "moving_variance": "running_var"}
    state = {"classifier.weight": np.zeros((3, 1280), np.float32)}
    theirs = dict(timm_names(config))
    for path, values in ours.items():
        layer, variable = path.split("/")
        if variable == "kernel":
            axes = (2, 3, 0, 1) if layer.endswith("_dwconv") else (3, 2, 0, 1)
            values = np.ascontiguousarray(values.transpose(axes))
        state[f"{theirs[layer]}.{variables[variable]}"] = values
        if variable == "gamma":
            state[f"{theirs[layer]}.num_batches_tracked"] = np.array(1)
    return state
