"""Every pixel mode of Pillow to upright 8-bit RGB."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # by EXIF orientation


def to_rgb(image: Image.Image) -> Image.Image:
    """Return a loaded picture in RGB, upright by its EXIF data, transparency on white."""
    orientation = _orientation(image)
    if image.mode.startswith("I") or image.mode == "F":
        rgb = _from_wide(np.asarray(image))
    elif image.mode == "LAB":
        rgb = _from_lab(image)
    elif image.has_transparency_data:
        rgb = _on_white(image)
    else:
        rgb = image if image.mode == "RGB" else image.convert("RGB")
    return rgb.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else rgb


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, TypeError, LookupError, OSError, AttributeError):
        return 1  # damaged camera data does not make the pixels unreadable


def _from_wide(values: NDArray[Any]) -> Image.Image:
    """Scale gray values of more than 8 bits by the first range that holds all of them.

    0 to 1 (floats only), 0 to 255, 0 to 4095 (12-bit cameras), 0 to 65535; anything else is
    stretched from its own lowest to its own highest value. What is not a number is black.
    """
    numbers = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    tops = [1, 255, 4095, 65535] if values.dtype.kind == "f" else [255, 4095, 65535]
    if values.dtype == np.uint16:
        tops.remove(255)
    fitting = [float(top) for top in tops if low >= 0 and high <= top]
    bottom, top = (0.0, fitting[0]) if fitting else (low, high)
    gray = np.rint((numbers - bottom) * (255 / ((top - bottom) or 1)))
    return Image.fromarray(gray.astype(np.uint8)).convert("RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    transform = ImageCms.buildTransform(
        ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB"
    )
    rgb = ImageCms.applyTransform(image, transform)
    if rgb is None:
        raise ValueError("no RGB from LAB")
    return rgb


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")
    rgb = Image.new("RGB", rgba.size, "white")
    rgb.paste(rgba, mask=rgba.getchannel("A"))
    return rgb
