"""What the steps of a phase without labels learn from: a function of seed, epoch and step."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tlgui.core.dataset import Sample
from tlgui.engine.data.inputs import Batch, Inputs

Key = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glimpse:
    """Some samples without their labels.

    Attributes:
        batch: As the backbone takes them.
        key: Seed, epoch and step: what is random about the step follows from it.
        num_samples: Of the batch.
    """

    batch: Batch
    key: Key
    num_samples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Samples that are read together."""

    inputs: Inputs
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlabeledFeed:
    """The glimpses of one phase; each holds samples of one source.

    Attributes:
        sources: None of them empty.
        batch_size: Samples per step; the last batch of a source may be smaller.
        seed: Of the run.
    """

    sources: tuple[Source, ...]
    batch_size: int
    seed: int

    @property
    def steps_per_epoch(self) -> int:
        """Updates of the weights per epoch."""
        return sum(self._num_batches())

    def glimpses(self, epoch: int, after_step: int = 0) -> Iterator[Glimpse]:
        """Yield those of an epoch after ``after_step``, the sources in random turns.

        Raises:
            TlguiError: a file is gone, changed or damaged by now.
            JobStopped: a person asked for it.
        """
        turns = np.repeat(np.arange(len(self.sources)), self._num_batches())
        turns = np.random.default_rng((self.seed, epoch, 6)).permutation(turns)
        streams = [
            self._batches(source, epoch, int((turns[:after_step] == number).sum()))
            for number, source in enumerate(self.sources)
        ]
        for step, turn in enumerate(turns[after_step:], start=after_step):
            batch, num_samples = next(streams[turn])
            yield Glimpse(batch=batch, key=(self.seed, epoch, step), num_samples=num_samples)

    def _num_batches(self) -> list[int]:
        return [math.ceil(len(source.samples) / self.batch_size) for source in self.sources]

    def _batches(self, source: Source, epoch: int, num_past: int) -> Iterator[tuple[Batch, int]]:
        size, samples = self.batch_size, source.samples
        order = source.inputs.training_order(samples, size, self.seed, epoch)
        rest = [samples[index] for index in order[num_past * size :]]
        for number, batch in enumerate(source.inputs.batches(rest, size)):
            yield batch, len(rest[number * size : (number + 1) * size])
