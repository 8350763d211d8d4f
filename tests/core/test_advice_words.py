"""The advisor's sentences: whole, calm, and with every number in its place."""

import ast
from pathlib import Path

import pytest

from tests.core.test_advice import COUNTS, LITE0, MINILM, TEXTS, facts, found, texts
from tlgui.core import advice as advice_module
from tlgui.core.advice import Reason, advise
from tlgui.core.advice_words import REASONS, advice_lines, reason_sentence
from tlgui.core.ladder import SIZE_RULES, THOROUGH


def _codes_in_the_advisor() -> set[str]:
    tree = ast.parse(Path(advice_module.__file__).read_text(encoding="utf-8"))
    texts_of = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    prefixes = ("model_", "pooling_", "level_", "epochs_", "strategy_")
    known = {"far", "fewest", "too_slow", "nothing_to_adapt", "unequal"}
    return {t for t in texts_of if isinstance(t, str) and (t in known or t.startswith(prefixes))}


def test_every_reason_has_its_sentence_and_no_sentence_is_left_over():
    assert _codes_in_the_advisor() | {rule.code for rule in SIZE_RULES} == set(REASONS)


@pytest.mark.parametrize("text", REASONS.values(), ids=REASONS)
def test_sentences_are_whole_and_calm(text):
    assert text[0].isupper() or text[0] == "{"
    assert text.endswith(".")
    assert "!" not in text
    assert "  " not in text


@pytest.mark.parametrize(
    "advice",
    [
        advise(facts(), [LITE0]),
        advise(facts(20, smallest_class=0), [LITE0], THOROUGH),
        advise(facts(480, found(LITE0, 0.2, 20.0)), [LITE0]),
        advise(texts(found(MINILM), found(COUNTS, None), language="de"), TEXTS),
    ],
    ids=["usual", "few", "far and slow", "foreign language"],
)
def test_a_recommendation_is_told_with_a_reason_for_each_of_its_parts(advice):
    lines = advice_lines(advice)
    for start in (f"Model: {advice.preset}", f"Strategy: {advice.strategy}", "Settings: "):
        [index] = [n for n, line in enumerate(lines) if line.startswith(start)]
        assert lines[index + 1].startswith("  "), "a reason follows"
    assert lines[-1].startswith("Takes at most about ")
    assert not any("{" in line for line in lines)


def test_shares_times_and_numbers_are_written_as_people_write_them():
    detail = {"accuracy_fraction": 0.301, "chance_fraction": 0.1}
    far = reason_sentence(Reason(about="strategy", code="far", detail=detail))
    assert "right on 30 % where guessing gives 10 %" in far
    detail = {"num_train": 12_345, "modality": "text"}
    many = reason_sentence(Reason(about="strategy", code="size_many", detail=detail))
    assert "With 12,345 texts" in many
    slow = reason_sentence(Reason(about="strategy", code="too_slow", detail={"budget_s": 300.0}))
    assert "longer than 5 minutes" in slow


def test_a_reason_that_only_a_later_version_knows_still_has_a_sentence():
    assert "from_the_future" in reason_sentence(
        Reason(about="model", code="from_the_future", detail={})
    )
