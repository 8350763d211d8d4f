"""What is particular to a bundle of a model of pictures."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from keras import KerasTensor
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import ROUNDING, decode, read_pixels
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.models.triangle_resize import TriangleResize
from tlgui.engine.results.bundle import Trained, answer_layers
from tlgui.engine.results.exportable import FixedGraph, SampleBatch

MAX_BATCH: Final = 32
MAX_PIXELS: Final = 8_000_000  # of a batch: 32 photos of a phone would fill a laptop's memory
GOLDEN_SIDE_PX: Final = 256

Pixels = NDArray[np.uint8]


class PictureExport:
    """The ``Exportable`` of a model of pictures; see there."""

    script = "predict_pictures.py"
    packages: tuple[str, ...] = ("numpy", "pillow")

    def __init__(self, trained: Trained) -> None:
        self.trained = trained
        self._size_px = trained.preset.input_size_px

    def stock_model(self) -> keras.Model:
        """Return the model with Keras' own resize; see there."""
        resize = keras.layers.Resizing(self._size_px, self._size_px, antialias=True, name="resize")
        # without training=False everything after it would run in training mode
        return self._after(lambda pixels: resize(pixels, training=False))

    def graph(self) -> keras.Model:
        """Return the model with a resize of plain operations; see there."""
        return self._after(TriangleResize(self._size_px, name="resize"))

    def fixed_graph(self) -> FixedGraph:
        """Return the same: pictures of any size need no length."""
        return FixedGraph(model=self.graph(), settings={})

    def settings(self) -> dict[str, object]:
        """Return how pictures have to reach the model."""
        return {
            "reads": "pictures",
            "inside_the_model": ["resize", "scaling"],
            "input": "RGB pixels 0..255, height x width x 3, oriented by EXIF, alpha on white",
            "size_px": self._size_px,
            "resize": {
                "size_px": self._size_px,
                "method": "bilinear, antialiased, stretched, rounded",
            },
        }

    def write_companions(self, bundle: Path) -> None:
        """Pictures need nothing on their way."""

    def batches(self, samples: Sequence[Sample]) -> Iterator[SampleBatch]:
        """Yield pictures that have the same size; see there."""
        found: list[Pixels] = []
        resized: list[Pixels] = []
        labels: list[int] = []
        for sample in samples:
            pixels, small = self._read(Path(self.trained.dataset.folder, sample.path))
            if found and not _fit_together(found, pixels):
                yield _batch(found, resized, labels)
                found, resized, labels = [], [], []
            found.append(pixels)
            resized.append(small)
            labels.append(sample.label)
        if found:
            yield _batch(found, resized, labels)

    def write_golden(self, samples: Sequence[Sample], folder: Path) -> list[Path]:
        """Write pictures of at most 256 pixels a side, without loss; see there."""
        files = []
        for number, sample in enumerate(samples, 1):
            path = Path(self.trained.dataset.folder, sample.path)
            picture = _readable(lambda path=path: decode(path, self._size_px).pixels, path)
            picture.thumbnail((GOLDEN_SIDE_PX, GOLDEN_SIDE_PX))
            files.append(folder / f"{number}.png")
            picture.save(files[-1])
        return files

    def read_golden(self, path: Path) -> SampleBatch:
        """Return such a picture."""
        pixels, resized = self._read(path)
        return _batch([pixels], [resized], [-1])

    def _after(self, resize: Any) -> keras.Model:
        trained = self.trained
        model = build_trained_model(trained.preset_folder, trained.tensors, trained.plan)
        return with_preprocessing(model, resize, trained.temperature)

    def _read(self, path: Path) -> tuple[Pixels, Pixels]:
        """Return a picture as it is decoded, and as the square that the network takes."""
        whole = _readable(lambda: np.asarray(decode(path, self._size_px).pixels), path)
        return whole, _readable(lambda: read_pixels(path, self._size_px), path)


def with_preprocessing(model: keras.Model, resize: Any, temperature: float = 1.0) -> keras.Model:
    """Return a model from pixels of any size to probabilities.

    Args:
        model: resized pixels (batch, size, size, 3) in 0..255 to logits.
        resize: from pictures of any size to such.
        temperature: what the logits are divided by.

    Returns:
        A functional model: pixels (batch, height, width, 3) in 0..255 to probabilities
        (batch, num_classes).
    """
    pixels = keras.Input((None, None, 3), name="pixels")
    # whole levels, as the network knows them
    whole: KerasTensor = keras.ops.floor(resize(pixels) + ROUNDING)
    logits = model(whole, training=False)
    return keras.Model(pixels, answer_layers(logits, temperature), name="tlgui_classifier")


def _readable(read: Any, path: Path) -> Any:
    try:
        return read()
    except UnreadableFile as error:
        raise TlguiError("dataset_changed", path=str(path), reason=error.reason) from error


def _fit_together(found: Sequence[Pixels], pixels: Pixels) -> bool:
    height, width, _ = pixels.shape
    room = min(MAX_BATCH, MAX_PIXELS // (height * width))
    return found[0].shape == pixels.shape and len(found) < room


def _batch(
    found: Sequence[Pixels], resized: Sequence[Pixels], labels: Sequence[int]
) -> SampleBatch:
    batch = np.stack(resized).astype(np.float32)
    return SampleBatch(items=tuple(found), batch=batch, labels=np.array(labels))
