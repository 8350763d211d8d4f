from dataclasses import replace

import pytest

from tests.presets import LITE0
from tests.stories import messages, summary, trees
from tlgui.core.facts import PresetFacts
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.planning import make_plan
from tlgui.viewmodels.advisor import NUM_LEVELS, Advisor, advised_settings, supposed_advisor

MANY = summary(replace(trees(), samples=trees().samples * 100))


@pytest.fixture
def advisor() -> Advisor:
    supposed = supposed_advisor(MANY, (LITE0,))
    found = (PresetFacts(preset=LITE0.id, samples_per_s=50.0, accuracy=0.8),)
    return replace(supposed, facts=replace(supposed.facts, presets=found), is_measured=True)


def test_counts_of_samples_are_known_without_a_look():
    facts = supposed_advisor(MANY, (LITE0,)).facts
    assert (facts.num_train, facts.num_validation, facts.num_test) == (1200, 400, 400)
    assert (facts.num_classes, facts.smallest_class, facts.chance) == (2, 600, 0.5)
    of_texts = supposed_advisor(summary(messages()), ()).facts
    assert of_texts.language == "en"
    assert of_texts.num_tokens == messages().texts.num_tokens


def test_pace_is_told_only_where_it_was_measured(advisor):
    assert advisor.work(LITE0).samples_per_s == 50.0
    assert supposed_advisor(MANY, (LITE0,)).work(LITE0) is None
    assert advisor.work(replace(LITE0, id="new")) is None


def test_settings_of_some_advice_make_its_epochs(advisor):
    for level in range(NUM_LEVELS):
        advice = advisor.advice(level)
        plan = make_plan(LITE0, strategy=advice.strategy, settings=advised_settings(advice))
        assert [p.epochs for p in gradient_phases(plan)[-1:]] == [
            p.epochs for p in gradient_phases(advice.plan)[-1:]
        ]


def test_nobody_is_advised_about_a_model_that_was_not_looked_at(advisor):
    new = replace(LITE0, id="new")
    assert advisor.advice(2, info=new) is None
    assert advisor.recommended(new) == ""
    assert advisor.ladder(new) == ()
    assert supposed_advisor(MANY, ()).advice(2) is None


def test_settings_that_do_not_fit_leave_the_plan_to_the_person(advisor):
    assert advisor.advice(2, settings={"epochs": "many"}) is None


def test_ladder_leads_from_quick_to_thorough(advisor):
    ladder = advisor.ladder(LITE0)
    assert len(ladder) == NUM_LEVELS
    assert ladder[0] == "feature_extraction"
    assert ladder[-1] == "head_then_all"
    assert advisor.recommended(LITE0) in ladder


def test_settings_that_only_some_ways_have_choose_one_of_those(advisor):
    assert advisor.advice(2, settings={"lora_rank": "8"}).strategy == "lora"
