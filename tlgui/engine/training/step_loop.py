"""What every phase of gradient steps shares: epochs of steps that end anywhere, at no cost."""

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Generic, TypeVar

from tlgui.core.errors import TlguiError
from tlgui.core.events import StepEnded
from tlgui.core.phase import Phase
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.device import memory_used_bytes
from tlgui.engine.models.checkpoints import Checkpoint, Position, Tensors, save_checkpoint
from tlgui.engine.training.context import TrainingContext

CHECKPOINT_INTERVAL_S: Final = 300.0  # what a crash can cost within a long epoch

LessonT = TypeVar("LessonT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one step has shown.

    Attributes:
        loss: Mean over what was judged, in nats.
        accuracy: Fraction of what was judged.
        num_judged: Samples; without labels hidden words or pictures.
        num_samples: What was learned from.
    """

    loss: float
    accuracy: float
    num_judged: int
    num_samples: int


@dataclass(slots=True, kw_only=True)
class StepLoop(ABC, Generic[LessonT]):
    """A phase on its way; ``position`` is all of its state that is not in tensors."""

    context: TrainingContext
    phase: Phase
    position: Position
    steps_per_epoch: int
    saved_s: float = field(default_factory=time.monotonic)
    epoch_start_s: float = field(default_factory=time.monotonic)
    is_compiled: bool = False

    @abstractmethod
    def lessons(self, epoch: int, after_step: int) -> Iterator[LessonT]:
        """Yield what the steps of an epoch after ``after_step`` learn from."""

    @abstractmethod
    def learn(self, lesson: LessonT) -> Outcome:
        """Update the weights once."""

    @abstractmethod
    def learning_rate(self) -> float:
        """Return the present rate per step."""

    @abstractmethod
    def tensors(self) -> Tensors:
        """Return everything that a bit-equal resume needs, by path."""

    @abstractmethod
    def end_epoch(self) -> None:
        """Judge, save and report a whole epoch, and move ``position`` on."""

    @property
    def channel(self) -> Channel:
        """Events out, requests in."""
        return self.context.channel

    def train(self) -> Checkpoint:
        """Run epochs until the phase is over or a person asked to stop."""
        index = self.position.phase
        try:
            while self.position.phase == index:
                self._train_epoch()
                self.end_epoch()
        except JobStopped:
            if self.position.step:
                self.save()
        return Checkpoint(tensors=self.tensors(), position=self.position)

    def save(self) -> None:
        """Write a checkpoint."""
        save_checkpoint(self.context.run.checkpoints, self.tensors(), self.position)
        self.saved_s = time.monotonic()

    def epoch_duration_s(self) -> float:
        """Return the seconds since this was asked last, or since the start."""
        start_s, self.epoch_start_s = self.epoch_start_s, time.monotonic()
        return self.epoch_start_s - start_s

    def _train_epoch(self) -> None:
        start_s = time.monotonic()
        for lesson in self.lessons(self.position.epoch + 1, self.position.step):
            self.channel.stop_if_requested()
            if not self.is_compiled:  # the first step may take as long as fifty others
                self.channel.progress("compiling", 0, 1)
            self._step(lesson, start_s)
            self.is_compiled = True
            start_s = time.monotonic()

    def _step(self, lesson: LessonT, start_s: float) -> None:
        outcome = self.learn(lesson)
        position = self.position = replace(
            self.position,
            step=self.position.step + 1,
            loss_sum=self.position.loss_sum + outcome.loss * outcome.num_judged,
            num_right=self.position.num_right + round(outcome.accuracy * outcome.num_judged),
            num_seen=self.position.num_seen + outcome.num_judged,
        )
        if not math.isfinite(outcome.loss):
            raise TlguiError("loss_not_finite", epoch=position.epoch + 1)
        self.channel.send_often(
            StepEnded,
            epoch=position.epoch + 1,
            step=position.step,
            num_steps=self.steps_per_epoch,
            loss=outcome.loss,
            accuracy=outcome.accuracy,
            learning_rate=self.learning_rate(),
            samples_per_s=outcome.num_samples / max(time.monotonic() - start_s, 1e-9),
            memory_bytes=memory_used_bytes(),
        )
        if time.monotonic() - self.saved_s > CHECKPOINT_INTERVAL_S:
            self.save()
