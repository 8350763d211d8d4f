"""What is particular to a bundle of a model of pictures."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from keras import KerasTensor
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import ROUNDING, decode
from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.models.answerer import Contents
from tlgui.engine.models.strangeness import Strangeness
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.models.triangle_resize import TriangleResize
from tlgui.engine.results.bundle import Trained, answer_layers
from tlgui.engine.results.exportable import FixedGraph, SampleBatch
from tlgui.engine.results.flagging import flagged, with_features
from tlgui.engine.results.joint_model import joint_model

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
        # a large photo is decoded once, for the network that wants most of it
        self._size_px = max(model.preset.input_size_px for model in trained.models)

    def stock_model(self) -> keras.Model:
        """Return the model with Keras' own resize; see there."""
        return self._after(_stock_resize)

    def graph(self) -> keras.Model:
        """Return the model with a resize of plain operations; see there."""
        return self._after(lambda size_px: TriangleResize(size_px, name="resize"))

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
                "sizes_px": [model.preset.input_size_px for model in self.trained.models],
                "method": "bilinear, antialiased, stretched, rounded",
            },
        }

    def write_companions(self, bundle: Path) -> None:
        """Pictures need nothing on their way."""

    def batches(self, samples: Sequence[Sample]) -> Iterator[SampleBatch]:
        """Yield pictures that have the same size; see there."""
        found: list[Pixels] = []
        contents: list[Contents] = []
        labels: list[int] = []
        for sample in samples:
            pixels, own = self._read(Path(self.trained.dataset.folder, sample.path))
            if found and not _fit_together(found, pixels):
                yield _batch(found, contents, labels)
                found, contents, labels = [], [], []
            found.append(pixels)
            contents.append(own)
            labels.append(sample.label)
        if found:
            yield _batch(found, contents, labels)

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
        pixels, contents = self._read(path)
        return _batch([pixels], [contents], [-1])

    def _after(self, resize_to: Callable[[int], Any]) -> keras.Model:
        """Return the models behind their own resize, which takes the side of a square."""
        members = [
            with_preprocessing(
                build_trained_model(model.preset_folder, model.tensors, model.plan),
                resize_to(model.preset.input_size_px),
                model.temperature,
                self.trained.strangeness,
            )
            for model in self.trained.models
        ]
        return joint_model(members, self.trained.answerer.temperature)

    def _read(self, path: Path) -> tuple[Pixels, Contents]:
        """Return a picture as it is decoded, and as the networks take it."""
        whole = _readable(lambda: np.asarray(decode(path, self._size_px).pixels), path)
        return whole, _readable(lambda: self.trained.answerer.read(path), path)


def _stock_resize(size_px: int) -> Callable[[KerasTensor], KerasTensor]:
    resize = keras.layers.Resizing(size_px, size_px, antialias=True, name="resize")
    # without training=False everything after it would run in training mode
    return lambda pixels: resize(pixels, training=False)


def with_preprocessing(
    model: keras.Model, resize: Any, temperature: float, strangeness: Strangeness | None
) -> keras.Model:
    """Return a model from pixels of any size to probabilities.

    Args:
        model: resized pixels (batch, size, size, 3) in 0..255 to logits.
        resize: from pictures of any size to such.
        temperature: what the logits are divided by.
        strangeness: see ``flagged``.

    Returns:
        A functional model: pixels (batch, height, width, 3) in 0..255 to what ``flagged`` gives.
    """
    pixels = keras.Input((None, None, 3), name="pixels")
    # whole levels, as the network knows them
    whole: KerasTensor = keras.ops.floor(resize(pixels) + ROUNDING)
    logits, features = with_features(model)(whole, training=False)
    answers = flagged(answer_layers(logits, temperature), features, strangeness)
    return keras.Model(pixels, answers, name="tlgui_classifier")


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
    found: Sequence[Pixels], contents: Sequence[Contents], labels: Sequence[int]
) -> SampleBatch:
    return SampleBatch(items=tuple(found), contents=tuple(contents), labels=np.array(labels))
