"""Hides words from a model that learns, so that it does not lean on a few of them."""

from dataclasses import replace

import numpy as np

from tlgui.engine.data.tokens import TokenBatch


def drop_words(
    batch: TokenBatch, fraction: float, rng: np.random.Generator, *, keeps_ends: bool
) -> TokenBatch:
    """Return the batch with some of its tokens hidden, at least one of each text not.

    A hidden token stays in its place and is masked like padding: no attention reaches it and no
    mean counts it.

    Args:
        batch: Any, as a tokenizer pads it.
        fraction: Probability of every token to be hidden, in [0, 1).
        rng: Decides which.
        keeps_ends: The first and the last token of a text are special ones, never hidden.

    Raises:
        ValueError: the fraction lies outside its range.

    Source:
        Iyyer et al. 2015, "Deep Unordered Composition Rivals Syntactic Methods for Text
        Classification", section 2.3, doi:10.3115/v1/P15-1162.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction must be in [0, 1), got {fraction}")
    mask = batch.padding_mask
    draws = rng.random(mask.shape)
    kept = mask & (draws >= fraction)
    rows = np.arange(len(mask))
    if keeps_ends:
        kept[rows, 0] = mask[:, 0]
        last = mask.sum(axis=1) - 1
        kept[rows, last] = mask[rows, last]
    else:
        # the token of the highest draw is the last to go, so that it stays changes no other odds
        kept[rows, np.where(mask, draws, -1).argmax(axis=1)] = True
    return replace(batch, padding_mask=kept)
