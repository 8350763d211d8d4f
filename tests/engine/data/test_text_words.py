import pytest

from tlgui.engine.data.text_words import telling_words_of, tokens_of


def test_numbers_case_and_punctuation_make_no_difference():
    assert (
        tokens_of("Call 0800-123, NOW!!")
        == tokens_of("call 0900 77 now")
        == [
            "call",
            "0",
            "0",
            "now",
        ]
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I’ll pay 20 x A4 twice", {"i'll", "pay", "twice"}),
        ("Die Straße", {"die", "straße"}),
        ("हिन्दी में", {"हिन्दी", "में"}),
        ("日本語", {"日本", "本語"}),
        ("안녕하세요 세계", {"안녕하세요", "세계"}),
        ("!!! 😀", set()),
        ("x" * 50, set()),
    ],
)
def test_words_are_found_in_every_script(text, words):
    assert telling_words_of(text) == words
