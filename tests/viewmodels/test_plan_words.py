import shlex
from dataclasses import replace

from tests.presets import LITE0
from tests.stories import messages, summary, trees
from tlgui.core.advice import Advice, Reason
from tlgui.core.planning import make_plan
from tlgui.viewmodels.plan_words import (
    no_preset_sentence,
    ordered_reasons,
    plan_sub,
    plan_title,
    train_command,
)

PLAN = make_plan(LITE0, strategy="top_blocks")


def reason(about: str, code: str, **detail) -> Reason:
    return Reason(about=about, code=code, detail=detail)


ADVICE = Advice(
    level=2,
    preset=LITE0.id,
    strategy="top_blocks",
    settings={},
    plan=PLAN,
    expected_s=100.0,
    memory_bytes=1_000_000,
    reasons=(
        reason("model", "model_fast", title="EfficientNet"),
        reason("strategy", "size_some", num_train=900, modality="image"),
        reason("strategy", "level_quick"),
        reason("strategy", "too_slow", budget_s=300.0),
        reason("epochs", "epochs_usual", epochs=8),
    ),
)


def test_decisive_reasons_come_first():
    reasons = ordered_reasons(ADVICE, PLAN)
    assert "900 pictures" in reasons[0]
    assert "longer than 5 minutes" in reasons[1]
    assert len(reasons) == 5
    assert plan_sub("top_blocks", reasons, is_advising=False) == f"{reasons[0]} {reasons[1]}"


def test_rounds_that_a_person_chose_are_not_explained_by_the_advisor():
    own = make_plan(LITE0, strategy="top_blocks", settings={"epochs": "3"})
    assert not any("Rounds" in sentence for sentence in ordered_reasons(ADVICE, own))
    assert not any("Rounds" in sentence for sentence in ordered_reasons(ADVICE, None))
    assert any("Rounds" in sentence for sentence in ordered_reasons(ADVICE, PLAN))


def test_way_that_a_person_chose_needs_no_reason():
    given = replace(ADVICE, reasons=(reason("strategy", "strategy_given"),))
    assert ordered_reasons(given, PLAN) == ()


def test_plan_without_advice_still_says_something():
    assert "quick way" in plan_sub("feature_extraction", (), is_advising=False)
    assert "thorough way" in plan_sub("lora", (), is_advising=False)
    assert "You need not wait" in plan_sub("lora", (), is_advising=True)


def test_title_counts_what_there_is():
    assert plan_title(None) == "The plan"
    assert plan_title(summary(trees())) == "Ready to teach 2 kinds from 20 pictures"
    assert plan_title(summary(messages())) == "Ready to teach 2 kinds from 20 texts"


def test_missing_model_is_told_in_the_words_of_the_data():
    assert "for texts" in no_preset_sentence(summary(messages()))
    assert "Install tlgui again" in no_preset_sentence(None)


def test_command_can_be_pasted_whatever_is_in_the_names():
    settings = {"adapt_folder": "/more files/it's", "epochs": "3"}
    command = train_command("/my data", "p", "lora", summary(messages()), settings)
    words = shlex.split(command)
    assert words[:3] == ["tlgui", "train", "/my data"]
    assert "adapt_folder=/more files/it's" in words
    assert words[words.index("--text-column") + 1] == "message"
    assert "--text-column" not in train_command("/a", "p", "lora", trees(), {})
