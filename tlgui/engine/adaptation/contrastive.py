"""SimCLR: two variations of a picture are told from those of all others."""

from collections.abc import Sequence
from typing import Any, Final

import keras
import numpy as np

from tlgui.core.catalog import Pooling
from tlgui.engine.adaptation.pretext import PretextTask
from tlgui.engine.adaptation.unlabeled_feed import Key
from tlgui.engine.data.inputs import Batch
from tlgui.engine.models.heads import build_pooled
from tlgui.engine.models.traced_steps import input_signature
from tlgui.engine.training.augmentation import build_augmentation

TEMPERATURE: Final = 0.2
PROJECTION_SIZE: Final = 128
_NEVER: Final = -1e9


def contrastive_task(backbone: keras.Model, pooling: Pooling, seed: int) -> PretextTask:
    """Return the task of finding to each picture the other variation of itself.

    Every other picture of the batch counts as something else, so a small batch makes the task
    easy and teaches little: the paper gains from batches of thousands, which take memory that
    ordinary computers lack. A head of two layers keeps what the task forgets, such as colors,
    out of the features; it is thrown away. Pictures vary as by the augmentation "strong",
    which has no crops and no hues, unlike the paper.

    Args:
        backbone: Pixels to a feature map, or to the features of every patch.
        pooling: From them to one vector.
        seed: Of the run.

    Source:
        Chen et al. 2020, "A Simple Framework for Contrastive Learning of Visual
        Representations", arXiv:2002.05709, section 2.
    """
    encoder = build_pooled(backbone, pooling)
    features = encoder.output
    hidden = keras.layers.Dense(features.shape[-1], activation="relu", name="pretext_hidden")
    last = keras.layers.Dense(PROJECTION_SIZE, name="pretext_projection")
    projector = keras.Model(encoder.input, last(hidden(features)), name="pretext")
    augmentation = build_augmentation("strong", 0.0, seed)
    assert augmentation is not None

    def loss(arrays: Sequence[Any], training: bool) -> tuple[Any, Any]:
        twice = keras.ops.concatenate([arrays[0], arrays[0]])
        varied, _ = augmentation(twice, keras.ops.zeros((keras.ops.shape(twice)[0], 1)))
        return nt_xent(projector(varied, training=training), TEMPERATURE)

    return PretextTask(
        questions=_questions,
        signature=(input_signature(encoder),),
        loss=loss,
        head=(*hidden.trainable_variables, *last.trainable_variables),
        seeds=tuple(augmentation.variables),
    )


def nt_xent(projections: Any, temperature: float) -> tuple[Any, Any]:
    """Return the normalized, temperature-scaled cross entropy and the fraction of found twins.

    Args:
        projections: float32 (2 n, size); rows i and i + n are variations of one picture.
        temperature: Smaller ones punish the most similar strangers harder; above 0.

    Source:
        Chen et al. 2020, arXiv:2002.05709, equation 1.
    """
    directions = keras.ops.normalize(projections, axis=-1)
    similarities = directions @ keras.ops.transpose(directions) / temperature
    count = keras.ops.shape(similarities)[0]
    # nobody is their own twin
    similarities = similarities + _NEVER * keras.ops.eye(count)
    twins = (keras.ops.arange(count) + count // 2) % count
    losses = keras.losses.sparse_categorical_crossentropy(twins, similarities, from_logits=True)
    found = keras.ops.argmax(similarities, axis=-1) == keras.ops.cast(twins, "int32")
    return keras.ops.mean(losses), keras.ops.mean(keras.ops.cast(found, "float32"))


def _questions(batch: Batch, _key: Key) -> tuple[tuple[Any, ...], int]:
    pixels = np.asarray(batch, np.float32)
    return (pixels,), 2 * len(pixels)
