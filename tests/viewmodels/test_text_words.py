from dataclasses import replace

import pytest

from tests.stories import messages, summary
from tlgui.core.dataset import TextFacts
from tlgui.viewmodels.text_words import (
    cut_share,
    facts_line,
    language_name,
    length_sentence,
    typical_sentence,
)

FACTS = messages().texts


def test_lengths_are_told_as_people_compare_them():
    assert length_sentence(FACTS, 128) == (
        "Half of the texts have at most 55 tokens, the longest 203; "
        "1 % have more than the 128 that are read"
    )
    assert length_sentence(FACTS, 300).endswith("the longest 203; all of each is read")
    assert length_sentence(FACTS, 0).endswith("the longest 203")
    assert length_sentence(TextFacts(), 128) == ""


def test_a_single_long_text_is_not_said_to_be_one_percent():
    facts = TextFacts(num_tokens=(*range(100), 500))
    assert "under 1 % have more" in length_sentence(facts, 128)
    assert cut_share(facts, 500) == 0.0


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("en", "English"), ("zz", "zz")])
def test_languages_have_names(code, name):
    assert language_name(code) == name


def test_language_is_told_only_where_it_is_known():
    assert facts_line(FACTS, 0).endswith(" · most look like English")
    assert "look like" not in facts_line(replace(FACTS, language=""), 0)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("spam", "Typical of spam: claim, prize, txt, urgent"),
        ("", "Click a kind to see its texts and the words that are typical of it."),
        ("unheard of", "No word is typical of unheard of."),
    ],
)
def test_words_tell_a_kind_from_the_others(name, sentence):
    assert typical_sentence(summary(messages()), name) == sentence


def test_nothing_is_offered_where_no_words_were_counted(dataset):
    assert typical_sentence(summary(dataset), "oak") == ""
    assert typical_sentence(summary(replace(messages(), texts=TextFacts())), "spam") == ""
