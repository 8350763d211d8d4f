"""A network on its way through a phase: all of it that a checkpoint keeps."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.costs import samples_at_once
from tlgui.core.errors import TlguiError
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.device import memory_free_bytes
from tlgui.engine.models.checkpoints import Checkpoint, Tensors, load_epoch
from tlgui.engine.models.layer_groups import layer_groups
from tlgui.engine.models.segments import HEAD_NAME
from tlgui.engine.models.trained_model import (
    assign_tensors,
    batch_probabilities,
    build_network,
    is_added,
)
from tlgui.engine.training.augmentation import build_augmentation
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.frozen_states import split_for
from tlgui.engine.training.penalties import build_penalties, fisher_information
from tlgui.engine.training.phases import Learning, apply_phase
from tlgui.engine.training.training_step import TrainingStep

log = logging.getLogger(__name__)

# what a checkpoint holds besides the network that is judged
RAW: Final = "raw/"  # the weights that learn, where their moving average is judged
FISHER: Final = "fisher/"
ANCHOR: Final = "anchor/"

SHARE_OF_FREE: Final = 0.8  # of the memory that nobody uses now, for what a phase keeps

Values = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """A network and what changes it.

    Attributes:
        model: Inputs to logits.
        learning: Which weights learn, and their optimizers.
        seeds: State of the random numbers outside the model.
        kept: What a checkpoint holds beside the network: what it is pulled back to.
        learn: One update from a lesson to its loss and accuracy.
        classify: A batch to probabilities, with the weights as they are.
        is_averaged: Whether moving averages of the weights are judged.
        lower: The part of the network that ``learn`` and ``classify`` leave out: they take what
            it gives. None where they take what the whole network does.
    """

    model: keras.Model
    learning: Learning
    seeds: tuple[keras.Variable, ...]
    kept: Values
    learn: TrainingStep
    classify: BatchFunction
    is_averaged: bool
    lower: keras.Model | None

    def tensors(self) -> Values:
        """Return everything that judging and a bit-equal resume need, by path."""
        state = [*self.model.variables, *self.learning.optimizer_variables, *self.seeds]
        tensors = {**_values(state), **self.kept}
        if not self.is_averaged:
            return tensors
        raw = _values(self.learning.variables)
        with self.judged():
            return {**tensors, **_prefixed(RAW, raw), **_values(self.learning.variables)}

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Put the weights that are judged into the network for a while."""
        if not self.is_averaged:
            yield
            return
        raw = _values(self.learning.variables)
        self.learning.use_averages()
        try:
            yield
        finally:  # also where a person stops the judging
            assign_tensors(self.learning.variables, raw)


def prepare_trainee(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint, steps_per_epoch: int
) -> Trainee:
    """Build a plan's network and put it where a checkpoint stands.

    Raises:
        TlguiError: the preset or the checkpoint is damaged.
    """
    keras.utils.clear_session()  # names count on within a process: a resume must find them
    keras.utils.set_random_seed(context.plan.seed)
    num_classes = len(context.dataset.classes)
    rules = phase.regularization
    model = build_network(context.preset_folder, context.plan, num_classes, rules.dropout)
    learning = apply_phase(phase, model, steps_per_epoch)
    augmentation = build_augmentation(rules.augmentation, rules.mixup, context.plan.seed)
    seeds = tuple(augmentation.variables) if augmentation else ()
    _start(context, checkpoint, model, [*learning.optimizer_variables, *seeds])
    anchors = _anchors(context, phase, model, checkpoint)
    fisher = _fisher(context, phase, model, checkpoint)
    split = split_for(context, phase, model)
    upper = split.upper if split else model
    learn = TrainingStep(
        upper,
        learning,
        label_smoothing=rules.label_smoothing,
        augmentation=augmentation,
        penalties=build_penalties(rules, learning.variables, anchors, fisher),
        num_at_once=_num_at_once(context, phase),
    )
    return Trainee(
        model=model,
        learning=learning,
        seeds=seeds,
        kept={**_prefixed(ANCHOR, anchors), **_prefixed(FISHER, fisher)},
        learn=learn,
        classify=batch_probabilities(upper),
        is_averaged=bool(rules.ema),
        lower=split.lower if split else None,
    )


def _num_at_once(context: TrainingContext, phase: Phase) -> int:
    """Return how many samples of a batch memory holds together, as far as it can be foreseen."""
    free_bytes = SHARE_OF_FREE * memory_free_bytes()
    found = samples_at_once(phase, context.plan, context.preset, free_bytes)
    if found < context.plan.batch_size:
        log.warning("%.1e bytes of memory are free: %d samples at once", free_bytes, found)
    return found


def _start(
    context: TrainingContext,
    checkpoint: Checkpoint,
    model: keras.Model,
    state: Sequence[keras.Variable],
) -> None:
    """Put a network where its phase begins, or where a checkpoint within it stands."""
    position = checkpoint.position
    if position.begins_phase:
        best = load_epoch(context.run.checkpoints, position.best_epoch)
        is_on_the_way = position.phase and _is_one_of_a_row(context.plan, position.phase - 1)
        assign_tensors(
            model.variables, (checkpoint if is_on_the_way else best or checkpoint).tensors
        )
        return
    variables = [*model.variables, *state]
    missing = {v.path for v in variables} - checkpoint.tensors.keys()
    if missing:
        path = str(context.run.checkpoints)
        reason = f"the checkpoint lacks {min(missing)}"
        raise TlguiError("run_damaged", path=path, reason=reason)
    assign_tensors(variables, {**checkpoint.tensors, **_without(RAW, checkpoint.tensors)})


def _is_one_of_a_row(plan: Plan, index: int) -> bool:
    """Whether a phase is a single epoch on the way to others, and not judged by itself.

    Source:
        Howard and Ruder 2018, arXiv:1801.06146, section 3.3: thawing goes on from where it is.
    """
    return plan.phases[index].solver == "gradient" and plan.phases[index].epochs == 1


def _anchors(
    context: TrainingContext, phase: Phase, model: keras.Model, checkpoint: Checkpoint
) -> Values:
    """Return what the backbone is pulled back to: its weights when the first phase began."""
    rules = phase.regularization
    if not (rules.l2_sp or rules.ewc):
        return {}
    return _without(ANCHOR, checkpoint.tensors) or _values(_pretrained(model))


def _fisher(
    context: TrainingContext, phase: Phase, model: keras.Model, checkpoint: Checkpoint
) -> Values:
    """Return the Fisher information of the backbone when the first phase began."""
    if not phase.regularization.ewc:
        return {}
    if known := _without(FISHER, checkpoint.tensors):
        return known
    old, seed = context.replay, context.plan.seed
    samples = old.dataset.samples if old else context.dataset.of_split("train")
    inputs = old.inputs if old else context.inputs
    return fisher_information(model, _pretrained(model), samples, inputs, seed)


def _pretrained(model: keras.Model) -> list[keras.Variable]:
    """Return the weights of the backbone, without what was added to it."""
    groups = [group for group in layer_groups(model) if group.name != HEAD_NAME]
    weights = [v for group in groups for layer in group.layers for v in layer.weights]
    statistics = ("moving_mean", "moving_variance")
    return [v for v in weights if not (is_added(v.path) or v.path.endswith(statistics))]


def _values(variables: Sequence[keras.Variable]) -> Values:
    return {v.path: np.array(keras.ops.convert_to_numpy(v)) for v in variables}


def _prefixed(prefix: str, values: Values) -> Values:
    return {f"{prefix}{path}": value for path, value in values.items()}


def _without(prefix: str, tensors: Tensors) -> Values:
    """Return the tensors whose path has the prefix, without it."""
    return {
        path.removeprefix(prefix): tensor
        for path, tensor in tensors.items()
        if path.startswith(prefix)
    }
