"""One update of a network's weights, as a TensorFlow graph that is traced once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.engine.data.inputs import Batch
from tlgui.engine.models.traced_steps import input_signature, keras_batch
from tlgui.engine.training.augmentation import Augmentation
from tlgui.engine.training.phases import Learning

Penalty: TypeAlias = Callable[[], Any]
TrainingStep: TypeAlias = Callable[["Lesson"], tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one step learns from.

    Attributes:
        batch: As the network takes it.
        labels: shape (num_samples,), class indices.
        weights: shape (num_samples,), what each sample counts; 1 on average over an epoch.
    """

    batch: Batch
    labels: NDArray[np.int64]
    weights: NDArray[np.float32]


def training_step(
    model: keras.Model,
    learning: Learning,
    *,
    label_smoothing: float = 0.0,
    augmentation: Augmentation | None = None,
    penalties: tuple[Penalty, ...] = (),
) -> TrainingStep:
    """Return a function from a lesson to its loss and accuracy, which updates the weights.

    The loss is the mean cross-entropy in nats of what the network was really shown, without the
    penalties; the accuracy goes by the true labels.

    Args:
        model: Inputs to logits (batch, num_classes).
        learning: Whose variables are updated.
        label_smoothing: Share of certainty that labels give up.
        augmentation: Varies pictures.
        penalties: Are added to what is minimized.
    """
    num_classes = model.output.shape[-1]
    variables = [variable.value for variable in learning.variables]

    def update(inputs: Any, labels: Any, weights: Any) -> tuple[Any, Any]:
        sure = keras.ops.one_hot(labels, num_classes)
        targets = (1 - label_smoothing) * sure + label_smoothing / num_classes
        targets = targets * weights[:, None]  # before they are mixed: each part keeps its weight
        if augmentation is not None:
            inputs, targets = augmentation(inputs, targets)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            logits = model(inputs, training=True)
            # the library's own expects targets that sum to 1
            losses = -keras.ops.sum(targets * keras.ops.log_softmax(logits), axis=-1)
            loss = keras.ops.mean(losses)
            minimized = sum((penalty() for penalty in penalties), start=loss)
        learning.apply(tape.gradient(minimized, variables))
        is_right = keras.ops.argmax(logits, axis=-1) == keras.ops.cast(labels, "int32")
        return loss, keras.ops.mean(keras.ops.cast(is_right, "float32"))

    labels_and_weights = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((None,), tf.float32)
    traced = tf.function(update, (input_signature(model), *labels_and_weights))

    def step(lesson: Lesson) -> tuple[float, float]:
        loss, accuracy = traced(keras_batch(model, lesson.batch), lesson.labels, lesson.weights)
        return float(loss), float(accuracy)

    return step
