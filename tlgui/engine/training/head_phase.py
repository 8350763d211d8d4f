"""The phase in which the head is solved on features that are computed once."""

import time
from dataclasses import replace

from tlgui.core.evaluation import Estimate
from tlgui.core.events import DeviceReported, EpochEnded, FirstResult, PhaseStarted
from tlgui.core.strategies import Phase
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.device import processor_report
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.results.metrics import accuracy_estimate
from tlgui.engine.training.checkpoints import Checkpoint, Position, save_checkpoint
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.head_solver import Head, Score, score, solve_head


def run_head_phase(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> Checkpoint:
    """Solve the head, report it as one epoch and return its checkpoint.

    Raises:
        TlguiError: a picture is gone or damaged by now.
        JobStopped: a person asked for it; nothing of the phase is kept.
    """
    start_s = time.monotonic()
    num_head = (context.preset.feature_size + 1) * len(context.dataset.classes)
    context.channel.send(
        PhaseStarted,
        phase=phase.id,
        epochs=1,
        after_epoch=checkpoint.position.epoch,
        trained_groups=(False,) * context.preset.num_groups + (True,),
        num_trained=num_head,
        num_parameters=context.preset.num_parameters + num_head,
    )
    head, train, validation = _solve(context, phase)
    position = _after(checkpoint.position, validation)
    tensors = {"head/kernel": head.kernel, "head/bias": head.bias}
    save_checkpoint(context.run.checkpoints, tensors, position)
    context.channel.send(
        EpochEnded,
        phase=phase.id,
        epoch=position.epoch,
        train_loss=train.loss,
        train_accuracy=train.accuracy,
        val_loss=validation.loss,
        val_accuracy=validation.accuracy,
        learning_rates=(),
        duration_s=time.monotonic() - start_s,
    )
    _report_first_result(context, validation)
    return Checkpoint(tensors=dict(tensors), position=position)


def _solve(context: TrainingContext, phase: Phase) -> tuple[Head, Score, Score]:
    dataset, channel = context.dataset, context.channel
    train, validation = dataset.of_split("train"), dataset.of_split("validation")
    backbone = FrozenBackbone(context.preset_folder)
    start_s = time.monotonic()
    features = apply_to_samples(
        backbone.features,
        dataset,
        (*train, *validation),
        context.preset.input_size_px,
        channel,
        "features",
    )
    samples_per_s = len(features) / (time.monotonic() - start_s)
    channel.send(DeviceReported, **processor_report(samples_per_s))
    known = features[: len(train)], labels_of(train)
    unseen = features[len(train) :], labels_of(validation)
    num_strengths = len(phase.l2_strengths)

    def on_solved(count: int) -> None:
        channel.stop_if_requested()
        channel.progress("solving", count, num_strengths)

    channel.progress("solving", 0, num_strengths)
    head, _ = solve_head(
        known,
        unseen,
        phase.l2_strengths,
        on_solved,
    )
    train_score, validation_score = (score(head.probabilities(x), y) for x, y in (known, unseen))
    return head, train_score, validation_score


def _after(position: Position, validation: Score) -> Position:
    epoch = position.epoch + 1
    is_best = validation.loss < position.best_val_loss
    return replace(
        Position(phase=position.phase + 1, epoch=epoch, phase_after_epoch=epoch),
        best_epoch=epoch if is_best else position.best_epoch,
        best_val_loss=validation.loss if is_best else position.best_val_loss,
        best_val_accuracy=validation.accuracy if is_best else position.best_val_accuracy,
    )


def _report_first_result(context: TrainingContext, validation: Score) -> None:
    num_samples = len(context.dataset.of_split("validation"))
    num_right = round(validation.accuracy * num_samples)
    estimate: Estimate = accuracy_estimate(num_right, num_samples)
    context.channel.send(
        FirstResult,
        val_accuracy=estimate,
        num_samples=num_samples,
        elapsed_s=time.time() - context.requested_s,
    )
