"""Hidden words reach no model, and no text is hidden whole."""

import numpy as np
import pytest

from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.data.word_dropout import drop_words
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.traced_steps import logits_step

LENGTHS = np.array([1, 2, 3, 8, 40])


def batch_of(lengths):
    mask = np.arange(max(lengths)) < np.asarray(lengths)[:, None]
    ids = np.random.default_rng(2).integers(5, 60, mask.shape, np.int32)
    return TokenBatch(token_ids=np.where(mask, ids, 0), padding_mask=mask)


def drop(batch, fraction, seed=0, *, keeps_ends=False):
    return drop_words(batch, fraction, np.random.default_rng(seed), keeps_ends=keeps_ends)


@pytest.mark.parametrize("keeps_ends", [False, True])
def test_every_text_keeps_something_to_learn_from(keeps_ends):
    for seed in range(20):
        mask = drop(batch_of(LENGTHS), 0.99, seed, keeps_ends=keeps_ends).padding_mask
        assert mask.any(axis=1).all()


@pytest.mark.parametrize("keeps_ends", [False, True])
def test_padding_is_never_shown_as_words(keeps_ends):
    batch = batch_of(LENGTHS)

    dropped = drop(batch, 0.5, keeps_ends=keeps_ends)

    assert not (dropped.padding_mask & ~batch.padding_mask).any()
    assert (dropped.token_ids == batch.token_ids).all()


def test_special_tokens_at_both_ends_stay():
    batch = batch_of(LENGTHS)

    mask = drop(batch, 0.99, keeps_ends=True).padding_mask

    assert mask[:, 0].all()
    assert mask[np.arange(len(LENGTHS)), LENGTHS - 1].all()
    assert mask.sum() < batch.padding_mask.sum() / 2


@pytest.mark.parametrize("keeps_ends", [False, True])
def test_as_many_words_are_hidden_as_was_asked_for(keeps_ends):
    mask = drop(batch_of([500] * 40), 0.3, keeps_ends=keeps_ends).padding_mask

    assert 1 - mask.mean() == pytest.approx(0.3, abs=0.02)


def test_first_and_last_words_are_hidden_as_often_where_they_are_not_special():
    mask = drop(batch_of([20] * 4000), 0.3).padding_mask

    np.testing.assert_allclose(mask.mean(axis=0), 0.7, atol=0.03)


def test_no_word_is_hidden_where_none_should_be():
    batch = batch_of(LENGTHS)

    assert (drop(batch, 0.0).padding_mask == batch.padding_mask).all()


def test_resumed_run_hides_the_same_words():
    first, again, other = (drop(batch_of(LENGTHS), 0.5, seed).padding_mask for seed in (7, 7, 8))

    assert (first == again).all()
    assert (first != other).any()


def test_the_batch_itself_is_left_as_it_is():
    batch = batch_of(LENGTHS)
    before = batch.padding_mask.copy()

    drop(batch, 0.9)

    assert (batch.padding_mask == before).all()


@pytest.mark.parametrize("fraction", [-0.1, 1.0])
def test_a_share_that_leaves_nothing_is_refused(fraction):
    with pytest.raises(ValueError, match="fraction"):
        drop(batch_of(LENGTHS), fraction)


@pytest.mark.parametrize(
    ("preset", "pooling"),
    [
        ("tiny_vectors", "mean"),
        ("tiny_text", "mean"),
        ("tiny_text", "first_token"),
        ("tiny_text", "layer_mixture"),
    ],
)
def test_no_model_sees_a_hidden_word(tiny_library, preset, pooling):
    model = build_classifier(load_backbone(tiny_library.folder(preset)), 3, pooling)
    classify = logits_step(model)
    batch = batch_of([12] * 6)
    hidden = drop(batch, 0.5, keeps_ends=True)
    mask = hidden.padding_mask
    others = np.where(mask, batch.token_ids, 60 - batch.token_ids)

    answers = classify(hidden)

    changed = classify(TokenBatch(token_ids=others.astype(np.int32), padding_mask=mask))
    np.testing.assert_allclose(answers, changed, atol=1e-6)
    assert np.abs(answers - classify(batch)).max() > 1e-5
