"""Pictures as an augmentation shows them, the same ones every time: what a head is solved on."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.phase import AugmentationId
from tlgui.engine.data.inputs import Batch, Inputs, Order
from tlgui.engine.training.augmentation import build_augmentation

VERSION: Final = 1  # of how pictures vary; features of others are not taken for those kept
Vary = Callable[[NDArray[np.float32], int], Any]


class VariedPictures:
    """The ``Inputs`` of a data set of pictures, each varied; see there.

    A variant depends on nothing but its picture and its number, so that what a network makes of
    it can be kept, whatever else is in a batch or was varied before.
    """

    def __init__(self, inputs: Inputs, vary: Vary, number: int) -> None:
        """Prepare.

        Args:
            inputs: The pictures as they are.
            vary: See ``variation``.
            number: Of the variant.
        """
        self._inputs = inputs
        self._vary = vary
        self._number = number

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[Batch]:
        """Yield pixels, each batch of shape (≤ batch_size, size_px, size_px, 3)."""
        start = 0
        for batch in map(np.asarray, self._inputs.batches(samples, batch_size)):
            own = samples[start : start + len(batch)]
            yield np.stack([self._vary(p, self._seed(s)) for p, s in zip(batch, own, strict=True)])
            start += len(own)

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the order for the pictures as they are."""
        return self._inputs.cheapest_order(samples)

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's order for the pictures as they are."""
        return self._inputs.training_order(samples, batch_size, seed, epoch)

    def _seed(self, sample: Sample) -> int:
        return zlib.crc32(f"{sample.digest} {self._number}".encode())


def variation(preset: AugmentationId, size_px: int) -> Vary:
    """Return an augmentation as a function of one picture and a seed.

    Args:
        preset: Not "none".
        size_px: Side of the pictures, whose shape is (size_px, size_px, 3).
    """
    augmentation = build_augmentation(preset, 0.0, seed=0)
    assert augmentation is not None
    state = augmentation.seeds.state

    def varied(picture: Any, seed: Any) -> Any:
        state.assign(keras.ops.stack([seed, keras.ops.zeros_like(seed)]))
        pixels, _ = augmentation(picture[None], keras.ops.ones((1, 1)))
        return pixels[0]

    signature = tf.TensorSpec((size_px, size_px, 3), tf.float32), tf.TensorSpec((), tf.uint32)
    traced = tf.function(varied, signature)
    return lambda picture, seed: traced(picture, np.uint32(seed)).numpy()
