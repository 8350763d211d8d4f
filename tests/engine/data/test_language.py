import pytest

from tlgui.engine.data.language import language_of

ENGLISH = ["the weather is nice today", "call me when you are home", "thank you very much"] * 20
GERMAN = ["das Wetter ist heute schön", "ruf mich bitte an", "vielen Dank dafür"] * 20


def test_many_short_texts_are_judged_together():
    assert language_of(ENGLISH) == "en"
    assert language_of(GERMAN) == "de"


@pytest.mark.parametrize(
    "snippets",
    [[], ["ok"], ["12345 678"] * 50, ENGLISH + GERMAN],
)
def test_no_language_is_claimed_where_it_is_open(snippets):
    assert language_of(snippets) == ""
