"""The paragraph for a paper."""

import re

import pytest

from tests.presets import CATALOG
from tlgui.core.errors import TlguiError
from tlgui.core.plan import Member, SplitPlan, ensemble_plan
from tlgui.core.run_folder import PLAN
from tlgui.core.strategies import STRATEGIES
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.methods import ARCHITECTURES, methods
from tlgui.engine.reporting.model_card import model_card
from tlgui.engine.reporting.run_facts import facts_of_run
from tlgui.engine.reporting.script import write_script

FAMILIES = {info.family for info in CATALOG.values()}


def told(run):
    return methods(facts_of_run(run, CATALOG))


def test_every_number_in_brackets_has_its_source_and_each_source_stands_once(make_finished):
    text, sources = told(make_finished())
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", text)}
    assert numbers == set(range(1, len(sources) + 1))
    assert len(set(sources)) == len(sources)
    assert sum("1805.08974" in source for source in sources) == 1
    assert any("2202.10054" in source for source in sources)  # of the strategy


def test_paragraph_has_what_a_reviewer_asks_for(make_finished):
    text, _ = told(make_finished(augmentation="gentle", label_smoothing="0.1"))
    for words in (
        "EfficientNet-Lite0",
        "ImageNet-1k",
        "6 for training, 2 for validation and 2 for testing",
        "seed 0",
        "learning rate of 0.0005",
        "steps of 32 samples",
        "label smoothing 0.1",
        "gentle augmentation",
        "lowest calibrated validation loss",
        "T = 1.25",
        "0.930 (0.890 to 0.960)",
        "Keras 3.15",
        "about 0.020 kWh (estimate)",
    ):
        assert words in text, words


def test_every_family_has_the_paper_that_describes_it():
    assert set(ARCHITECTURES) >= FAMILIES


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_told(make_finished, strategy):
    preset = "all_minilm_l6_v2_en"
    text, sources = told(
        make_finished(preset=preset, strategy=strategy, adapt="1")
        if STRATEGIES[strategy].is_pretrained
        else make_finished(preset=preset, strategy=strategy)
    )
    assert STRATEGIES[strategy].source.split("; ")[0].split(",")[0] in " ".join(sources)
    assert "[[" not in text


def test_counts_of_words_are_not_called_features(make_finished):
    text, _ = told(make_finished(preset="tfidf_linear", strategy="feature_extraction"))
    assert "counts of words" in text
    assert "million" not in text


def test_ensemble_is_not_said_to_be_trained(make_finished, tmp_path):
    run = make_finished()
    members = tuple(Member(name=n, preset=n, strategy="linear_probe") for n in ("one", "two"))
    plan = ensemble_plan(members, SplitPlan(), 7)
    (run.path / PLAN).write_text(plan.to_json(), encoding="utf-8")
    text, sources = told(run)
    assert text.startswith("We averaged the probabilities of 2 models (one, strategy linear_probe;")
    assert "1612.01474" in sources[0]
    assert "seed 7" in text
    assert "The method was" not in text
    assert facts_of_run(run, CATALOG).model == "one + two"
    assert 'base_model: ["one", "two"]' in model_card(run, CATALOG)
    with pytest.raises(TlguiError, match="ensemble_has_no_model"):
        write_script(run, PresetLibrary(CATALOG, ()), tmp_path / "a.py")


def test_run_of_an_unknown_model_and_without_a_result_is_told_as_far_as_it_is_known(make_finished):
    run = make_finished(has_result=False, is_old=True)
    text, _ = methods(facts_of_run(run, {}))
    assert text.startswith("We trained efficientnet_lite0_imagenet")
    assert "accuracy was" not in text
