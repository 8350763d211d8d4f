"""A network on its way through a phase: all of it that a checkpoint keeps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.core.phase import Phase
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models import adapters, prompts
from tlgui.engine.models.checkpoints import Checkpoint, Tensors, load_epoch
from tlgui.engine.models.segments import HEAD_NAME, MIXTURE_NAME
from tlgui.engine.models.trained_model import assign_tensors, batch_probabilities, build_network
from tlgui.engine.training.augmentation import build_augmentation
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.penalties import build_penalties, fisher_information
from tlgui.engine.training.phases import Learning, apply_phase
from tlgui.engine.training.training_step import TrainingStep, training_step

# what a checkpoint holds besides the network that is judged
RAW: Final = "raw/"  # the weights that learn, where their moving average is judged
FISHER: Final = "fisher/"

Values = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """A network and what changes it.

    Attributes:
        model: Inputs to logits.
        learning: Which weights learn, and their optimizers.
        seeds: State of the random numbers outside the model.
        fisher: Fisher information by path, where the phase needs it.
        learn: One update from a lesson to its loss and accuracy.
        classify: A batch to probabilities, with the weights as they are.
        is_averaged: Whether moving averages of the weights are judged.
    """

    model: keras.Model
    learning: Learning
    seeds: tuple[keras.Variable, ...]
    fisher: Values
    learn: TrainingStep
    classify: BatchFunction
    is_averaged: bool

    def tensors(self) -> Values:
        """Return everything that judging and a bit-equal resume need, by path."""
        state = [*self.model.variables, *self.learning.optimizer_variables, *self.seeds]
        tensors = {**_values(state), **_prefixed(FISHER, self.fisher)}
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
        yield
        assign_tensors(self.learning.variables, raw)


def prepare_trainee(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint, steps_per_epoch: int
) -> Trainee:
    """Build a plan's network and put it where a checkpoint stands.

    A phase that begins starts from the best epoch so far.

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
    pretrained = _pretrained(context, learning)
    fisher = _start(context, checkpoint, model, [*learning.optimizer_variables, *seeds])
    if rules.ewc and not fisher:
        known = [v for v in learning.variables if v.path in pretrained]
        fisher = fisher_information(
            model, known, context.dataset.of_split("train"), context.inputs, context.plan.seed
        )
    learn = training_step(
        model,
        learning,
        label_smoothing=rules.label_smoothing,
        augmentation=augmentation,
        penalties=build_penalties(rules, learning.variables, pretrained, fisher),
    )
    return Trainee(
        model=model,
        learning=learning,
        seeds=seeds,
        fisher=fisher,
        learn=learn,
        classify=batch_probabilities(model),
        is_averaged=bool(rules.ema),
    )


def _pretrained(context: TrainingContext, learning: Learning) -> Values:
    """Return the values that learning weights have been pretrained to."""
    if not context.plan.is_pretrained:
        return {}
    values = _values(learning.variables)
    return {path: value for path, value in values.items() if not _is_new(path)}


def _is_new(path: str) -> bool:
    """Whether a weight belongs to the head or was added to the backbone."""
    parts = path.split("/")
    marks = (adapters.MARK, prompts.MARK)
    return (
        parts[0] in (HEAD_NAME, MIXTURE_NAME)
        or parts[-1].startswith("lora_")
        or any(mark in parts[0] for mark in marks)
    )


def _start(
    context: TrainingContext,
    checkpoint: Checkpoint,
    model: keras.Model,
    state: Sequence[keras.Variable],
) -> Values:
    """Assign what a checkpoint holds and return its Fisher information."""
    position = checkpoint.position
    if position.epoch == position.phase_after_epoch and not position.step:
        best = load_epoch(context.run.checkpoints, position.best_epoch) or checkpoint
        assign_tensors(model.variables, best.tensors)
        return {}
    variables = [*model.variables, *state]
    missing = {v.path for v in variables} - checkpoint.tensors.keys()
    if missing:
        path = str(context.run.checkpoints)
        reason = f"the checkpoint lacks {min(missing)}"
        raise TlguiError("run_damaged", path=path, reason=reason)
    assign_tensors(variables, {**checkpoint.tensors, **_without(RAW, checkpoint.tensors)})
    return _without(FISHER, checkpoint.tensors)


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
