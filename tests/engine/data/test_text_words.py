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


def test_plain_english_is_cut_as_every_other_script():
    text = "It's 5 o'clock_and ''twas a B2B rock'n'roll' show, e.g. 12a"
    assert tokens_of(text) == tokens_of(f"{text} \u00e9")[:-1]
    assert telling_words_of(text) == telling_words_of(f"{text} \u00e9")
