"""What a backbone can learn without labels, as a task that is thrown away afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tlgui.engine.adaptation.unlabeled_feed import Glimpse, Key
from tlgui.engine.data.inputs import Batch
from tlgui.engine.training.phases import Learning
from tlgui.engine.training.step_loop import Outcome

# from what a graph takes to loss and accuracy; the second argument says whether it is training
PretextLoss = Callable[[Sequence[Any], bool], tuple[Any, Any]]
GlimpseFunction = Callable[[Glimpse], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class PretextTask:
    """A task whose answers the data itself gives.

    Attributes:
        questions: Returns, from a batch and what is random about it, the arrays that the graph
            takes, and how many answers there are to give.
        signature: Their shapes and types.
        loss: Mean loss of the answers in nats and the fraction of right ones.
        head: What learns beside the backbone, and is thrown away.
        seeds: State of the random numbers outside the backbone.
    """

    questions: Callable[[Batch, Key], tuple[tuple[Any, ...], int]]
    signature: tuple[Any, ...]
    loss: PretextLoss
    head: tuple[keras.Variable, ...]
    seeds: tuple[keras.Variable, ...] = ()


def pretext_step(task: PretextTask, learning: Learning) -> GlimpseFunction:
    """Return a function from a glimpse to its outcome, which updates the weights."""
    variables = [variable.value for variable in learning.variables]

    def update(*arrays: Any) -> tuple[Any, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            loss, accuracy = task.loss(arrays, True)
        learning.apply(tape.gradient(loss, variables))
        return loss, accuracy

    return _outcomes(task, tf.function(update, task.signature))


def pretext_judge(task: PretextTask) -> GlimpseFunction:
    """Return a function from a glimpse to its outcome, which changes no weights."""
    judge = tf.function(lambda *arrays: task.loss(arrays, False), task.signature)
    return _outcomes(task, judge)


def _outcomes(task: PretextTask, traced: Callable[..., tuple[Any, Any]]) -> GlimpseFunction:
    def outcome(glimpse: Glimpse) -> Outcome:
        arrays, num_answers = task.questions(glimpse.batch, glimpse.key)
        loss, accuracy = traced(*arrays)
        return Outcome(
            loss=float(np.asarray(loss)),
            accuracy=float(np.asarray(accuracy)),
            num_judged=num_answers,
            num_samples=glimpse.num_samples,
        )

    return outcome
