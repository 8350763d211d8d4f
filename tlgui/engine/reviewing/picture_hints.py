"""Facts about picture files that are not what the picture shows."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tlgui.engine.data.images import decode_stream, open_undecoded
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.picture_files import opened

_SMALL_PX: Final = 64  # enough for colors
_BORDER: Final = 0.04  # of the side
_CAMERA: Final = {"make": 271, "model": 272, "software": 305}  # tags of EXIF 2.32, table 4

Facts = Mapping[str, Sequence[Any]]


def picture_hints(
    paths: Sequence[Path], tick: Callable[[int, int], None]
) -> dict[str, NDArray[np.float64]]:
    """Return for every hint an array of shape (num_pictures, num_facts).

    Args:
        paths: Of pictures that can be read.
        tick: Told how many are done, and how many there are; may raise to end it.

    Raises:
        UnreadableFile: one cannot be read any more.
    """
    rows: list[Facts] = []
    for number, facts in enumerate(map_ahead(_facts, paths, 4 * usable_cores())):
        tick(number, len(paths))
        rows.append(facts)
    return {hint: as_numbers([row[hint] for row in rows]) for hint in rows[0]}


def as_numbers(rows: Sequence[Sequence[Any]]) -> NDArray[np.float64]:
    """Return facts as numbers: names become their place in the alphabet of the names that occur."""
    return np.array([_column(values) for values in zip(*rows, strict=True)], np.float64).T


def _column(values: Sequence[Any]) -> Sequence[float]:
    if not any(isinstance(value, str) for value in values):
        return values
    places = {name: place for place, name in enumerate(sorted(set(map(str, values))))}
    return [places[str(value)] for value in values]


def _facts(path: Path) -> Facts:
    """Return the facts of one picture by hint; names stay names."""
    with opened(path) as stream:
        num_bytes = path.stat().st_size
        pixels = np.asarray(_shrunk(decode_stream(stream, _SMALL_PX).pixels), np.float64)
        image = open_undecoded(stream)
        exif, tables = image.getexif(), getattr(image, "quantization", {})
        width, height = image.size
        compression = [float(np.mean(table)) for table in tables.values()][:2]
        kind = (str(image.format), image.mode, *compression, *[0.0] * (2 - len(compression)))
    return {
        "file_size": (num_bytes, num_bytes / (width * height)),
        "dimensions": (width, height, width / height),
        "format": kind,
        "exif": (len(exif), *(str(exif.get(tag, "")) for tag in _CAMERA.values())),
        "mean_color": tuple(pixels.mean(axis=(0, 1))),
        "border": _border(pixels),
    }


def _shrunk(picture: Image.Image) -> Image.Image:
    """Return a picture of at most twice the small side: numbers take eight times its room."""
    width, height = (min(side, 2 * _SMALL_PX) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _border(pixels: NDArray[np.float64]) -> tuple[float, ...]:
    """Return mean and standard deviation of the colors at the rim, shape (6,)."""
    width = max(1, round(_BORDER * min(pixels.shape[:2])))
    is_rim = np.ones(pixels.shape[:2], bool)
    is_rim[width:-width, width:-width] = False
    rim = pixels[is_rim]
    return (*rim.mean(axis=0), *rim.std(axis=0))
