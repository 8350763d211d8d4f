"""Texts as models take them: tokens, made once and kept, or the texts themselves."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Problem, Sample
from tlgui.core.events import ProblemFound
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import Order, shuffled
from tlgui.engine.data.text_files import read_text
from tlgui.engine.data.text_source import read_texts, reading_order
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.data.tokens import TokenBatch

CHUNK: Final = 256  # texts that are tokenized at a time, between two looks at requests
POOL_BATCHES: Final = 32  # batches whose texts are sorted by length together


class TextInputs:
    """The ``Inputs`` of a data set of texts for a model that reads tokens; see there.

    Tokens are made when they are first needed and kept, so that no epoch tokenizes again.
    """

    def __init__(self, dataset: Dataset, tokenizer: Tokenizer, channel: Channel) -> None:
        self._dataset = dataset
        self._tokenizer = tokenizer
        self._channel = channel
        self._ids: dict[str, NDArray[np.int32]] = {}

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[TokenBatch]:
        """Yield tokens, each batch padded to its longest text."""
        self._tokenize(samples)
        for start in range(0, len(samples), batch_size):
            batch = samples[start : start + batch_size]
            yield self._tokenizer.pad([self._ids[s.path] for s in batch])

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the short texts first, so that hardly anything is padded."""
        return self._lengths(samples).argsort(kind="stable")

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's random order, in which the texts of a batch have similar lengths."""
        return bucketed_order(self._lengths(samples), batch_size, seed, epoch)

    def _lengths(self, samples: Sequence[Sample]) -> NDArray[np.int64]:
        self._tokenize(samples)
        return np.array([len(self._ids[s.path]) for s in samples], np.int64)

    def _tokenize(self, samples: Sequence[Sample]) -> None:
        missing = [s for s in samples if s.path not in self._ids]
        missing = [missing[index] for index in reading_order(self._dataset, missing)]
        done = 0

        def tick(_count: int) -> None:
            self._channel.stop_if_requested()
            self._channel.progress("reading", done, len(missing))

        texts = read_texts(self._dataset, missing, tick)
        cut: list[str] = []
        while chunk := list(islice(texts, CHUNK)):
            cut += self._tokenize_chunk(missing[done : done + CHUNK], chunk)
            done += len(chunk)
            tick(done)
        if cut:
            limit = str(self._tokenizer.sequence_length)
            problem = Problem(code="texts_cut", path=cut[0], name=limit, count=len(cut))
            self._channel.send(ProblemFound, problem=problem)

    def _tokenize_chunk(self, samples: Sequence[Sample], texts: Sequence[str]) -> list[str]:
        """Keep the tokens of some texts and return the paths of those that were cut."""
        cut: list[str] = []
        found = self._tokenizer.encode_noting_cuts(texts)
        for sample, (ids, is_cut) in zip(samples, found, strict=True):
            self._ids[sample.path] = ids
            if is_cut:
                cut.append(sample.path)
        return cut


class RawTexts:
    """The ``Inputs`` of a data set of texts for a method that reads them as they are."""

    def __init__(self, dataset: Dataset, channel: Channel) -> None:
        self._dataset = dataset
        self._channel = channel

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[tuple[str, ...]]:
        """Yield texts."""
        texts = read_texts(self._dataset, samples, lambda _: self._channel.stop_if_requested())
        while batch := tuple(islice(texts, batch_size)):
            self._channel.stop_if_requested()
            yield batch

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the order in which no text has to be held in memory."""
        return reading_order(self._dataset, samples)

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's random order."""
        return shuffled(len(samples), seed, epoch)


class TextReader:
    """The ``FileReader`` of texts; see there."""

    def __init__(self, tokenizer: Tokenizer | None) -> None:
        """Prepare.

        Args:
            tokenizer: The model's, or None for a method that reads texts as they are.
        """
        self._tokenizer = tokenizer

    def num_tokens(self, text: str) -> tuple[int, int]:
        """Return how many tokens a text has, and how many of them are not read."""
        if self._tokenizer is None:
            return 0, 0
        [count] = self._tokenizer.count([text])
        limit = self._tokenizer.sequence_length
        return count, max(0, count - limit) if limit else 0

    def read(self, path: Path) -> str:
        """Return the text of one file."""
        return read_text(path).text

    def why_not(self, item: str) -> str:
        """Return why the model has no answer to a text, or ""; see there."""
        if self._tokenizer is None or self._tokenizer.left_out_id is None:
            return ""
        [ids] = self._tokenizer.encode([item])
        known = ids.tolist() != [self._tokenizer.left_out_id]
        return "" if known else "the model knows none of its words"

    def collate(self, items: Sequence[str]) -> TokenBatch | Sequence[str]:
        """Return several texts as one batch."""
        if self._tokenizer is None:
            return items
        return self._tokenizer.pad(self._tokenizer.encode(items))


def bucketed_order(
    lengths: NDArray[np.integer], batch_size: int, seed: int, epoch: int
) -> NDArray[np.int64]:
    """Return a random order whose batches hold texts of similar lengths.

    A pool of batches is drawn at random, sorted by length and cut into batches; then the batches
    of all pools are shuffled. So a step pads little, and its texts still differ in every epoch.

    Args:
        lengths: shape (num_samples,), in tokens.
        batch_size: samples per batch; the last batch may be shorter and stays last.
        seed: of the run.
        epoch: of the run.
    """
    order = shuffled(len(lengths), seed, epoch)
    pool = POOL_BATCHES * batch_size
    pools = [order[start : start + pool] for start in range(0, len(order), pool)]
    by_length = [p[np.argsort(lengths[p], kind="stable")] for p in pools]
    num_whole = len(order) // batch_size
    if not num_whole:
        return order
    joined = np.concatenate(by_length)
    whole = joined[: num_whole * batch_size].reshape(num_whole, batch_size)
    batches = np.random.default_rng((seed, epoch, 1)).permutation(whole)
    return np.concatenate([batches.ravel(), joined[num_whole * batch_size :]])
