"""What a model is fed with, whatever a sample is: the plug between data and everything else."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.engine.data.tokens import StateBatch, TokenBatch

# pixels (batch, size, size, 3) in 0..255, tokens, what a part of a network makes of either, or
# the texts themselves
Batch = NDArray[np.float32] | TokenBatch | StateBatch | Sequence[str]

# a batch to one row per sample, shape (batch, ...)
BatchFunction = Callable[[Batch], NDArray[np.float32]]

Order = NDArray[np.int64]


class Inputs(Protocol):
    """The samples of one data set as one preset takes them."""

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[Batch]:
        """Yield the samples in their order; the last batch may be shorter.

        Raises:
            TlguiError: a file that the scan could read is gone, changed or damaged by now.
            JobStopped: a person asked for it.
        """

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the order, as indices, in which one pass over the samples costs least."""

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's order: a pure function of its arguments, so that a resume repeats it.

        Batches are cut from it in turn, ``batch_size`` samples each.
        """


class FileReader(Protocol):
    """New files as one preset takes them."""

    def read(self, path: Path) -> Any:
        """Return what one file holds.

        Raises:
            UnreadableFile: with the reason.
        """

    def why_not(self, item: Any) -> str:
        """Return why the model can have no answer to what ``read`` returned, or ""."""

    def collate(self, items: Sequence[Any]) -> Batch:
        """Return several of what ``read`` returned as one batch."""


def shuffled(num_samples: int, seed: int, epoch: int) -> Order:
    """Return an epoch's random order."""
    return np.random.default_rng((seed, epoch)).permutation(num_samples)


def joined(batch: Batch, other: Batch) -> Batch:
    """Return two batches of one kind as one; tokens are padded to the longer of the two."""
    if isinstance(batch, TokenBatch) and isinstance(other, TokenBatch):
        length = max(batch.token_ids.shape[1], other.token_ids.shape[1])
        return TokenBatch(
            token_ids=np.concatenate([_padded(b.token_ids, length) for b in (batch, other)]),
            padding_mask=np.concatenate([_padded(b.padding_mask, length) for b in (batch, other)]),
        )
    assert isinstance(batch, np.ndarray)
    return np.concatenate([batch, np.asarray(other)])


def _padded(rows: NDArray[Any], length: int) -> NDArray[Any]:
    return np.pad(rows, ((0, 0), (0, length - rows.shape[1])))
