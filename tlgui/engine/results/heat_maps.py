"""Where in a picture a network finds what speaks for a class."""

from typing import Final, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tlgui.core.explanation import Method
from tlgui.engine.models.parts import MAPS_NDIM

Pixels = NDArray[np.float32]  # (size, size, 3), RGB in 0..255
HeatMap = NDArray[np.floating]  # (rows, columns), of the whole picture
Floats = NDArray[np.floating]

POOLING: Final = "pooling"
STEPS: Final = 24
STEPS_AT_ONCE: Final = 4
MAX_CELLS: Final = 14
MIN_CELL_PX: Final = 8


class HeatMaps(Protocol):
    """What looks for places.

    Attributes:
        method: How.
    """

    method: Method

    def heat(self, pixels: Pixels, direction: Floats) -> HeatMap:
        """Return what every place adds to a sum of logits; below 0 it takes away.

        Args:
            pixels: Of one picture.
            direction: shape (num_classes,), what each logit counts.
        """


def open_heat_maps(model: keras.Model) -> HeatMaps:
    """Return what suits a flat functional network from pixels to logits."""
    pooling = next((layer for layer in model.layers if layer.name == POOLING), None)
    if pooling is not None and pooling.input.ndim == MAPS_NDIM:
        return GradCam(model, pooling.input)
    return PixelGradients(model)


class GradCam:
    """Looks at the last feature map of a convolutional network.

    Source:
        Selvaraju et al. 2017, arXiv:1610.02391, section 3, equations 1 and 2, before what is
        below 0 is left out.
    """

    method: Method = "grad_cam"

    def __init__(self, model: keras.Model, feature_map: keras.KerasTensor) -> None:
        self._lower = keras.Model(model.input, feature_map, name="before_map")
        self._upper = keras.Model(feature_map, model.output, name="after_map")

    def heat(self, pixels: Pixels, direction: Floats) -> HeatMap:
        """Return the heat of every cell of the map; its scale says nothing."""
        cells = tf.convert_to_tensor(self._lower(pixels[None], training=False))
        with tf.GradientTape() as tape:
            tape.watch(cells)
            score = _score(self._upper, cells, direction)
        of_channel = np.asarray(tape.gradient(score, cells)).mean(axis=(0, 1, 2))
        heat: HeatMap = cells.numpy()[0] @ of_channel
        return heat


class PixelGradients:
    """Looks at the pixels themselves, for networks without a feature map: transformers.

    The patches of their last layers have long been told of all others, so that Grad-CAM on them
    points anywhere.

    Source:
        Sundararajan et al. 2017, arXiv:1703.01365, section 3 (integrated gradients), from a
        picture of nothing but its mean color, by the midpoint rule.
    """

    method: Method = "integrated_gradients"

    def __init__(self, model: keras.Model) -> None:
        self._model = model

    def heat(self, pixels: Pixels, direction: Floats) -> HeatMap:
        """Return what each cell adds; their sum is what the picture scores above its mean color."""
        plain = np.broadcast_to(pixels.mean(axis=(0, 1)), pixels.shape).astype(np.float32)
        gradients = np.zeros(pixels.shape)
        shares = (np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS
        for some in np.split(shares, STEPS // STEPS_AT_ONCE):
            between = tf.constant(plain + some[:, None, None, None] * (pixels - plain))
            with tf.GradientTape() as tape:
                tape.watch(between)
                score = _score(self._model, between, direction)
            gradients += np.asarray(tape.gradient(score, between)).sum(axis=0)
        return _by_cell(((pixels - plain) * gradients / STEPS).sum(axis=-1))


def _score(model: keras.Model, inputs: tf.Tensor, direction: Floats) -> tf.Tensor:
    logits = model(inputs, training=False)
    return tf.reduce_sum(logits * tf.constant(direction, logits.dtype))


def _by_cell(by_pixel: Floats) -> HeatMap:
    """Return sums over the cells of a square grid."""
    size = len(by_pixel)
    num_cells = max(1, min(MAX_CELLS, size // MIN_CELL_PX))
    starts = np.arange(num_cells) * size // num_cells
    rows = np.add.reduceat(by_pixel, starts, axis=0)
    cells: HeatMap = np.add.reduceat(rows, starts, axis=1)
    return cells
