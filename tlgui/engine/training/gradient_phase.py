"""The phase in which weights learn by gradient steps, and can be interrupted anywhere."""

import math
import time
from dataclasses import dataclass, replace
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.errors import TlguiError
from tlgui.core.events import DeviceReported, EpochEnded, PhaseStarted, StepEnded
from tlgui.core.strategies import Phase
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.inputs import Batch, BatchFunction
from tlgui.engine.device import keras_report, memory_used_bytes
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.traced_steps import TrainingStep, training_step
from tlgui.engine.models.trained_model import assign_tensors, batch_probabilities
from tlgui.engine.training.checkpoints import (
    NOT_YET,
    Checkpoint,
    Position,
    load_epoch,
    save_checkpoint,
)
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.head_solver import Score, score
from tlgui.engine.training.phases import apply_phase, count_weights

CHECKPOINT_INTERVAL_S: Final = 300.0  # what a crash can cost within a long epoch


def run_gradient_phase(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint
) -> Checkpoint:
    """Train until the phase's last epoch, its patience's end, or a request; return where.

    Raises:
        TlguiError: a file is gone or damaged, the loss is not finite, the disk is full.
    """
    return _GradientPhase.prepare(context, phase, checkpoint).train()


@dataclass(slots=True, kw_only=True)
class _GradientPhase:
    """The phase on its way; ``position`` is all of its state that is not in variables."""

    context: TrainingContext
    phase: Phase
    model: keras.Model
    learn: TrainingStep
    classify: BatchFunction
    train_samples: tuple[Sample, ...]
    position: Position
    saved_s: float
    epoch_start_s: float

    @classmethod
    def prepare(
        cls, context: TrainingContext, phase: Phase, checkpoint: Checkpoint
    ) -> "_GradientPhase":
        """Build the network and put it where the checkpoint stands."""
        channel, position, plan = context.channel, checkpoint.position, context.plan
        channel.progress("loading", 0, 1)
        keras.utils.clear_session()  # names count on within a process: a resume must find them
        keras.utils.set_random_seed(plan.seed)
        backbone = load_backbone(context.preset_folder)
        model = build_classifier(backbone, len(context.dataset.classes), plan.pooling)
        now_s = time.monotonic()
        self = cls(
            context=context,
            phase=phase,
            model=model,
            learn=training_step(model),
            classify=batch_probabilities(model),
            train_samples=context.dataset.of_split("train"),
            position=position,
            saved_s=now_s,
            epoch_start_s=now_s,
        )
        trained = apply_phase(phase, model, self.steps_per_epoch)
        if position.epoch > position.phase_after_epoch or position.step:
            self._restore(checkpoint)
        else:
            best = load_epoch(context.run.checkpoints, position.best_epoch) or checkpoint
            assign_tensors(model.variables, best.tensors)
        channel.progress("loading", 1, 1)
        channel.send(DeviceReported, **keras_report())
        channel.send(
            PhaseStarted,
            phase=phase.id,
            epochs=phase.epochs,
            after_epoch=position.phase_after_epoch,
            trained_groups=trained,
            num_trained=count_weights(model.trainable_variables),
            num_parameters=count_weights(model.weights),
        )
        return self

    @property
    def channel(self) -> Channel:
        """Events out, requests in."""
        return self.context.channel

    @property
    def steps_per_epoch(self) -> int:
        """Updates of the weights per epoch; the last one may have fewer samples."""
        return math.ceil(len(self.train_samples) / self.context.plan.batch_size)

    def variables(self) -> list[keras.Variable]:
        """Everything that a bit-equal resume needs: weights, seeds and optimizer state."""
        return [*self.model.variables, *self.model.optimizer.variables]

    def _restore(self, checkpoint: Checkpoint) -> None:
        missing = {v.path for v in self.variables()} - checkpoint.tensors.keys()
        if missing:
            path = str(self.context.run.checkpoints)
            reason = f"the checkpoint lacks {min(missing)}"
            raise TlguiError("run_damaged", path=path, reason=reason)
        assign_tensors(self.variables(), checkpoint.tensors)

    def train(self) -> Checkpoint:
        """Run epochs until the phase is over or a person asked to stop."""
        index = self.position.phase
        try:
            while self.position.phase == index:
                self._train_epoch()
                self._end_epoch()
        except JobStopped:
            if self.position.step:
                self._save()
        tensors = {v.path: keras.ops.convert_to_numpy(v) for v in self.model.variables}
        return Checkpoint(tensors=tensors, position=self.position)

    def _train_epoch(self) -> None:
        epoch, plan, inputs = self.position.epoch + 1, self.context.plan, self.context.inputs
        order = inputs.training_order(self.train_samples, plan.batch_size, plan.seed, epoch)
        samples = [self.train_samples[index] for index in order]
        rest = samples[self.position.step * plan.batch_size :]
        labels = labels_of(rest)
        done = 0
        start_s = time.monotonic()
        for batch in inputs.batches(rest, plan.batch_size):
            self.channel.stop_if_requested()
            self._step(batch, labels[done : done + plan.batch_size], start_s)
            done += plan.batch_size
            start_s = time.monotonic()

    def _step(self, batch: Batch, labels: NDArray[np.int64], start_s: float) -> None:
        loss, accuracy = self.learn(batch, labels)
        position = self.position = replace(
            self.position,
            step=self.position.step + 1,
            loss_sum=self.position.loss_sum + loss * len(labels),
            num_right=self.position.num_right + round(accuracy * len(labels)),
        )
        if not math.isfinite(loss):
            raise TlguiError("loss_not_finite", epoch=position.epoch + 1)
        self.channel.send_often(
            StepEnded,
            epoch=position.epoch + 1,
            step=position.step,
            num_steps=self.steps_per_epoch,
            loss=loss,
            accuracy=accuracy,
            learning_rate=self._learning_rate(),
            samples_per_s=len(labels) / max(time.monotonic() - start_s, 1e-9),
            memory_bytes=memory_used_bytes(),
        )
        if time.monotonic() - self.saved_s > CHECKPOINT_INTERVAL_S:
            self._save()

    def _end_epoch(self) -> None:
        validation = self._validate()
        if not math.isfinite(validation.loss):
            raise TlguiError("loss_not_finite", epoch=self.position.epoch + 1)
        train = self._train_score()
        self.position = _after_epoch(self.position, validation, self.phase)
        self._save()
        duration_s = time.monotonic() - self.epoch_start_s
        self.epoch_start_s = time.monotonic()
        self.channel.send(
            EpochEnded,
            phase=self.phase.id,
            epoch=self.position.epoch,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            val_loss=validation.loss,
            val_accuracy=validation.accuracy,
            learning_rates=(self._learning_rate(),),
            duration_s=duration_s,
        )

    def _train_score(self) -> Score:
        num_samples = len(self.train_samples)
        return Score(
            loss=self.position.loss_sum / num_samples,
            accuracy=self.position.num_right / num_samples,
        )

    def _validate(self) -> Score:
        validation = self.context.dataset.of_split("validation")
        probabilities = apply_to_samples(
            self.classify, self.context.inputs, validation, self.channel, "validating"
        )
        return score(probabilities, labels_of(validation))

    def _learning_rate(self) -> float:
        return float(self.model.optimizer.learning_rate)

    def _save(self) -> None:
        tensors = {v.path: keras.ops.convert_to_numpy(v) for v in self.variables()}
        save_checkpoint(self.context.run.checkpoints, tensors, self.position)
        self.saved_s = time.monotonic()


def _after_epoch(position: Position, validation: Score, phase: Phase) -> Position:
    epoch = position.epoch + 1
    position = replace(position, epoch=epoch, step=0, loss_sum=0.0, num_right=0)
    if validation.loss < position.best_val_loss:
        position = replace(
            position,
            best_epoch=epoch,
            best_val_loss=validation.loss,
            best_val_accuracy=validation.accuracy,
        )
    if validation.loss < position.phase_best_val_loss:
        position = replace(position, phase_best_epoch=epoch, phase_best_val_loss=validation.loss)
    if not _is_over(position, phase):
        return position
    return replace(
        position,
        phase=position.phase + 1,
        phase_after_epoch=epoch,
        phase_best_epoch=0,
        phase_best_val_loss=NOT_YET,
    )


def _is_over(position: Position, phase: Phase) -> bool:
    last = position.phase_after_epoch + phase.epochs
    stale = position.epoch - max(position.phase_best_epoch, position.phase_after_epoch)
    return position.epoch >= last or stale >= phase.patience
