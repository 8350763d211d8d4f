"""A heat map as people see it: laid over a gray copy of the picture."""

from io import BytesIO
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE_PX: Final = 320
STRENGTH: Final = 0.75  # of the color where it is strongest
# from little to much, each lighter than the one before, so that the order needs no color vision
WARM: Final = ((66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164))
# of Okabe and Ito: told apart by everyone
FOR: Final = (0, 114, 178)
AGAINST: Final = (230, 159, 0)

Floats = NDArray[np.floating]


def small_copy(picture: Image.Image) -> Image.Image:
    """Return a picture in its proportions whose longer side is ``SIDE_PX``."""
    scale = SIDE_PX / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def overlay(picture: Image.Image, heat: Floats, *, is_signed: bool) -> Image.Image:
    """Return a gray copy of a picture with the heat over it.

    Args:
        picture: Mode RGB.
        heat: shape (rows, columns), of the whole picture, stretched to it; its scale says
            nothing.
        is_signed: Whether what is below 0 is shown too, in another color.
    """
    shares = scaled(heat, is_signed=is_signed)
    small = Image.fromarray(shares.astype(np.float32))
    values = np.asarray(small.resize(picture.size, Image.Resampling.BICUBIC))
    strength = np.clip(np.abs(values), 0, 1)[..., None]
    colors = _two_colors(values) if is_signed else _warm(strength[..., 0])
    gray = np.asarray(picture.convert("L"), np.float32)[..., None]
    mixed = gray * (1 - STRENGTH * strength) + colors * (STRENGTH * strength)
    return Image.fromarray(mixed.round().clip(0, 255).astype(np.uint8))


def scaled(heat: Floats, *, is_signed: bool) -> Floats:
    """Return the heat with 1 as its strongest, without what is below 0 unless it is signed."""
    kept = heat if is_signed else np.maximum(heat, 0)
    strongest = np.abs(kept).max()
    return kept / strongest if strongest > 0 else np.zeros_like(kept)


def png_bytes(picture: Image.Image) -> bytes:
    """Return a picture as the content of a PNG file."""
    stream = BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _warm(shares: Floats) -> Floats:
    """Return colors, shape (..., 3), of shares from 0 to 1."""
    places = np.linspace(0, 1, len(WARM))
    bands = [np.interp(shares, places, band) for band in np.transpose(WARM)]
    return np.stack(bands, axis=-1)


def _two_colors(values: Floats) -> Floats:
    return np.where(values[..., None] >= 0, np.array(FOR), np.array(AGAINST)).astype(np.float32)
