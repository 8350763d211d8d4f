"""A backbone on its way through a phase without labels: all of it that a checkpoint keeps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import ProblemFound
from tlgui.core.phase import Phase
from tlgui.engine.adaptation.contrastive import contrastive_task
from tlgui.engine.adaptation.pretext import (
    GlimpseFunction,
    PretextTask,
    pretext_judge,
    pretext_step,
)
from tlgui.engine.models.checkpoints import Checkpoint
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.text_config import BertConfig
from tlgui.engine.models.trained_model import assign_tensors
from tlgui.engine.training.context import TrainingContext
from tlgui.engine.training.phases import (
    Learner,
    Learning,
    apply_phase,
    build_optimizer,
    count_weights,
)

# the head of the task starts random: at the backbone's pace it would mislead it for long
HEAD_RATE_FACTOR: Final = 10.0

Values = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptee:
    """A backbone, what it learns from, and how.

    Attributes:
        backbone: What is kept in the end.
        learning: The backbone's weights, then those of the task's head.
        learn: One update from a glimpse.
        judge: The outcome of a glimpse with the weights as they are.
        seeds: State of the random numbers outside the backbone.
        first_seeds: That state at the beginning.
    """

    backbone: keras.Model
    learning: Learning
    learn: GlimpseFunction
    judge: GlimpseFunction
    seeds: tuple[keras.Variable, ...]
    first_seeds: Values

    @property
    def num_trained(self) -> int:
        """Weights of the backbone that learn."""
        return sum(count_weights(own.variables) for own in self.learning.learners[:-1])

    def tensors(self) -> Values:
        """Return everything that a bit-equal resume needs, by path."""
        return _values(self._state())

    def adapted(self) -> Values:
        """Return what later phases start from, by path."""
        return _values(self.backbone.weights)

    def restore(self, checkpoint: Checkpoint, path: str) -> None:
        """Put everything where a checkpoint within the phase stands.

        Raises:
            TlguiError: it lacks something.
        """
        variables = self._state()
        missing = {v.path for v in variables} - checkpoint.tensors.keys()
        if missing:
            reason = f"the checkpoint lacks {min(missing)}"
            raise TlguiError("run_damaged", path=path, reason=reason)
        assign_tensors(variables, checkpoint.tensors)

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Ask the same questions whenever samples are judged, and disturb no training."""
        present = _values(self.seeds)
        assign_tensors(self.seeds, self.first_seeds)
        try:
            yield
        finally:
            assign_tensors(self.seeds, present)

    def _state(self) -> list[keras.Variable]:
        head = self.learning.learners[-1].variables
        optimizers = self.learning.optimizer_variables
        return [*self.backbone.variables, *head, *optimizers, *self.seeds]


def prepare_adaptee(
    context: TrainingContext, phase: Phase, checkpoint: Checkpoint, steps_per_epoch: int
) -> Adaptee:
    """Load a plan's backbone and put it where a checkpoint stands.

    Raises:
        TlguiError: the preset or the checkpoint is damaged.
    """
    keras.utils.clear_session()  # names count on within a process: a resume must find them
    keras.utils.set_random_seed(context.plan.seed)
    backbone = load_backbone(context.preset_folder)
    task = _task(context, phase, backbone)
    learning = _learning(phase, backbone, task, steps_per_epoch)
    adaptee = Adaptee(
        backbone=backbone,
        learning=learning,
        learn=pretext_step(task, learning),
        judge=pretext_judge(task),
        seeds=task.seeds,
        first_seeds=_values(task.seeds),
    )
    if checkpoint.position.begins_phase:
        assign_tensors(backbone.variables, checkpoint.tensors)
    else:
        adaptee.restore(checkpoint, str(context.run.checkpoints))
    return adaptee


def _task(context: TrainingContext, phase: Phase, backbone: keras.Model) -> PretextTask:
    plan, folder = context.plan, context.preset_folder
    if phase.solver == "contrastive":
        return contrastive_task(backbone, plan.pooling, plan.seed)
    # here, because the import takes seconds that a run on pictures need not wait
    from tlgui.engine.adaptation.masked_language import Masking, masked_language_task

    config = read_preset_config(folder).backbone
    if not isinstance(config, BertConfig):
        rule = "0 for this model, which reads every word alone"
        raise TlguiError("setting_invalid", name="adapt", value=str(phase.epochs), rule=rule)
    tokenizer = load_tokenizer(folder, plan.sequence_length)
    if tokenizer.mask_id is None:
        problem = Problem(code="mask_missing", name=plan.preset)
        context.channel.send(ProblemFound, problem=problem)
    return masked_language_task(backbone, Masking(tokenizer, config.vocabulary_size))


def _learning(
    phase: Phase, backbone: keras.Model, task: PretextTask, steps_per_epoch: int
) -> Learning:
    of_backbone = apply_phase(phase, backbone, steps_per_epoch)
    faster = replace(phase, learning_rate=HEAD_RATE_FACTOR * phase.learning_rate)
    head = Learner(
        optimizer=build_optimizer("optimizer_pretext", faster, task.head, steps_per_epoch),
        variables=task.head,
        num_groups=0,
    )
    return Learning(
        # what is thrown away is no group of the run, and its head does not learn yet
        trained_groups=(*of_backbone.trained_groups, False),
        learners=(*of_backbone.learners, head),
    )


def _values(variables: Sequence[keras.Variable]) -> Values:
    return {v.path: np.array(keras.ops.convert_to_numpy(v)) for v in variables}
