"""One update of a network's weights, as a TensorFlow graph that is traced once."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.engine.data.inputs import Batch
from tlgui.engine.models.quick_network import quick_network
from tlgui.engine.models.traced_steps import input_signature, keras_batch
from tlgui.engine.training.augmentation import Augmentation
from tlgui.engine.training.phases import Learning

log = logging.getLogger(__name__)

Penalty: TypeAlias = Callable[[], Any]


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


class TrainingStep:
    """A function from a lesson to its loss and accuracy, which updates the weights.

    The loss is the mean cross-entropy in nats of what the network was really shown, without the
    penalties; the accuracy goes by the true labels.

    Where memory does not hold a batch at once, the gradients of its parts are added up, and the
    weights are still updated once. Only what a network learns of the batch itself, such as the
    statistics of a batch normalization, is then that of the parts.

    Attributes:
        num_at_once: Samples that are computed together at most; halved where memory runs out.
    """

    def __init__(
        self,
        model: keras.Model,
        learning: Learning,
        *,
        label_smoothing: float = 0.0,
        augmentation: Augmentation | None = None,
        penalties: tuple[Penalty, ...] = (),
        num_at_once: int | None = None,
    ) -> None:
        """Prepare.

        Args:
            model: Inputs to logits (batch, num_classes).
            learning: Whose variables are updated.
            label_smoothing: Share of certainty that labels give up.
            augmentation: Varies pictures.
            penalties: Are added to what is minimized.
            num_at_once: See the attribute; None for the whole batch.
        """
        self.num_at_once = num_at_once
        self._model = model
        self._quick_network = quick_network(model, is_training=True)
        self._learning = learning
        self._variables = [variable.value for variable in learning.variables]
        self._label_smoothing = label_smoothing
        self._augmentation = augmentation
        self._penalties = penalties
        floats, labels = tf.TensorSpec((None,), tf.float32), tf.TensorSpec((None,), tf.int64)
        signature = input_signature(model), labels, floats
        # not the methods themselves, which TensorFlow would count as one that is traced ever anew
        self._learn = tf.function(lambda *arrays: self._updated(*arrays), signature)
        self._differentiate = tf.function(lambda *arrays: self._dense(*arrays), signature)
        self._apply = tf.function(lambda gradients: learning.apply(gradients))

    def __call__(self, lesson: Lesson) -> tuple[float, float]:
        """Learn from a lesson."""
        while True:
            try:
                return self._learned(lesson)
            except tf.errors.ResourceExhaustedError:
                present = min(self.num_at_once or len(lesson.labels), len(lesson.labels))
                if present == 1:
                    raise
                self.num_at_once = -(-present // 2)
                log.warning("out of memory: going on with %d samples at once", self.num_at_once)

    def _learned(self, lesson: Lesson) -> tuple[float, float]:
        arrays = keras_batch(self._model, lesson.batch), lesson.labels, lesson.weights
        num_samples = len(lesson.labels)
        size = min(self.num_at_once or num_samples, num_samples)
        if size == num_samples:
            loss, accuracy = self._learn(*arrays)
            return float(loss), float(accuracy)
        sums: list[Any] = []
        for part in _parts(arrays, size):
            share = np.float32(len(part[1]) / num_samples)
            own = [share * value for value in self._differentiate(*part)]
            sums = [a + b for a, b in zip(sums, own, strict=True)] if sums else own
        loss, accuracy, *gradients = sums
        self._apply(gradients)
        return float(loss), float(accuracy)

    def _updated(self, inputs: Any, labels: Any, weights: Any) -> tuple[Any, Any]:
        loss, accuracy, *gradients = self._gradients(inputs, labels, weights)
        self._learning.apply(gradients)
        return loss, accuracy

    def _dense(self, inputs: Any, labels: Any, weights: Any) -> list[Any]:
        """Return the same as ``_gradients`` so that it can be added up."""
        return [tf.convert_to_tensor(value) for value in self._gradients(inputs, labels, weights)]

    def _gradients(self, inputs: Any, labels: Any, weights: Any) -> list[Any]:
        """Return loss, accuracy and the gradient of each variable that learns."""
        num_classes = self._model.output.shape[-1]
        sure = keras.ops.one_hot(labels, num_classes)
        targets = (1 - self._label_smoothing) * sure + self._label_smoothing / num_classes
        targets = targets * weights[:, None]  # before they are mixed: each part keeps its weight
        if self._augmentation is not None:
            inputs, targets = self._augmentation(inputs, targets)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._variables)
            logits = self._quick_network(inputs, training=True)
            # the library's own expects targets that sum to 1
            losses = -keras.ops.sum(targets * keras.ops.log_softmax(logits), axis=-1)
            loss = keras.ops.mean(losses)
            minimized = sum((penalty() for penalty in self._penalties), start=loss)
        is_right = keras.ops.argmax(logits, axis=-1) == keras.ops.cast(labels, "int32")
        accuracy = keras.ops.mean(keras.ops.cast(is_right, "float32"))
        return [loss, accuracy, *tape.gradient(minimized, self._variables)]


def _parts(arrays: Any, size: int) -> Iterator[Any]:
    """Yield inputs, labels and weights in parts of so many samples; the last may have fewer."""
    for start in range(0, len(arrays[1]), size):
        yield keras.tree.map_structure(lambda rows, i=start: rows[i : i + size], arrays)
