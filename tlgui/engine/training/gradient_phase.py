"""The phase in which weights learn by gradient steps, and can be interrupted anywhere."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlgui.core.errors import TlguiError
from tlgui.core.events import DeviceReported, EpochEnded, PhaseStarted
from tlgui.core.phase import Phase
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.device import keras_report
from tlgui.engine.models.checkpoints import NOT_YET, Checkpoint, Position, Tensors
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.feed import Feed
from tlgui.engine.training.frozen_states import open_states
from tlgui.engine.training.head_solver import Score, Validation, validate
from tlgui.engine.training.phases import count_weights
from tlgui.engine.training.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE
from tlgui.engine.training.step_loop import Outcome, StepLoop
from tlgui.engine.training.trainee import Trainee, prepare_trainee
from tlgui.engine.training.training_step import Lesson


def run_gradient_phase(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint
) -> Checkpoint:
    """Train until the phase's last epoch, its patience's end, or a request; return where.

    Raises:
        TlguiError: a file is gone or damaged, the loss is not finite, the disk is full.
    """
    return _prepared(context, phase, checkpoint).train()


def _feed(context: TrainingContext, phase: Phase) -> Feed:
    return Feed(
        plan=context.plan,
        phase=phase,
        samples=context.dataset.of_split("train"),
        num_classes=len(context.dataset.classes),
        inputs=context.inputs,
        keeps_ends=context.preset.architecture == "transformer",
        replay=context.replay,
    )


def _prepared(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> "_GradientPhase":
    """Build the network, put it where the checkpoint stands and announce the phase."""
    channel, position = context.channel, checkpoint.position
    channel.progress("loading", 0, 1)
    feed = _feed(context, phase)
    trainee = prepare_trainee(context, phase, checkpoint, feed.steps_per_epoch)
    if trainee.lower:
        seen = [*feed.samples, *context.dataset.of_split("validation")]
        feed = replace(feed, inputs=open_states(context, phase, trainee.lower, seen))
    channel.progress("loading", 1, 1)
    channel.send(DeviceReported, **keras_report())
    channel.send(
        PhaseStarted,
        phase=phase.id,
        epochs=phase.epochs,
        after_epoch=position.phase_after_epoch,
        trained_groups=trainee.learning.trained_groups,
        num_trained=count_weights(trainee.learning.variables),
        num_parameters=count_weights(trainee.model.weights),
    )
    return _GradientPhase(
        context=context,
        phase=phase,
        position=position,
        steps_per_epoch=feed.steps_per_epoch,
        feed=feed,
        trainee=trainee,
    )


@dataclass(slots=True, kw_only=True)
class _GradientPhase(StepLoop[Lesson]):
    """The phase on its way."""

    feed: Feed
    trainee: Trainee

    def lessons(self, epoch: int, after_step: int) -> Iterator[Lesson]:
        return self.feed.lessons(epoch, after_step)

    def learn(self, lesson: Lesson) -> Outcome:
        loss, accuracy = self.trainee.learn(lesson)
        count = len(lesson.labels)
        return Outcome(loss=loss, accuracy=accuracy, num_judged=count, num_samples=count)

    def learning_rate(self) -> float:
        return self.trainee.learning.learning_rate

    def tensors(self) -> Tensors:
        return self.trainee.tensors()

    def end_epoch(self) -> None:
        with self.trainee.judged():
            validation = self._validate()
        if not math.isfinite(validation.loss):
            raise TlguiError("loss_not_finite", epoch=self.position.epoch + 1)
        train = self._train_score()
        rates = self.trainee.learning.learning_rates
        self.position = _after_epoch(self.position, validation, self.phase)
        if self.phase.schedule == "plateau" and _is_stale(self.position):
            self.trainee.learning.slow_down(PLATEAU_FACTOR)
        self.save()
        self.channel.send(
            EpochEnded,
            phase=self.phase.id,
            epoch=self.position.epoch,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            val_loss=validation.loss,
            val_accuracy=validation.accuracy,
            calibrated_val_loss=validation.calibrated_loss,
            learning_rates=rates,
            duration_s=self.epoch_duration_s(),
        )

    def _train_score(self) -> Score:
        num_samples = self.feed.samples_per_epoch
        return Score(
            loss=self.position.loss_sum / num_samples,
            accuracy=self.position.num_right / num_samples,
        )

    def _validate(self) -> Validation:
        validation = self.context.dataset.of_split("validation")
        probabilities = apply_to_samples(
            self.trainee.classify, self.feed.inputs, validation, self.channel, "validating"
        )
        return validate(probabilities, labels_of(validation))


def _is_stale(position: Position) -> bool:
    """Whether progress has failed to come for so long that smaller steps are called for."""
    stale = position.epoch - max(position.phase_best_epoch, position.phase_after_epoch)
    return stale > 0 and stale % PLATEAU_PATIENCE == 0


def _after_epoch(position: Position, validation: Validation, phase: Phase) -> Position:
    epoch = position.epoch + 1
    position = replace(position, epoch=epoch, step=0, loss_sum=0.0, num_right=0, num_seen=0)
    loss = validation.calibrated_loss
    if loss < position.best_val_loss:
        position = replace(
            position,
            best_epoch=epoch,
            best_val_loss=loss,
            best_val_accuracy=validation.accuracy,
        )
    if loss < position.phase_best_val_loss:
        position = replace(position, phase_best_epoch=epoch, phase_best_val_loss=loss)
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
