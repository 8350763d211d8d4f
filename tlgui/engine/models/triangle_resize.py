"""The one resize as operations that every runtime has."""

from typing import Any

import keras
from keras import ops


class TriangleResize(keras.layers.Layer):  # type: ignore[misc]
    """Stretches pictures of any size to a square, as Pillow's bilinear filter does.

    A triangle around the place of every new pixel weighs the old ones; where a picture shrinks it
    is as much wider. Rows and columns are weighed one after the other, as two products of matrices.

    Source:
        Heckbert 1989, "Fundamentals of Texture Mapping and Image Warping", section 3.5 (resampling
        with a prefilter as wide as the new pixels); the triangle is that of linear interpolation.
    """

    def __init__(self, size_px: int, **settings: Any) -> None:
        super().__init__(**settings)
        self._size_px = size_px

    def call(self, pixels: Any) -> Any:
        """Return (batch, size_px, size_px, channels) of (batch, height, width, channels)."""
        _, height, width, _ = ops.shape(pixels)
        columns = ops.einsum("oh,bhwc->bowc", self._weights(height), pixels)
        return ops.einsum("ow,bhwc->bhoc", self._weights(width), columns)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of what ``call`` returns."""
        return (input_shape[0], self._size_px, self._size_px, input_shape[3])

    def _weights(self, old_size: Any) -> Any:
        """Return shape (size_px, old_size); each row sums to 1."""
        old_size = ops.cast(old_size, "float32")
        scale = old_size / self._size_px
        places = ops.arange(old_size, dtype="float32") + 0.5
        centers = (ops.arange(self._size_px, dtype="float32") + 0.5) * scale
        distances = ops.abs(places[None, :] - centers[:, None]) / ops.maximum(scale, 1.0)
        weights = ops.maximum(1.0 - distances, 0.0)
        return weights / ops.sum(weights, axis=1, keepdims=True)
