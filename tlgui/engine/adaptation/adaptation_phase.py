"""The phase in which a backbone gets to know the kind of samples, before it sees a label."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tlgui.core.errors import TlguiError
from tlgui.core.events import AdaptationEpochEnded, DeviceReported, PhaseStarted
from tlgui.core.phase import Phase
from tlgui.engine.adaptation.adaptee import Adaptee, prepare_adaptee
from tlgui.engine.adaptation.unlabeled_feed import Glimpse, Source, UnlabeledFeed
from tlgui.engine.data.unlabeled import open_unlabeled
from tlgui.engine.device import keras_report
from tlgui.engine.models.checkpoints import Checkpoint, Position, Tensors
from tlgui.engine.models.classifiers import open_inputs
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.head_solver import Score
from tlgui.engine.training.phases import count_weights
from tlgui.engine.training.step_loop import Outcome, StepLoop


def run_adaptation_phase(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint
) -> Checkpoint:
    """Adapt the backbone until the phase's last epoch or a request; return where.

    It learns from the training split and from the plan's folder of unlabeled files. Every epoch
    is done: no label says which one is the best.

    Raises:
        TlguiError: a file is gone or damaged, the loss is not finite, the disk is full.

    Source:
        Gururangan et al. 2020, "Don't Stop Pretraining", arXiv:2004.10964, section 4
        (task-adaptive pretraining).
    """
    return _prepared(context, phase, checkpoint).train()


def _prepared(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> "_Adaptation":
    """Load the backbone, put it where the checkpoint stands and announce the phase."""
    channel, position = context.channel, checkpoint.position
    feed = _feed(context)
    channel.progress("loading", 0, 1)
    adaptee = prepare_adaptee(context, phase, checkpoint, feed.steps_per_epoch)
    channel.progress("loading", 1, 1)
    channel.send(DeviceReported, **keras_report())
    channel.send(
        PhaseStarted,
        phase=phase.id,
        epochs=phase.epochs,
        after_epoch=position.phase_after_epoch,
        trained_groups=adaptee.learning.trained_groups,
        num_trained=adaptee.num_trained,
        num_parameters=count_weights(adaptee.backbone.weights),
    )
    return _Adaptation(
        context=context,
        phase=phase,
        position=position,
        steps_per_epoch=feed.steps_per_epoch,
        feed=feed,
        adaptee=adaptee,
    )


def _feed(context: TrainingContext) -> UnlabeledFeed:
    plan, channel = context.plan, context.channel
    sources = [Source(inputs=context.inputs, samples=context.dataset.of_split("train"))]
    others = open_unlabeled(plan.adapt_folder, context.run, channel)
    if others and others.samples:
        inputs = open_inputs(others, plan, context.library, channel)
        sources.append(Source(inputs=inputs, samples=others.samples))
    return UnlabeledFeed(sources=tuple(sources), batch_size=plan.batch_size, seed=plan.seed)


@dataclass(slots=True, kw_only=True)
class _Adaptation(StepLoop[Glimpse]):
    """The phase on its way."""

    feed: UnlabeledFeed
    adaptee: Adaptee

    def lessons(self, epoch: int, after_step: int) -> Iterator[Glimpse]:
        return self.feed.glimpses(epoch, after_step)

    def learn(self, lesson: Glimpse) -> Outcome:
        return self.adaptee.learn(lesson)

    def learning_rate(self) -> float:
        return self.adaptee.learning.learning_rate

    def tensors(self) -> Tensors:
        """Return what a resume needs, or once the phase is over what the next one starts from."""
        is_over = self.position.epoch == self.position.phase_after_epoch
        if is_over and not self.position.step and self.position.epoch:
            return self.adaptee.adapted()
        return self.adaptee.tensors()

    def end_epoch(self) -> None:
        validation = self._validate()
        if not math.isfinite(validation.loss):
            raise TlguiError("loss_not_finite", epoch=self.position.epoch + 1)
        num_seen = max(1, self.position.num_seen)
        train = Score(
            loss=self.position.loss_sum / num_seen, accuracy=self.position.num_right / num_seen
        )
        rate = self.learning_rate()
        self.position = _after_epoch(self.position, self.phase)
        self.save()
        self.channel.send(
            AdaptationEpochEnded,
            phase=self.phase.id,
            epoch=self.position.epoch,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            val_loss=validation.loss,
            val_accuracy=validation.accuracy,
            learning_rate=rate,
            duration_s=self.epoch_duration_s(),
        )

    def _validate(self) -> Score:
        """Judge samples that are not learned from, by the same questions after every epoch."""
        source = Source(
            inputs=self.context.inputs, samples=self.context.dataset.of_split("validation")
        )
        feed = replace(self.feed, sources=(source,))
        outcomes: list[Outcome] = []
        with self.adaptee.judged():
            for glimpse in feed.glimpses(epoch=0):
                self.channel.stop_if_requested()
                outcomes.append(self.adaptee.judge(glimpse))
                self.channel.progress("validating", len(outcomes), feed.steps_per_epoch)
        count = max(1, sum(o.num_judged for o in outcomes))
        return Score(
            loss=sum(o.loss * o.num_judged for o in outcomes) / count,
            accuracy=sum(o.accuracy * o.num_judged for o in outcomes) / count,
        )


def _after_epoch(position: Position, phase: Phase) -> Position:
    epoch = position.epoch + 1
    position = replace(position, epoch=epoch, step=0, loss_sum=0.0, num_right=0, num_seen=0)
    if epoch < position.phase_after_epoch + phase.epochs:
        return position
    return replace(position, phase=position.phase + 1, phase_after_epoch=epoch)
