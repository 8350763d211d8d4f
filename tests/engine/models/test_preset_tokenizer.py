"""The tokenizer that belongs to a preset."""

import json

import pytest

from tests.engine.tiny_text import write_tiny_text_preset, write_tiny_word_vectors
from tlgui.core.errors import TlguiError
from tlgui.engine.models.preset_tokenizer import load_tokenizer


@pytest.fixture
def tiny(tmp_path):
    write_tiny_text_preset(tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.mark.parametrize(("wanted", "given"), [(16, 16), (0, 64), (1000, 64)])
def test_no_text_is_longer_than_the_encoder_can_read(tiny, wanted, given):
    assert load_tokenizer(tiny, wanted).sequence_length == given


def test_word_vectors_read_texts_of_any_length(tmp_path):
    write_tiny_word_vectors(tmp_path / "words")

    assert load_tokenizer(tmp_path / "words", 0).sequence_length == 0


def test_a_changed_tokenizer_is_refused(tiny):
    path = tiny / "tokenizer.json"
    path.write_bytes(path.read_bytes() + b" ")

    with pytest.raises(TlguiError) as refusal:
        load_tokenizer(tiny, 16)

    assert refusal.value.detail["path"] == str(path)


def test_a_tokenizer_that_knows_more_than_the_encoder_is_refused(tiny, reseal):
    path = tiny / "tokenizer.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["model"]["vocab"]["surplus"] = 10**9
    path.write_text(json.dumps(record), encoding="utf-8")
    reseal(tiny)

    with pytest.raises(TlguiError) as refusal:
        load_tokenizer(tiny, 16)

    assert refusal.value.code == "preset_damaged"


def test_a_preset_for_pictures_has_no_tokenizer(tiny_preset):
    with pytest.raises(TlguiError) as refusal:
        load_tokenizer(tiny_preset, 16)

    assert "reads no tokens" in str(refusal.value.detail["reason"])
