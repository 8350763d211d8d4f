"""What a frozen encoder makes of texts, against a second reading of the same weights."""

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.engine.tiny_text import TINY_BERT, write_tiny_text_preset, write_tiny_word_vectors
from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.frozen_text import FrozenText
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.presets import load_backbone

MINILM = resources_folder() / "models/all_minilm_l6_v2_en"
GLOVE = resources_folder() / "models/glove_50k_100d_en"
TEXTS = (
    "A man is eating food.",
    "Somebody is having a meal.",
    "The central bank raised its interest rate by half a point.",
    "Free entry! Text WIN to 87121 now, T&C's apply…",
    "café",
    "!",
)

FEATURES_IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
from tlgui.engine.models.frozen_text import FrozenText
from tlgui.engine.models.preset_tokenizer import load_tokenizer
folder = Path(sys.argv[1])
tokenizer = load_tokenizer(folder, 0)
features = FrozenText(folder).features(tokenizer.pad(tokenizer.encode(["the cat"])), "mean")
heavy = ("keras", "keras_hub", "tensorflow", "tensorflow_text", "onnx", "torch", "jax")
print(features.shape, [name for name in heavy if name in sys.modules])
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny"
    write_tiny_text_preset(folder)
    return folder


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "words"
    write_tiny_word_vectors(folder)
    return folder


def _batch(folder, *texts):
    tokenizer = load_tokenizer(folder, 0)
    return tokenizer.pad(tokenizer.encode(texts))


class _NumpyBert:
    """The encoder written once more, from the stored file and the papers alone."""

    def __init__(self, folder, num_heads):
        stored = load_file(folder / "model.safetensors")
        self.weights = {name: values.astype(np.float64) for name, values in stored.items()}
        self.num_heads = num_heads
        self.num_layers = sum(name.endswith("query/bias") for name in stored)

    def layers(self, ids):
        """Return the embeddings and every layer of one text, each (length, width)."""
        weights = self.weights
        rows = weights["token_embedding/embeddings"][ids]
        scales = weights["token_embedding/embeddings_scale"][ids]
        x = rows * np.repeat(scales, rows.shape[1] // scales.shape[1], axis=1)
        x = x + weights["position_embedding/embeddings"][: len(ids)]
        x = self._norm(x + weights["segment_embedding/embeddings"][0], "embeddings_layer_norm")
        found = [x]
        for number in range(self.num_layers):
            found.append(self._layer(found[-1], f"transformer_layer_{number}"))
        return found

    def _layer(self, x, name):
        attended = self._attention(x, f"{name}/self_attention_layer")
        x = self._norm(x + attended, f"{name}/self_attention_layer_norm")
        inner = self._dense(x, f"{name}/feedforward_intermediate_dense")
        inner = inner / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (inner + 0.044715 * inner**3)))
        inner = self._dense(inner, f"{name}/feedforward_output_dense")
        return self._norm(x + inner, f"{name}/feedforward_layer_norm")

    def _attention(self, x, name):
        query, key, value = (
            np.einsum("lw,whd->hld", x, self.weights[f"{name}/{part}/kernel"])
            + self.weights[f"{name}/{part}/bias"][:, None]
            for part in ("query", "key", "value")
        )
        scores = np.einsum("hqd,hkd->hqk", query, key) / np.sqrt(query.shape[-1])
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
        mixed = np.einsum("hqk,hkd->qhd", shares, value)
        kernel = self.weights[f"{name}/attention_output/kernel"]
        return (
            np.einsum("qhd,hdw->qw", mixed, kernel) + self.weights[f"{name}/attention_output/bias"]
        )

    def _dense(self, x, name):
        return x @ self.weights[f"{name}/kernel"] + self.weights[f"{name}/bias"]

    def _norm(self, x, name):
        x = x - x.mean(axis=-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-12)
        return x * self.weights[f"{name}/gamma"] + self.weights[f"{name}/beta"]


def _second_reading(folder, num_heads, batch):
    network = _NumpyBert(folder, num_heads)
    texts = [
        network.layers(ids[mask])
        for ids, mask in zip(batch.token_ids, batch.padding_mask, strict=True)
    ]
    return {
        "mean": np.array([layers[-1].mean(axis=0) for layers in texts]),
        "first_token": np.array([layers[-1][0] for layers in texts]),
        "layer_mixture": np.array([[la.mean(axis=0) for la in layers] for layers in texts]),
    }


def _cosines(first, second):
    norms = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
    return (first * second).sum(axis=-1) / norms


@pytest.mark.parametrize("pooling", ["mean", "first_token", "layer_mixture"])
def test_every_pooling_agrees_with_a_second_reading_of_the_file(tiny, pooling):
    batch = _batch(tiny, "the cat eats fish", "no", "", "do you want free money now?")

    features = FrozenText(tiny).features(batch, pooling)

    expected = _second_reading(tiny, TINY_BERT.num_heads, batch)[pooling]
    assert features.std(axis=0).min() > 0.01, "features that do not vary would agree by accident"
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_the_embedded_encoder_agrees_with_a_second_reading_and_with_keras():
    batch = _batch(MINILM, *TEXTS)
    frozen = FrozenText(MINILM)
    features = {p: frozen.features(batch, p) for p in ("mean", "first_token", "layer_mixture")}

    for pooling, expected in _second_reading(MINILM, 12, batch).items():
        assert _cosines(features[pooling], expected).min() > 0.99999, pooling
    last = _keras_last_layer(MINILM, batch)
    mask = batch.padding_mask[..., None]
    np.testing.assert_allclose(last[:, 0], features["first_token"], atol=1e-4)
    np.testing.assert_allclose(
        (last * mask).sum(axis=1) / mask.sum(axis=1), features["mean"], atol=1e-4
    )


def _keras_last_layer(folder, batch):
    inputs = {
        "token_ids": batch.token_ids,
        "segment_ids": np.zeros_like(batch.token_ids),
        "padding_mask": batch.padding_mask.astype(np.int32),
    }
    return np.asarray(load_backbone(folder)(inputs)["sequence_output"])


def test_fine_tuning_starts_from_the_features_that_the_first_accuracy_came_from(tiny):
    batch = _batch(tiny, "the cat eats fish", "no")

    last = _keras_last_layer(tiny, batch)

    features = FrozenText(tiny).features(batch, "first_token")
    np.testing.assert_allclose(last[:, 0], features, atol=1e-4)


@pytest.mark.parametrize("folder", [MINILM, GLOVE], ids=["minilm", "glove"])
def test_texts_of_one_meaning_lie_closer_than_others(folder):
    meal, same_meal, bank, *_ = FrozenText(folder).features(_batch(folder, *TEXTS), "mean")

    assert _cosines(meal, same_meal) > _cosines(meal, bank) + 0.1


@pytest.mark.parametrize("pooling", ["mean", "first_token", "layer_mixture"])
def test_a_text_does_not_notice_its_neighbors_in_a_batch(tiny, pooling):
    frozen = FrozenText(tiny)
    texts = ("no", "the cat eats fish and the dog drinks milk", "")

    together = frozen.features(_batch(tiny, *texts), pooling)

    alone = [frozen.features(_batch(tiny, text), pooling)[0] for text in texts]
    np.testing.assert_allclose(together, np.stack(alone), atol=1e-5)


def test_no_texts_give_no_features(tiny):
    frozen = FrozenText(tiny)

    assert frozen.features(_batch(tiny), "mean").shape == (0, 16)
    assert frozen.features(_batch(tiny), "layer_mixture").shape == (0, 3, 16)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"token_ids": np.full((1, 3), TINY_BERT.vocabulary_size, np.int32)}, "token ids"),
        ({"token_ids": np.full((1, 3), -1, np.int32)}, "token ids"),
        ({"token_ids": np.zeros((1, 65), np.int32)}, "at most 64"),
    ],
)
def test_tokens_of_another_preset_are_refused(tiny, change, reason):
    batch = replace(_batch(tiny, "no"), **change)

    with pytest.raises(ValueError, match=reason):
        FrozenText(tiny).features(batch, "mean")


def test_the_first_accuracy_does_not_wait_for_keras(tiny):
    done = subprocess.run(
        [sys.executable, "-c", FEATURES_IN_A_FRESH_PROCESS, str(tiny)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "(1, 16) []"


def test_word_vectors_are_the_mean_of_the_words_that_are_known(words):
    frozen = FrozenText(words)
    cat, dog, both = frozen.features(_batch(words, "cat", "dog", "cat zyx dog"), "mean")

    np.testing.assert_allclose(both, (cat + dog) / 2, atol=1e-6)


def test_a_text_of_unknown_words_has_no_direction(words):
    features = FrozenText(words).features(_batch(words, "cat", "zyx wvu", ""), "mean")

    assert features[0].any()
    assert not features[1:].any()


def test_keras_and_the_frozen_table_hold_the_same_vectors(words):
    batch = _batch(words, "the cat", "no")

    vectors = np.asarray(load_backbone(words)(batch.token_ids))

    mask = batch.padding_mask[..., None]
    expected = FrozenText(words).features(batch, "mean")
    np.testing.assert_allclose((vectors * mask).sum(1) / mask.sum(1), expected, atol=1e-6)


@pytest.mark.parametrize("pooling", ["first_token", "layer_mixture"])
def test_word_vectors_have_no_layers_and_no_first_place(words, pooling):
    with pytest.raises(ValueError, match=pooling):
        FrozenText(words).features(_batch(words, "cat"), pooling)


@pytest.mark.parametrize("name", ["model.safetensors", "backbone.onnx"])
def test_a_damaged_file_is_refused_before_it_is_used(tiny, tmp_path, name):
    folder = shutil.copytree(tiny, tmp_path / "damaged")
    (folder / name).write_bytes((folder / name).read_bytes()[:-1])

    with pytest.raises(TlguiError) as refusal:
        FrozenText(folder)

    assert refusal.value.code == "preset_damaged"
    assert refusal.value.detail["path"] == str(folder / name)


def test_pictures_and_texts_are_not_mixed_up(tiny, tiny_preset):
    with pytest.raises(TlguiError, match="preset_damaged"):
        FrozenText(tiny_preset)
    with pytest.raises(TlguiError, match="preset_damaged"):
        FrozenBackbone(tiny)
