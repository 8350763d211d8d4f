"""The advisor's sentences: whole, calm, and with every number in its place."""

import ast
from pathlib import Path

import pytest

from tests.core.test_advice import COUNTS, GLOVE, LITE0, MINILM, TEXTS, facts, found, texts
from tlgui.core import advice, advised_preset, advised_strategy
from tlgui.core.advice import advise
from tlgui.core.advice_words import REASONS, advice_lines, reason_sentence
from tlgui.core.ladder import SIZE_RULES, THOROUGH
from tlgui.core.reason import Reason


def _codes_in_the_advisor() -> set[str]:
    modules = (advice, advised_preset, advised_strategy)
    trees = [ast.parse(Path(m.__file__).read_text(encoding="utf-8")) for m in modules]
    texts_of = {n.value for t in trees for n in ast.walk(t) if isinstance(n, ast.Constant)}
    prefixes = ("model_", "pooling_", "level_", "epochs_", "strategy_", "size_", "unlabeled_")
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
    "advised",
    [
        advise(facts(), [LITE0]),
        advise(facts(20, smallest_class=0), [LITE0], THOROUGH),
        advise(facts(480, found(LITE0, 0.2, 20.0)), [LITE0]),
        advise(texts(found(MINILM), found(COUNTS, None), language="de"), TEXTS),
    ],
    ids=["usual", "few", "far and slow", "foreign language"],
)
def test_a_recommendation_is_told_with_a_reason_for_each_of_its_parts(advised):
    lines = advice_lines(advised)
    for start in (f"Model: {advised.preset}", f"Strategy: {advised.strategy}", "Settings: "):
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


def test_a_time_without_files_that_nobody_counted_is_the_least_there_is():
    lines = advice_lines(advise(facts(), [LITE0], settings={"adapt_folder": "/more"}))
    assert lines[-1].startswith("Takes at least about ")
    assert any("/more" in line and "not counted" in line for line in lines)


def test_a_long_adaptation_has_a_time_of_its_own():
    lines = advice_lines(advise(facts(), [LITE0], settings={"adapt": "50"}))
    [line] = [line for line in lines if "without labels" in line]
    assert "minutes" in line
    assert "{" not in line


def test_word_vectors_learn_as_a_whole():
    [line] = [
        reason_sentence(r)
        for r in advise(texts(found(GLOVE, 0.9, 3000.0), num_train=500), [GLOVE]).reasons
        if r.code == "size_words"
    ]
    assert "With 500 texts" in line
    assert "blocks" not in line
