"""The model card."""

import json

import pytest

from tests.engine.reporting.conftest import HOSTILE
from tests.presets import CATALOG
from tlgui.engine.reporting.model_card import model_card


def block_of(card):
    """Return the facts for programs; every value is JSON, which YAML contains."""
    _, block, _ = card.split("---\n", 2)
    pairs = (line.split(": ", 1) for line in block.strip().splitlines())
    return {key: json.loads(value) for key, value in pairs}


def test_block_has_what_hugging_face_reads(make_finished):
    record = block_of(model_card(make_finished(), CATALOG))

    assert record["license"] == "apache-2.0"
    assert record["library_name"] == "keras"
    assert record["pipeline_tag"] == "image-classification"
    assert record["base_model"] == "efficientnet_lite0_imagenet"
    assert record["co2_eq_emissions"]["emissions"] == pytest.approx(9.5)
    result = record["model-index"][0]["results"][0]
    assert result["task"]["type"] == "image-classification"
    assert {m["type"]: m["value"] for m in result["metrics"]}["accuracy"] == 0.93


def test_card_has_the_sections_of_mitchell_et_al(make_finished, look_at):
    run = make_finished(preset="all_minilm_l6_v2_en")
    look_at(run)
    card = model_card(run, CATALOG)

    for title in (
        *("Model details", "Intended use", "Factors", "Training data", "Evaluation"),
        *("Caveats and recommendations", "Training procedure", "Environmental impact"),
    ):
        assert f"\n## {title}\n" in card
    assert block_of(card)["base_model"] == "sentence-transformers/all-MiniLM-L6-v2"
    assert block_of(card)["language"] == ["en"]
    assert "the colors along the border" in card.lower()
    assert "probably wrong: 1" in card


def test_names_of_a_person_cannot_become_markup_or_break_a_table(make_finished):
    card = model_card(make_finished(), CATALOG)
    assert HOSTILE not in card.split("---\n", 2)[2]
    assert "| b & c \\| \\*d\\* | 5 |" in card


def test_card_of_a_run_without_a_result_does_not_praise_it(make_finished):
    run = make_finished(has_result=False, is_old=True)
    card = model_card(run, {})
    assert "nobody knows how good this model is" in card
    assert "model-index" not in block_of(card)
    assert block_of(card)["license"] == "unknown"


def test_word_counts_are_made_from_no_other_model(make_finished):
    run = make_finished(preset="tfidf_linear", strategy="feature_extraction")
    assert "base_model" not in block_of(model_card(run, CATALOG))
