"""Hidden words: which, how many, and the same ones whenever a run goes on."""

import random

import numpy as np
import pytest

from tests.engine.tiny_text import TINY_BERT
from tlgui.core.errors import TlguiError
from tlgui.core.settings import resources_folder
from tlgui.engine.adaptation.masked_language import Masking, masked_language_task
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.presets import load_backbone

MINILM = resources_folder() / "models/all_minilm_l6_v2_en/tokenizer.json"
CLS, SEP, MASK = 101, 102, 103
VOCABULARY = 30522


@pytest.fixture(scope="module")
def masking():
    return Masking(Tokenizer(MINILM, 128), VOCABULARY)


@pytest.fixture(scope="module")
def batch():
    """Sixty texts of 8 to 126 words."""
    rng = np.random.default_rng(2)
    tokenizer = Tokenizer(MINILM, 128)
    rows = [rng.integers(2000, 3000, 8 + 2 * number) for number in range(60)]
    return tokenizer.pad([np.array([CLS, *row, SEP], np.int32) for row in rows])


def test_words_are_hidden_as_in_the_paper(masking, batch):
    asked, hidden = masking.hide(batch, (0, 1, 2))

    num_words = int(batch.padding_mask.sum()) - 2 * len(batch.token_ids)
    shown = asked.token_ids.ravel()[hidden.places]
    assert len(hidden.ids) / num_words == pytest.approx(0.15, abs=0.02)
    assert (shown == MASK).mean() == pytest.approx(0.8, abs=0.06)
    assert (shown == hidden.ids).mean() == pytest.approx(0.1, abs=0.04)
    np.testing.assert_array_equal(batch.token_ids.ravel()[hidden.places], hidden.ids)


def test_nothing_but_the_hidden_words_changes(masking, batch):
    asked, hidden = masking.hide(batch, (0, 1, 2))

    changed = np.flatnonzero(asked.token_ids.ravel() != batch.token_ids.ravel())
    assert set(changed) <= set(hidden.places)
    assert not np.isin(hidden.ids, [0, CLS, SEP]).any()
    np.testing.assert_array_equal(asked.padding_mask, batch.padding_mask)


def test_same_step_hides_the_same_words_and_another_step_others(masking, batch):
    state = random.getstate()
    first, _ = masking.hide(batch, (0, 1, 2))
    assert random.getstate() == state, "others draw from these numbers too"
    random.seed(99)

    np.testing.assert_array_equal(masking.hide(batch, (0, 1, 2))[0].token_ids, first.token_ids)
    for other in ((1, 1, 2), (0, 2, 2), (0, 1, 3)):
        asked, _ = masking.hide(batch, other)
        assert (asked.token_ids != first.token_ids).any()


def test_texts_too_short_to_hide_a_word_cost_nothing(masking, tiny_library):
    folder = tiny_library.folder("tiny_text")
    task = masked_language_task(
        load_backbone(folder), Masking(load_tokenizer(folder, 32), TINY_BERT.vocabulary_size)
    )
    empty = TokenBatch(token_ids=np.array([[2, 3]], np.int32), padding_mask=np.ones((1, 2), bool))

    arrays, num_answers = task.questions(empty, (0, 1, 2))
    loss, accuracy = task.loss(arrays, True)

    assert num_answers == 0
    assert (float(loss), float(accuracy)) == (0.0, 0.0)


def test_vocabulary_without_any_token_to_hide_behind_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(Tokenizer, "mask_id", None)
    monkeypatch.setattr(Tokenizer, "unknown_id", None)
    with pytest.raises(TlguiError, match="setting_invalid") as error:
        Masking(Tokenizer(MINILM, 128), VOCABULARY)
    assert error.value.detail["name"] == "adapt"


def test_head_of_the_task_shares_the_table_of_words(tiny_library):
    folder = tiny_library.folder("tiny_text")
    backbone = load_backbone(folder)
    task = masked_language_task(
        backbone, Masking(load_tokenizer(folder, 32), TINY_BERT.vocabulary_size)
    )
    assert not {id(v) for v in task.head} & {id(v) for v in backbone.variables}
    assert max(np.prod(v.shape) for v in task.head) < TINY_BERT.vocabulary_size * 16
