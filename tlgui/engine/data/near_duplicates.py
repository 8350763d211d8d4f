"""Which texts are almost the same, found in one pass with a few bytes per text."""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tlgui.engine.data.text_words import tokens_of

MIN_SIMILARITY: Final = 0.75
_NUM_HASHES: Final = 64
_ROWS_PER_BAND: Final = 4  # 16 bands of 4: a pair at 0.75 meets with probability 0.998
_NUM_NEIGHBORS: Final = 8
_MAX_TOKENS: Final = 50_000
_MAX_KNOWN_TOKENS: Final = 20_000  # most of a text are among them
_BATCH_SHINGLES: Final = 65_536
_PAIRS_AT_ONCE: Final = 65_536
_BROTHER: Final = np.uint64(0x9E3779B97F4A7C15)


class NearDuplicates:
    """Takes in one text after the other and says at the end which are almost the same.

    Two texts are near-duplicates when their words and pairs of neighboring words are the same
    to ``MIN_SIMILARITY`` (Jaccard), however numbers, case, punctuation and spaces differ.

    Every text is kept as a signature of 128 bytes: 64 minimal hash values (Broder 1997, "On the
    resemblance and containment of documents"), 16 bits of each (Li and König 2010, "b-Bit
    Minwise Hashing", arXiv:0910.3349). Pairs to compare come from bands of the signatures.
    """

    def __init__(self) -> None:
        chance = np.random.default_rng(1997)
        draws = chance.integers(0, 2**64, (2, _NUM_HASHES), np.uint64)
        self._factors = draws[0] | np.uint64(1)
        self._offsets = draws[1]
        self._signatures = bytearray()  # grows in place, where joining parts would need them twice
        self._words: list[NDArray[np.uint64]] = []
        self._num_waiting = 0

    def add(self, text: str) -> None:
        """Take in the next text."""
        words = _hashes_of(text)
        self._words.append(words)
        self._num_waiting += len(words)
        if self._num_waiting >= _BATCH_SHINGLES:
            self._sign_waiting()

    def clusters(self) -> list[str]:
        """Return for each text the name of its cluster, "near-<first text>", or ""."""
        self._sign_waiting()
        if not self._signatures:
            return []
        signatures = np.frombuffer(self._signatures, np.uint16).reshape(-1, _NUM_HASHES)
        cluster_of = _clusters(signatures)
        sizes = np.bincount(cluster_of, minlength=len(cluster_of))
        return [f"near-{c}" if sizes[c] > 1 else "" for c in cluster_of.tolist()]

    def _sign_waiting(self) -> None:
        if not self._words:
            return
        shingles, starts = _shingles(self._words)
        signatures = np.empty((len(starts), _NUM_HASHES), np.uint16)
        for column in range(_NUM_HASHES):
            hashed = shingles * self._factors[column] + self._offsets[column]
            smallest = np.minimum.reduceat(hashed, starts)
            signatures[:, column] = smallest >> np.uint64(24)
        self._signatures += signatures.tobytes()
        self._words = []
        self._num_waiting = 0


def _hashes_of(text: str) -> NDArray[np.uint64]:
    """Return one hash per word; a text without letters is one word, as it stands."""
    tokens = tokens_of(text)[:_MAX_TOKENS]
    if all(token == "0" for token in tokens):
        tokens = [" ".join(text.split())]
    return np.array([_hash_of(token) for token in tokens], np.uint64)


@lru_cache(maxsize=_MAX_KNOWN_TOKENS)
def _hash_of(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "replace"))


def _shingles(texts: list[NDArray[np.uint64]]) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Return words and neighboring pairs of all texts in a row, and where each text starts."""
    lengths = np.array([len(words) for words in texts])
    ends = np.cumsum(2 * lengths)
    starts = ends - 2 * lengths
    words = _mixed(np.concatenate(texts))
    following = np.roll(words, -1)
    pairs = _mixed(words * _BROTHER + following)
    last = np.cumsum(lengths) - 1
    pairs[last] = words[last]  # the last word has no follower
    shingles = np.empty(2 * len(words), np.uint64)
    shingles[0::2] = words
    shingles[1::2] = pairs
    return shingles, starts


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return values in which every bit depends on every bit: the end of SplitMix64.

    Source:
        Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
    """
    mixed = (values + _BROTHER) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _clusters(signatures: NDArray[np.uint16]) -> NDArray[np.intp]:
    """Return for each text the index of the first text of its cluster."""
    cluster_of = np.arange(len(signatures))
    for first in range(0, _NUM_HASHES, _ROWS_PER_BAND):
        band = np.ascontiguousarray(signatures[:, first : first + _ROWS_PER_BAND])
        links = [(np.arange(len(signatures)), cluster_of)]
        for left, right in _neighbors(band.view(np.uint64).ravel()):
            is_same = _are_similar(signatures, left, right)
            links.append((left[is_same], right[is_same]))
        cluster_of = _joined_clusters(links, len(signatures))
    return cluster_of


def _joined_clusters(
    links: list[tuple[NDArray[np.intp], NDArray[np.intp]]], num_texts: int
) -> NDArray[np.intp]:
    rows = np.concatenate([left for left, _ in links])
    columns = np.concatenate([right for _, right in links])
    graph = coo_array((np.ones(len(rows), np.bool_), (rows, columns)), (num_texts, num_texts))
    _, component = connected_components(graph, directed=False)
    firsts = np.full(num_texts, num_texts, np.intp)
    np.minimum.at(firsts, component, np.arange(num_texts))
    clusters: NDArray[np.intp] = firsts[component]
    return clusters


def _neighbors(keys: NDArray[np.uint64]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield pairs of texts with the same key: each with the few before it and the first."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for distance in range(1, _NUM_NEIGHBORS + 1):
        meets = np.flatnonzero(ordered[distance:] == ordered[:-distance])
        yield order[meets], order[meets + distance]
    is_first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(keys)), 0))
    far = np.flatnonzero(np.arange(len(keys)) - first > _NUM_NEIGHBORS)
    yield order[first[far]], order[far]


def _are_similar(
    signatures: NDArray[np.uint16], left: NDArray[np.intp], right: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Say of pairs whether the share of equal hash values reaches ``MIN_SIMILARITY``."""
    is_same = np.empty(len(left), np.bool_)
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        equal = signatures[left[part]] == signatures[right[part]]
        is_same[part] = equal.mean(axis=1) >= MIN_SIMILARITY
    return is_same
