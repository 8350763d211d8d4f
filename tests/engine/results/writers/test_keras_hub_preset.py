"""What KerasHub users get beside the weights."""

import pytest

from tlgui.core.settings import resources_folder
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.results.writers.keras_hub_preset import hub_tokenizer

PRESET = resources_folder() / "models" / "all_minilm_l6_v2_en"
TEXTS = (
    "The cat's prices, déjà vu: 12 dogs!",
    "Grünkohl — naïve café (ÅNGSTRÖM) 3.14 %",
    "a.b@c.org http://x.y/z?q=1&r=2",
    "unbelievably electroencephalography zzzzqqq",
)


@pytest.mark.parametrize("text", TEXTS)
def test_tokens_of_keras_hub_are_those_that_the_model_was_trained_on(text):
    [framed] = Tokenizer(PRESET / "tokenizer.json", 0).encode([text])

    found = hub_tokenizer(PRESET / "tokenizer.json")(text)

    assert [int(i) for i in found] == framed.tolist()[1:-1]  # without what frames a text


def test_vocabulary_without_a_token_for_hidden_words_has_no_such_tokenizer(tiny_library):
    assert hub_tokenizer(tiny_library.folder("tiny_text") / "tokenizer.json") is None
