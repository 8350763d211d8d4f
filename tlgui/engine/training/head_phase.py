"""The phase in which the head is solved on features that are computed once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.evaluation import Estimate
from tlgui.core.events import DeviceReported, EpochEnded, FirstResult, PhaseStarted
from tlgui.core.phase import Phase, num_variants
from tlgui.engine.channel import Channel
from tlgui.engine.data.balance import class_weights
from tlgui.engine.data.features import Kept, apply_to_samples, labels_of
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.device import processor_report
from tlgui.engine.models import word_counts
from tlgui.engine.models.checkpoints import Checkpoint, Position, Tensors, save_checkpoint
from tlgui.engine.models.classifiers import inputs_key
from tlgui.engine.models.frozen import kept, open_frozen
from tlgui.engine.models.linear_head import head_of
from tlgui.engine.results.metrics import accuracy_estimate
from tlgui.engine.training.class_means import solve_class_means
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.head_solver import Solved, Validation, scored, solve_head
from tlgui.engine.training.mixture_solver import solve_mixture_head
from tlgui.engine.training.word_count_solver import solve_word_counts

# how samples are read, as text, to a function from batches of them to features
Opened = Callable[[str], BatchFunction]


def run_head_phase(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> Checkpoint:
    """Solve the head, report it as one epoch and return its checkpoint.

    Raises:
        TlguiError: a file is gone or damaged by now.
        JobStopped: a person asked for it; nothing of the phase is kept.
    """
    start_s = time.monotonic()
    num_head = _num_head(context)
    context.channel.send(
        PhaseStarted,
        phase=phase.id,
        epochs=1,
        after_epoch=checkpoint.position.epoch,
        trained_groups=(False,) * context.preset.num_groups + (True,),
        num_trained=num_head,
        num_parameters=context.preset.num_parameters + num_head,
    )
    solved = solve_head_phase(context, phase, checkpoint)
    # what a phase without labels has changed is part of the model
    tensors = {**_adapted(checkpoint), **solved.tensors}
    position = _after(checkpoint.position, solved.validation)
    save_checkpoint(context.run.checkpoints, tensors, position)
    context.channel.send(
        EpochEnded,
        phase=phase.id,
        epoch=position.epoch,
        train_loss=solved.train.loss,
        train_accuracy=solved.train.accuracy,
        val_loss=solved.validation.loss,
        val_accuracy=solved.validation.accuracy,
        calibrated_val_loss=solved.validation.calibrated_loss,
        learning_rates=(),
        duration_s=time.monotonic() - start_s,
    )
    _report_first_result(context, solved.validation)
    return Checkpoint(tensors=tensors, position=position)


def _num_head(context: TrainingContext) -> int:
    """Return how many weights learn; 0 where that depends on the words of the texts."""
    if not context.preset.feature_size:
        return 0
    num_weights = (context.preset.feature_size + 1) * len(context.dataset.classes)
    is_mixture = context.plan.pooling == "layer_mixture"
    return num_weights + (context.preset.num_groups if is_mixture else 0)


def solve_head_phase(context: TrainingContext, phase: Phase, checkpoint: Checkpoint) -> Solved:
    """Return the head of a phase; nothing is saved or reported as a result.

    Raises:
        TlguiError: a file is gone or damaged by now.
        JobStopped: a person asked for it.
    """
    dataset, strengths = context.dataset, phase.l2_strengths
    train, validation = dataset.of_split("train"), dataset.of_split("validation")
    weights = None
    if context.plan.class_balance != "none":  # solving draws no samples: weights do the same
        labels = labels_of(train)
        weights = class_weights(labels, len(dataset.classes))[labels]
    on_solved = _ticking(context.channel, len(strengths))
    if context.preset.family == word_counts.FAMILY:
        return solve_word_counts(context.inputs, train, validation, strengths, on_solved, weights)
    opened = _open_backbone(context, checkpoint)
    features = _features(context, (*train, *validation), opened)
    known = features[: len(train)], labels_of(train)
    unseen = features[len(train) :], labels_of(validation)
    if phase.solver == "neighbors":
        head = solve_class_means(known, unseen, weights)
    elif context.plan.pooling == "layer_mixture":
        on_step = context.channel.stop_if_requested
        head = solve_mixture_head(known, unseen, strengths, on_solved, on_step, weights)
    else:
        seen = known
        if variants := _variants(context, phase, opened):
            num_looks = 1 + len(variants)
            seen = np.concatenate([known[0], *variants]), np.tile(known[1], num_looks)
            weights = None if weights is None else np.tile(weights, num_looks)
        head, _ = solve_head(seen, unseen, strengths, on_solved, weights)
    return scored(head, known, unseen)


def _features(
    context: TrainingContext, samples: Sequence[Sample], opened: Opened
) -> NDArray[np.float32]:
    channel, backbone = context.channel, opened(inputs_key(context.plan))
    num_new = backbone.num_unknown(samples) if isinstance(backbone, Kept) else len(samples)
    start_s = time.monotonic()
    features = apply_to_samples(backbone, context.inputs, samples, channel, "features")
    is_telling = 2 * num_new > len(samples)  # to look up the others takes time too
    samples_per_s = num_new / (time.monotonic() - start_s) if is_telling else 0.0
    channel.send(DeviceReported, **processor_report(samples_per_s))
    return features


def _variants(context: TrainingContext, phase: Phase, opened: Opened) -> list[NDArray[np.float32]]:
    """Return the features of each variant of the training pictures; none where nothing varies."""
    preset = phase.regularization.augmentation
    if preset == "none":
        return []
    # here, because the import of Keras takes seconds that nobody else need wait
    from tlgui.engine.training.varied import VERSION, VariedPictures, variation

    train = context.dataset.of_split("train")
    vary = variation(preset, context.preset.input_size_px)
    usual = f"{inputs_key(context.plan)} augmentation={preset} version={VERSION}"
    return [
        apply_to_samples(
            opened(f"{usual} variant={number}"),
            VariedPictures(context.inputs, vary, number),
            train,
            context.channel,
            "variants",
        )
        for number in range(num_variants(len(train)))
    ]


def _open_backbone(context: TrainingContext, checkpoint: Checkpoint) -> Opened:
    folder, pooling, store = context.preset_folder, context.plan.pooling, context.library.store
    adapted = _adapted(checkpoint)
    if not adapted:
        frozen = open_frozen(folder, pooling, store)
        return lambda inputs: kept(frozen, folder, pooling, inputs, store)
    from tlgui.engine.models.keras_features import open_adapted

    function = open_adapted(folder, pooling, adapted)
    return lambda _inputs: function


def _adapted(checkpoint: Checkpoint) -> Tensors:
    """Return the backbone that phases without labels have left, if there were any."""
    is_head = not checkpoint.tensors or head_of(checkpoint.tensors) is not None
    if is_head or checkpoint.position.best_epoch:
        return {}
    return {k: v for k, v in checkpoint.tensors.items() if not k.startswith("optimizer/")}


def _ticking(channel: Channel, total: int) -> Callable[[int], None]:
    def on_solved(count: int) -> None:
        channel.stop_if_requested()
        channel.progress("solving", count, total)

    return on_solved


def _after(position: Position, validation: Validation) -> Position:
    epoch = position.epoch + 1
    is_best = validation.calibrated_loss < position.best_val_loss
    return replace(
        Position(phase=position.phase + 1, epoch=epoch, phase_after_epoch=epoch),
        best_epoch=epoch if is_best else position.best_epoch,
        best_val_loss=validation.calibrated_loss if is_best else position.best_val_loss,
        best_val_accuracy=validation.accuracy if is_best else position.best_val_accuracy,
    )


def _report_first_result(context: TrainingContext, validation: Validation) -> None:
    num_samples = len(context.dataset.of_split("validation"))
    num_right = round(validation.accuracy * num_samples)
    estimate: Estimate = accuracy_estimate(num_right, num_samples)
    context.channel.send(
        FirstResult,
        val_accuracy=estimate,
        num_samples=num_samples,
        elapsed_s=time.time() - context.requested_s,
    )
