import pytest

from tests.engine.tiny_text import write_tiny_text_preset
from tlgui.core.errors import TlguiError
from tlgui.engine.data.token_counts import TokenCounter


def test_lengths_are_those_that_the_model_will_see(tmp_path):
    write_tiny_text_preset(tmp_path / "tiny")
    count = TokenCounter(tmp_path / "tiny/tokenizer.json")
    assert list(count(["the cat", ""])) == [4, 2]
    assert list(count(["the cat " * 500])) == [1002]


def test_a_tokenizer_that_nobody_needs_is_not_even_opened(tmp_path):
    count = TokenCounter(tmp_path / "gone.json")
    with pytest.raises(TlguiError, match="preset_damaged"):
        count(["the cat"])
