"""Pictures seen from elsewhere: mirrored, turned, zoomed and shifted in one resampling.

Keras has a layer for each of these. One after another they would blur a picture three times and
cost three times as much.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

Tensor: TypeAlias = Any  # of the backend


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPose:
    """How far pictures may be moved; each is moved at random within it.

    Attributes:
        mirrors: Left and right change places in half of them.
        quarter_turns: All four are equally likely; alone they move whole pixels.
        turn_degrees: Largest turn either way.
        zoom: Largest enlargement and reduction, as in 1 + zoom.
        shift_fraction: Largest shift along each side, as a fraction of it.
    """

    mirrors: bool = True
    quarter_turns: bool = False
    turn_degrees: float = 0.0
    zoom: float = 0.0
    shift_fraction: float = 0.0

    def __call__(self, pixels: Tensor, seeds: keras.random.SeedGenerator) -> Tensor:
        """Return moved pictures; what comes in from outside is the mirrored border.

        Args:
            pixels: shape (batch, size, size, channels).
            seeds: Decide how each picture is moved.
        """
        batch, size = keras.ops.shape(pixels)[:2]
        draws = keras.random.uniform((batch, 6), -1.0, 1.0, dtype="float32", seed=seeds)
        return keras.ops.image.affine_transform(
            pixels,
            self._matrices(draws, size),
            interpolation="bilinear" if self._lies_between_pixels else "nearest",
            fill_mode="reflect",
        )

    @property
    def _lies_between_pixels(self) -> bool:
        return any((self.turn_degrees, self.zoom, self.shift_fraction))

    def _matrices(self, draws: Tensor, size: int) -> Tensor:
        """Return where the pixels of each result come from, shape (batch, 8).

        Rows are those of ``keras.ops.image.affine_transform``: a turn and a scale around the
        center of the picture, then a shift.
        """
        mirror, quarter, turn, zoom, *shift = keras.ops.unstack(draws, axis=1)
        sign = keras.ops.where(mirror < 0, -1.0, 1.0) if self.mirrors else 1.0
        angle = math.radians(self.turn_degrees) * turn
        if self.quarter_turns:
            angle += math.pi / 2 * keras.ops.floor(2 * quarter)
        scale = keras.ops.power(1 + self.zoom, zoom)
        cos, sin = scale * keras.ops.cos(angle), scale * keras.ops.sin(angle)
        rows = (sign * cos, -sin), (sign * sin, cos)
        center, reach = (size - 1) / 2, self.shift_fraction * size
        zeros = keras.ops.zeros_like(turn)
        parts: list[Tensor] = []
        for (x, y), offset in zip(rows, shift, strict=True):
            parts += [x, y, center * (1 - x - y) + reach * offset]
        return keras.ops.stack([*parts, zeros, zeros], axis=1)
