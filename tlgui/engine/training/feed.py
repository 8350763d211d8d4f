"""What every step of a phase learns from: a pure function of seed, epoch and step."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.engine.data.balance import class_weights, draw_balanced
from tlgui.engine.data.features import labels_of
from tlgui.engine.data.inputs import Inputs, joined
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.data.word_dropout import drop_words
from tlgui.engine.training.replay import Replay
from tlgui.engine.training.training_step import Lesson


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The lessons of one phase.

    Attributes:
        plan: Gives batch size, seed and the balance of classes.
        phase: Says what is replayed and which words are dropped.
        samples: The training split.
        num_classes: Of the data set.
        inputs: How samples are read.
        keeps_ends: See ``drop_words``.
        replay: Older samples, or None.
    """

    plan: Plan
    phase: Phase
    samples: tuple[Sample, ...]
    num_classes: int
    inputs: Inputs
    keeps_ends: bool
    replay: Replay | None = None

    @property
    def steps_per_epoch(self) -> int:
        """Updates of the weights per epoch; the last one may have fewer samples."""
        return math.ceil(len(self.samples) / self._num_fresh)

    @property
    def samples_per_epoch(self) -> int:
        """Samples that an epoch looks at, replayed ones included."""
        return len(self.samples) + self._num_replayed * self.steps_per_epoch

    @property
    def _num_replayed(self) -> int:
        fraction = self.phase.regularization.replay_fraction if self.replay else 0.0
        if not fraction:
            return 0
        size = self.plan.batch_size
        return min(max(1, round(fraction * size)), size - 1)

    @property
    def _num_fresh(self) -> int:
        return self.plan.batch_size - self._num_replayed

    def lessons(self, epoch: int, after_step: int) -> Iterator[Lesson]:
        """Yield what the steps of an epoch after ``after_step`` learn from.

        Raises:
            TlguiError: a file is gone, changed or damaged by now.
            JobStopped: a person asked for it.
        """
        chosen = self._chosen(epoch)
        size = self._num_fresh
        order = self.inputs.training_order(chosen, size, self.plan.seed, epoch)
        rest = [chosen[index] for index in order[after_step * size :]]
        weights = self._weights()
        for number, batch in enumerate(self.inputs.batches(rest, size)):
            labels = labels_of(rest[number * size : (number + 1) * size])
            lesson = Lesson(batch=batch, labels=labels, weights=weights[labels])
            yield self._varied(lesson, epoch, after_step + number)

    def _chosen(self, epoch: int) -> tuple[Sample, ...]:
        if self.plan.class_balance != "sampling":
            return self.samples
        drawn = draw_balanced(labels_of(self.samples), self.plan.seed, epoch)
        return tuple(self.samples[index] for index in drawn)

    def _weights(self) -> NDArray[np.float32]:
        if self.plan.class_balance != "weights":
            return np.ones(self.num_classes, np.float32)
        return class_weights(labels_of(self.samples), self.num_classes)

    def _varied(self, lesson: Lesson, epoch: int, step: int) -> Lesson:
        if self.replay and self._num_replayed:
            rng = np.random.default_rng((self.plan.seed, epoch, 4, step))
            batch, labels = self.replay.drawn(self._num_replayed, rng)
            lesson = Lesson(
                batch=joined(lesson.batch, batch),
                labels=np.concatenate([lesson.labels, labels]),
                weights=np.concatenate([lesson.weights, np.ones(len(labels), np.float32)]),
            )
        fraction = self.phase.regularization.word_dropout
        if not (fraction and isinstance(lesson.batch, TokenBatch)):
            return lesson
        rng = np.random.default_rng((self.plan.seed, epoch, 3, step))
        kept = drop_words(lesson.batch, fraction, rng, keeps_ends=self.keeps_ends)
        return replace(lesson, batch=kept)
