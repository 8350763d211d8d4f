"""The sizes of text presets, and which are refused."""

from dataclasses import replace

import pytest

from resources.convert_texts import MINILM
from tests.engine.tiny_text import TINY_BERT
from tlgui.core.catalog import read_catalog
from tlgui.core.settings import resources_folder
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.presets import build_backbone
from tlgui.engine.models.text_config import (
    TFIDF,
    WORD_VECTORS,
    TfidfConfig,
    WordVectorsConfig,
    check_text_config,
    num_text_parameters,
    text_variable_shapes,
)

WORDS = WordVectorsConfig(family=WORD_VECTORS, vocabulary_size=10, feature_size=4)


def test_published_weights_fit_into_the_encoder_we_build():
    assert num_text_parameters(MINILM) == 22_565_376
    check_text_config(MINILM)


@pytest.mark.parametrize("config", [TINY_BERT, WORDS], ids=["bert", "word_vectors"])
def test_stored_weights_name_exactly_the_variables_of_the_network(config):
    weights = build_backbone(config).weights

    assert {w.path: tuple(w.shape) for w in weights} == text_variable_shapes(config)


def test_counting_words_needs_nothing_pretrained():
    config = TfidfConfig(family=TFIDF)

    check_text_config(config)
    assert num_text_parameters(config) == 0
    with pytest.raises(ValueError, match="tfidf"):
        build_backbone(config)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"vocabulary_size": 0}, "vocabulary_size"),
        ({"vocabulary_size": 10**12}, "vocabulary_size"),
        ({"num_layers": 10_000}, "num_layers"),
        ({"num_heads": 65}, "num_heads"),
        ({"num_heads": 0}, "num_heads"),
        ({"num_heads": 3}, "hidden_dim"),
        ({"hidden_dim": -2}, "hidden_dim"),
        ({"hidden_dim": 10**9}, "hidden_dim"),
        ({"intermediate_dim": 10**9}, "intermediate_dim"),
        ({"max_sequence_length": 10**9}, "max_sequence_length"),
        ({"num_segments": 10**9}, "num_segments"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": float("nan")}, "dropout"),
    ],
)
def test_an_encoder_that_could_exhaust_the_computer_is_refused(change, field):
    with pytest.raises(ValueError, match=field):
        check_text_config(replace(TINY_BERT, **change))


@pytest.mark.parametrize("field", ["vocabulary_size", "feature_size"])
def test_a_table_that_could_exhaust_the_computer_is_refused(field):
    with pytest.raises(ValueError, match=field):
        check_text_config(replace(WORDS, **{field: 10**9}))


def test_the_catalog_tells_the_sizes_of_the_embedded_presets():
    catalog = read_catalog(resources_folder() / "models.toml")
    texts = [info for info in catalog.values() if info.task == "text" and info.embedded]

    assert {info.family for info in texts} == {"bert", "word_vectors", "tfidf"}
    for info in texts:
        folder = resources_folder() / "models" / info.id
        config = read_preset_config(folder).backbone
        assert config.family == info.family
        assert num_text_parameters(config) == info.num_parameters
        assert getattr(config, "feature_size", 0) == info.feature_size
        weights = folder / "model.safetensors"
        assert (weights.stat().st_size if weights.exists() else 0) == info.num_bytes
