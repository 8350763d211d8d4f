"""A network's steps as TensorFlow graphs that are traced once, for batches of every shape.

Keras traces a graph for the shape of the first batch and a general one when another shape comes.
The two round differently, so that a resumed run, which meets the shapes in another order, would
not end with the same bits; and tracing takes seconds.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.engine.data.inputs import Batch
from tlgui.engine.data.tokens import StateBatch, TokenBatch
from tlgui.engine.models.quick_network import quick_network

LogitsStep: TypeAlias = Callable[[Batch], NDArray[np.float32]]


def logits_step(model: keras.Model) -> LogitsStep:
    """Return a model as a function from a batch to logits, shape (batch, num_classes)."""
    quick = quick_network(model, is_training=False)
    step = tf.function(lambda inputs: quick(inputs, training=False), [input_signature(model)])

    def logits(batch: Batch) -> NDArray[np.float32]:
        found: NDArray[np.float32] = step(keras_batch(model, batch)).numpy()
        return found

    return logits


def keras_batch(model: keras.Model, batch: Batch) -> Any:
    """Return a batch under the names of the model's inputs."""
    if isinstance(batch, StateBatch):
        return [batch.states, batch.padding_mask.astype(np.int32)]
    if not isinstance(batch, TokenBatch):
        return batch
    parts = {
        "token_ids": batch.token_ids,
        "segment_ids": np.zeros_like(batch.token_ids),  # one text, not a pair of them
        "padding_mask": batch.padding_mask.astype(np.int32),
    }
    return {name: parts[name] for name in model.input}


def input_signature(model: keras.Model) -> Any:
    """Return the shapes and types of a model's inputs, whatever the size of a batch."""
    return keras.tree.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), model.input)
