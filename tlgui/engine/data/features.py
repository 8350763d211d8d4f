"""A function of batches applied to samples: each is looked at once, even by several runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import Batch, BatchFunction, Inputs
from tlgui.engine.data.row_store import Space

BATCH_SIZE: Final = 32  # of passes that learn nothing: big enough to keep every core busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A function of batches whose rows are kept for the next who wants them of the same sample."""

    function: BatchFunction
    known: Space

    def __call__(self, batch: Batch) -> NDArray[np.float32]:
        """Return one row per sample; nothing is kept, because a batch does not say whose it is."""
        return self.function(batch)

    def remember(self, samples: Sequence[Sample], rows: NDArray[np.float32]) -> None:
        """Keep rows that were computed elsewhere, one per sample."""
        for sample, row in zip(samples, rows, strict=True):
            self.known.put(sample.digest, row)
        self.known.flush()

    def num_unknown(self, samples: Sequence[Sample]) -> int:
        """Return how many are still to be computed."""
        return sum(sample.digest not in self.known for sample in samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """A function of batches, and what is cheaply made of its rows."""

    function: BatchFunction
    then: Callable[[NDArray[np.float32]], NDArray[np.float32]]

    def __call__(self, batch: Batch) -> NDArray[np.float32]:
        """Return one row per sample."""
        return self.then(self.function(batch))


def labels_of(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Return the class indices, shape (num_samples,)."""
    return np.array([s.label for s in samples], np.int64)


def apply_to_samples(
    function: BatchFunction,
    inputs: Inputs,
    samples: Sequence[Sample],
    channel: Channel,
    activity: str,
) -> NDArray[np.float32]:
    """Return one row per sample in the order of the samples, shape (num_samples, ...).

    Raises:
        TlguiError: a file is gone or damaged by now.
        JobStopped: a person asked for it.
    """
    if isinstance(function, Chained):
        return function.then(
            apply_to_samples(function.function, inputs, samples, channel, activity)
        )
    if isinstance(function, Kept):
        return _with_known(function, inputs, samples, channel, activity)
    return _computed(function, inputs, samples, channel, activity)


def _with_known(
    kept: Kept, inputs: Inputs, samples: Sequence[Sample], channel: Channel, activity: str
) -> NDArray[np.float32]:
    known = {sample.digest: kept.known.get(sample.digest) for sample in samples}
    missing = {s.digest: s for s in samples if known[s.digest] is None}  # copies count once
    new = _computed(kept.function, inputs, [*missing.values()], channel, activity, kept.known)
    kept.known.flush()
    if len(new) == len(samples):
        return new
    rows = {**known, **dict(zip(missing, new, strict=True))}
    return np.stack([rows[sample.digest] for sample in samples])


def _computed(
    function: BatchFunction,
    inputs: Inputs,
    samples: Sequence[Sample],
    channel: Channel,
    activity: str,
    known: Space | None = None,
) -> NDArray[np.float32]:
    order = inputs.cheapest_order(samples)
    result = np.empty((len(samples), 0), np.float32)
    done = 0
    for batch in inputs.batches([samples[index] for index in order], BATCH_SIZE):
        channel.stop_if_requested()
        rows = function(batch)
        if not done:  # the first rows tell the shape; one copy of all is all that there is room for
            result = np.empty((len(samples), *rows.shape[1:]), rows.dtype)
        part = order[done : done + len(rows)]
        result[part] = rows
        if known:
            for index, row in zip(part, rows, strict=True):
                known.put(samples[index].digest, row)
        done += len(rows)
        channel.progress(activity, done, len(samples))
    return result
