"""The training samples that a model finds most like a sample."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from tlgui.core.dataset import Sample
from tlgui.core.events import Event
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import Chained, Kept, apply_to_samples
from tlgui.engine.data.inputs import BatchFunction, Inputs

NUM_NEAREST: Final = 5
MAX_COMPARED: Final = 2_000  # training samples whose features have to be computed
MAX_KNOWN: Final = 20_000  # those whose features are there from the training
CHUNK: Final = 64  # samples between two looks at what a person wants meanwhile

# shape (num_samples, feature_size), dense or of SciPy's csr_array, which has no types
Features: TypeAlias = Any


class NeighborSearch:
    """Finds near training samples once their features are there, which may take a while.

    Attributes:
        samples: Those that are compared.
    """

    def __init__(
        self, samples: Sequence[Sample], chunks: Iterator[Features], channel: Channel
    ) -> None:
        """Prepare; nothing is computed yet.

        Args:
            samples: See ``some_samples``.
            chunks: Their features as the head of the model sees them, some at a time.
            channel: Events out, requests in.
        """
        self.samples = samples
        self._chunks = chunks
        self._rows: list[Features] = []
        self._num_done = 0
        self._channel = channel

    def complete(self, is_enough: Callable[[], bool] = lambda: False) -> bool:
        """Compute what is missing, unless something else comes up; return whether all is there.

        Raises:
            TlguiError: a training sample is gone or damaged by now.
            JobStopped: a person asked for it.
        """
        while self._num_done < len(self.samples):
            self._channel.stop_if_requested()
            self._channel.progress("neighbors", self._num_done, len(self.samples))
            if is_enough():
                return False
            rows = next(self._chunks)
            self._rows.append(rows)
            self._num_done += rows.shape[0]
            self._channel.progress("neighbors", self._num_done, len(self.samples))
        return True

    def nearest(self, query: Features) -> list[tuple[Sample, float]]:
        """Return the nearest samples with their distances, the nearest first.

        Args:
            query: shape (1, feature_size), of the sample that is asked about.
        """
        distances = self._distances(query)
        order = np.argsort(distances, kind="stable")[:NUM_NEAREST]
        return [(self.samples[row], float(distances[row])) for row in order]

    def _distances(self, query: Features) -> NDArray[np.floating]:
        """Return 1 minus the cosine of the angle to every sample, 0 to 2."""
        if not self._rows:
            return np.empty(0)
        if len(self._rows) > 1:
            self._rows = [_stacked(self._rows)]
        [rows] = self._rows
        lengths = _lengths(rows) * _lengths(query)
        products = _dense(rows @ query.T)[:, 0]
        cosines = np.divide(products, lengths, out=np.zeros(len(products)), where=lengths > 0)
        distances: NDArray[np.floating] = np.clip(1 - cosines, 0, 2)
        return distances


def some_samples(
    samples: Sequence[Sample], features: BatchFunction | None, seed: int
) -> tuple[Sample, ...]:
    """Return those that are compared, a random part of many.

    Args:
        samples: The training samples.
        features: What the head of the model sees of a batch; None where nothing is kept of it.
        seed: Of the run.
    """
    limit = MAX_KNOWN if features and _all_known(features, samples) else MAX_COMPARED
    if len(samples) <= limit:
        return tuple(samples)
    numbers = sorted(random.Random(seed).sample(range(len(samples)), limit))
    return tuple(samples[number] for number in numbers)


def feature_chunks(
    features: BatchFunction, inputs: Inputs, samples: Sequence[Sample], channel: Channel
) -> Iterator[Features]:
    """Yield the features of the samples, in their order, some at a time."""
    if not _all_known(features, samples):
        inputs.cheapest_order(samples)  # reads a table of texts once instead of for every chunk
    for start in range(0, len(samples), CHUNK):
        part = samples[start : start + CHUNK]
        yield apply_to_samples(features, inputs, part, channel, "neighbors")


def _all_known(features: BatchFunction, samples: Sequence[Sample]) -> bool:
    while isinstance(features, Chained):
        features = features.function
    return isinstance(features, Kept) and not features.num_unknown(samples)


class Quiet(Channel):
    """Passes on nothing but the wish to stop: the progress of a part would run from 0 again."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._other = channel

    def send(self, cls: type[Event], **fields: Any) -> None:
        """Say nothing."""

    def progress(self, activity: str, done: int, total: int) -> None:
        """Say nothing."""

    def stop_if_requested(self) -> None:
        """Give up work where the other channel does."""
        self._other.stop_if_requested()


def _stacked(rows: Sequence[Features]) -> Features:
    if isinstance(rows[0], csr_array):
        return csr_array(vstack(rows))
    return np.concatenate(rows)


def _dense(values: Any) -> NDArray[np.floating]:
    dense: NDArray[np.floating] = values.toarray() if isinstance(values, csr_array) else values
    return dense


def _lengths(rows: Features) -> NDArray[np.floating]:
    squares = rows.multiply(rows).sum(axis=1) if isinstance(rows, csr_array) else (rows**2).sum(1)
    return np.sqrt(np.asarray(squares, np.float64))
