"""What the frozen part of a network gives for each sample: computed once, read in every epoch."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.phase import Phase
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import BATCH_SIZE
from tlgui.engine.data.inputs import Batch, Inputs, Order
from tlgui.engine.data.row_store import Row, Space
from tlgui.engine.data.tokens import StateBatch, TokenBatch
from tlgui.engine.models.classifiers import inputs_key
from tlgui.engine.models.split_network import SplitNetwork, split_network
from tlgui.engine.models.traced_steps import logits_step
from tlgui.engine.training.context import TrainingContext

VERSION: Final = 2  # of how samples become states; others are not taken for those stored
DTYPES: Final = (np.dtype(np.float32), np.dtype(np.float16))


def split_for(context: TrainingContext, phase: Phase, model: keras.Model) -> SplitNetwork | None:
    """Return the frozen part of a network and the rest, if the former always gives the same."""
    if not context.plan.freezes_states(phase):
        return None
    return split_network(model, phase.trains)


def open_states(
    context: TrainingContext, phase: Phase, lower: keras.Model, samples: Sequence[Sample]
) -> "FrozenStates":
    """Return the samples as the upper part of a network takes them.

    They are kept if that pays and the disk has room, with half the digits where it has less room:
    that rounds them by at most 1 in 2,048. Else every epoch computes them anew.

    Args:
        context: Of the run.
        phase: Whose epochs look at them.
        lower: The frozen part.
        samples: All that the epochs look at.

    Raises:
        TlguiError: a file is gone, changed or damaged by now.
        JobStopped: a person asked for it; what is computed is kept.
    """
    store = context.library.store
    states = FrozenStates(context.inputs, lower, None)
    if store is None or phase.epochs == 1:
        return states
    facts = {"weights": _digest(lower), "inputs": inputs_key(context.plan), "version": VERSION}
    for dtype in DTYPES:
        if store.could_hold(dtype.itemsize * _num_values(context, lower)):
            space = store.space(kind="states", dtype=dtype.name, **facts)
            kept = FrozenStates(context.inputs, lower, space, dtype)
            return kept if kept.remember(samples, context.channel) else states
    return states


class FrozenStates:
    """The ``Inputs`` of a data set for the upper part of a network; see there."""

    def __init__(
        self,
        inputs: Inputs,
        lower: keras.Model,
        known: Space | None,
        dtype: np.dtype[Any] = DTYPES[0],
    ) -> None:
        """Prepare.

        Args:
            inputs: For the whole network.
            lower: The frozen part.
            known: Keeps the states; None keeps nothing.
            dtype: In which they are kept.
        """
        self._inputs = inputs
        self._lower = logits_step(lower)
        self._is_padded = isinstance(lower.input, dict)
        self._known = known
        self._dtype = dtype

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[Batch]:
        """Yield states, float32; maps of pictures, or those of the tokens of texts."""
        if self._known is None:
            yield from map(self._computed, self._inputs.batches(samples, batch_size))
            return
        for start in range(0, len(samples), batch_size):
            rows = [self._row(sample) for sample in samples[start : start + batch_size]]
            yield _padded(rows) if self._is_padded else np.stack(rows)

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the order for the whole network."""
        return self._inputs.cheapest_order(samples)

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's order for the whole network."""
        return self._inputs.training_order(samples, batch_size, seed, epoch)

    def remember(self, samples: Sequence[Sample], channel: Channel) -> bool:
        """Compute what is not known yet; return whether everything could be kept."""
        known = self._known
        assert known is not None
        missing = [*{s.digest: s for s in samples if known.get(s.digest) is None}.values()]
        ordered = [missing[index] for index in self._inputs.cheapest_order(missing)]
        done = 0
        for batch in self._inputs.batches(ordered, BATCH_SIZE):
            channel.stop_if_requested()
            for row in _rows(self._computed(batch)):
                known.put(ordered[done].digest, self._shortened(row))
                done += 1
            channel.progress("features", done, len(ordered))
        known.flush()
        return all(sample.digest in known for sample in samples)

    def _shortened(self, row: Row) -> Row:
        largest = np.finfo(self._dtype).max
        return np.clip(row, -largest, largest).astype(self._dtype)

    def _row(self, sample: Sample) -> Row:
        row = self._known.get(sample.digest) if self._known else None
        if row is not None:
            return row.astype(np.float32, copy=False)
        [batch] = self._inputs.batches([sample], 1)  # damaged by now
        [row] = _rows(self._computed(batch))
        return row

    def _computed(self, batch: Batch) -> Batch:
        states = self._lower(batch)
        if not isinstance(batch, TokenBatch):
            return states
        return StateBatch(states=states, padding_mask=batch.padding_mask)


def _rows(batch: Batch) -> Iterator[Row]:
    """Yield the states of each sample, of texts without the padding."""
    if not isinstance(batch, StateBatch):
        yield from np.asarray(batch)
        return
    for states, mask in zip(batch.states, batch.padding_mask, strict=True):
        yield states[: int(mask.sum())]


def _padded(rows: Sequence[Row]) -> StateBatch:
    lengths = np.array([len(row) for row in rows])
    padding_mask = np.arange(lengths.max()) < lengths[:, np.newaxis]
    states = np.zeros((*padding_mask.shape, rows[0].shape[-1]), np.float32)
    states[padding_mask] = np.concatenate(rows)
    return StateBatch(states=states, padding_mask=padding_mask)


def _num_values(context: TrainingContext, lower: keras.Model) -> int:
    """Return how many numbers the states of all samples are at most."""
    length = context.plan.sequence_length
    sizes = [length if size is None else size for size in lower.output.shape[1:]]
    return math.prod(sizes) * len(context.dataset.samples)


def _digest(lower: keras.Model) -> str:
    """Return a digest of everything that decides what a network gives."""
    digest = hashlib.sha256(str([op.name for op in lower.operations]).encode())
    for weight in lower.weights:
        values: NDArray[np.float32] = keras.ops.convert_to_numpy(weight)
        digest.update(f"{weight.path} {values.shape}".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()
