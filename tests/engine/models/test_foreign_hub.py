"""Presets of KerasHub: their HDF5 is read in a process that can do no harm."""

import json
import os
import shutil
import sys

import h5py
import numpy as np
import pytest

from tests.engine.models.foreign import shelf
from tests.engine.tiny_text import TINY_BERT, VOCABULARY
from tlgui.core.errors import TlguiError
from tlgui.engine.child import read_h5
from tlgui.engine.models import h5_tensors
from tlgui.engine.models.foreign_hub import PLACES
from tlgui.engine.models.frozen import open_frozen
from tlgui.engine.models.import_gate import import_models
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.text_config import text_variable_shapes

KERNEL = "layers/pooled_dense/vars/0"
SIZES = {
    name: getattr(TINY_BERT, name)
    for name in (
        "vocabulary_size",
        "num_layers",
        "num_heads",
        "hidden_dim",
        "intermediate_dim",
        "max_sequence_length",
        "num_segments",
        "dropout",
    )
}


@pytest.fixture
def preset(tmp_path):
    """A preset as KerasHub writes it, with random weights."""
    folder = tmp_path / "hub preset"
    (folder / "assets/tokenizer").mkdir(parents=True)
    (folder / "assets/tokenizer/vocabulary.txt").write_text("\n".join(VOCABULARY) + "\n")
    words = {"class_name": "BertTokenizer", "config": {"lowercase": True, "strip_accents": False}}
    (folder / "tokenizer.json").write_text(json.dumps(words))
    config = {"class_name": "BertBackbone", "module": "keras_hub", "config": SIZES}
    (folder / "config.json").write_text(json.dumps(config))
    chance = np.random.default_rng(0)
    with h5py.File(folder / "model.weights.h5", "w") as file:
        for path, shape in text_variable_shapes(TINY_BERT).items():
            layer, variable = path.rsplit("/", 1)
            names = layer.split("/")
            for depth in range(1, len(names) + 1):
                group = file.require_group("/".join(("layers", *names[:depth], "vars")))
                group.attrs["name"] = names[depth - 1]
            values = chance.normal(size=shape).astype(np.float32)
            file[f"layers/{layer}/vars/{PLACES[variable]}"] = values
    return folder


def test_a_real_preset_of_keras_hub_gives_the_features_it_had(tmp_path):
    from keras_hub.models import BertTokenizer

    backbone = build_backbone(TINY_BERT)
    source = tmp_path / "real"
    backbone.save_to_preset(str(source))
    words = [*VOCABULARY[:-1], "[MASK]"]
    BertTokenizer(vocabulary=words, lowercase=True).save_to_preset(str(source))

    import_models(source, shelf(tmp_path))

    folder = tmp_path / "models/real"
    assert read_preset_config(folder).backbone == TINY_BERT
    from tlgui.engine.data.tokens import TokenBatch

    ids, mask = np.arange(8, dtype=np.int32)[None], np.ones((1, 8), np.bool_)
    inputs = {"token_ids": ids, "segment_ids": np.zeros_like(ids), "padding_mask": mask}
    theirs = np.asarray(backbone(inputs)["sequence_output"]).mean(axis=1)
    ours = open_frozen(folder, "mean")(TokenBatch(token_ids=ids, padding_mask=mask))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_the_words_are_read_as_the_preset_says(tmp_path, preset):
    import_models(preset, shelf(tmp_path))

    rules = json.loads((tmp_path / "models/hub_preset/tokenizer.json").read_text())
    assert rules["normalizer"]["strip_accents"] is False


def test_the_weights_stand_for_the_folder(tmp_path, preset):
    found = import_models(preset / "model.weights.h5", shelf(tmp_path))[0]

    assert found.info.id == "hub_preset"


def _external_link(file, beside):
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink(str(beside), "/w")


def _soft_link(file, _beside):
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/layers/token_embedding/vars/0")


def _virtual(file, beside):
    del file[KERNEL]
    layout = h5py.VirtualLayout((16, 16), "f4")
    layout[:] = h5py.VirtualSource(str(beside), "w", (16, 16))
    file.create_virtual_dataset(KERNEL, layout)


def _external_storage(file, beside):
    del file[KERNEL]
    file.create_dataset(KERNEL, (16, 16), "f4", external=[(str(beside), 0, 1024)])


def _petabyte(file, _beside):
    del file[KERNEL]
    options = {"chunks": (1024, 1024), "compression": "gzip"}
    file.create_dataset(KERNEL, (16_000_000, 16_000_000), "f4", **options)


def _packed_zeros(file, _beside):
    del file[KERNEL]
    file.create_dataset(KERNEL, data=np.zeros((2048, 2048), np.float32), compression="gzip")


def _loop(file, _beside):
    file["layers/again"] = file["layers"]


def _nan(file, _beside):
    file[KERNEL][0, 0] = np.nan


def _objects(file, _beside):
    del file[KERNEL]
    file[KERNEL] = ["a", "b"]


def _missing(file, _beside):
    del file["layers/pooled_dense"]


def _other_shape(file, _beside):
    del file[KERNEL]
    file[KERNEL] = np.zeros((16, 17), np.float32)


def _surplus(file, _beside):
    file["layers/more/vars/0"] = np.zeros(3, np.float32)


def _odd_name(file, _beside):
    file["layers/pooled_dense/vars"].attrs["name"] = "../../up"


@pytest.mark.parametrize(
    "damage",
    [
        _external_link,
        _soft_link,
        _virtual,
        _external_storage,
        _petabyte,
        _packed_zeros,
        _loop,
        _nan,
        _objects,
        _missing,
        _other_shape,
        _surplus,
        _odd_name,
    ],
)
def test_a_hostile_file_is_refused_and_nothing_else_is_read(tmp_path, preset, damage):
    beside = tmp_path / "private.h5"
    with h5py.File(beside, "w") as file:
        file["w"] = np.full((16, 16), 42, np.float32)
    with h5py.File(preset / "model.weights.h5", "r+") as file:
        damage(file, beside)

    _refused(tmp_path, preset)


@pytest.mark.parametrize("share", [0.01, 0.6])
@pytest.mark.parametrize("tail", [b"", b"\0"])
def test_half_a_file_is_refused(tmp_path, preset, share, tail):
    path = preset / "model.weights.h5"
    content = path.read_bytes()
    kept = int(share * len(content))
    path.write_bytes(content[:kept] + tail * (len(content) - kept))

    _refused(tmp_path, preset)


@pytest.mark.parametrize("sizes", [{"num_layers": 10**9}, {"hidden_dim": "16"}, {"num_heads": 0}])
def test_hostile_sizes_are_refused_before_the_file_is_opened(tmp_path, preset, sizes):
    config = {"class_name": "BertBackbone", "config": SIZES | sizes}
    (preset / "config.json").write_text(json.dumps(config))
    (preset / "model.weights.h5").write_bytes(b"")

    assert "integer" in _refused(tmp_path, preset) or "need" in _refused(tmp_path, preset)


@pytest.mark.parametrize("lost", ["assets", "model.weights.h5"])
def test_a_preset_that_is_not_complete_says_what_is_missing(tmp_path, preset, lost):
    path = preset / lost
    shutil.rmtree(path) if path.is_dir() else path.unlink()

    with pytest.raises(TlguiError, match="import_incomplete"):
        import_models(preset, shelf(tmp_path))


def test_a_reader_that_hangs_is_ended(tmp_path, preset, monkeypatch):
    monkeypatch.setattr("tlgui.engine.child.H5_SECONDS", 0.001)

    with pytest.raises(TlguiError, match="takes too long"):
        read_h5(b"", preset, 2**20)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_reader_cannot_take_more_memory_than_the_model_needs(tmp_path, preset, monkeypatch):
    script = tmp_path / "hungry.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(os.path.dirname(h5_tensors.__file__))!r})\n"  # noqa: PTH120
        "import h5_tensors; h5_tensors.limit_resources(2**20); bytearray(2**33)"
    )
    monkeypatch.setattr("tlgui.engine.child.H5_SCRIPT", script)

    with pytest.raises(TlguiError, match="MemoryError"):
        read_h5(b"", preset, 2**20)


@pytest.mark.parametrize("event", ["socket.connect", "subprocess.Popen", "os.system", "os.exec"])
def test_a_reader_may_neither_call_others_nor_start_anything(event):
    with pytest.raises(PermissionError):
        h5_tensors.forbid(event, ())


def test_a_reader_may_read_and_not_write():
    h5_tensors.forbid("open", ("a", "rb", 0))
    with pytest.raises(PermissionError):
        h5_tensors.forbid("open", ("a", "wb", 0))


def _refused(tmp_path, preset):
    with pytest.raises(TlguiError, match="import_damaged") as refusal:
        import_models(preset, shelf(tmp_path))
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]
    return str(refusal.value.detail["reason"])
