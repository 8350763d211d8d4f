"""Texts as numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenBatch:
    """Some texts as token ids, padded to the longest of them.

    Attributes:
        token_ids: int32 (n, length); 0 is padding.
        padding_mask: bool (n, length), True where there is a token; one per text at least.
    """

    token_ids: NDArray[np.int32]
    padding_mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedWord:
    """A word of a text, as tokens and as a place.

    Attributes:
        ids: Of its tokens, at least one.
        start: Where it begins in the text, in characters.
        end: Where it ends.
    """

    ids: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBatch:
    """Some texts as what a part of a network makes of their tokens.

    Attributes:
        states: float32 (n, length, size); 0 where there is no token.
        padding_mask: See ``TokenBatch``.
    """

    states: NDArray[np.float32]
    padding_mask: NDArray[np.bool_]
