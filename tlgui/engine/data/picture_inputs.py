"""Pictures as models take them: squares of pixels."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import read_batches, read_pixels
from tlgui.engine.data.inputs import Order, shuffled
from tlgui.engine.data.unreadable import UnreadableFile

Pixels = NDArray[np.float32]


class PictureInputs:
    """The ``Inputs`` of a data set of pictures; see there."""

    def __init__(self, dataset: Dataset, size_px: int) -> None:
        """Prepare.

        Args:
            dataset: Whose samples they are.
            size_px: Side of the square that the model takes.
        """
        self._folder = Path(dataset.folder)
        self._size_px = size_px

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[Pixels]:
        """Yield pixels, each batch of shape (≤ batch_size, size_px, size_px, 3)."""
        paths = [self._folder / s.path for s in samples]
        try:
            yield from read_batches(paths, self._size_px, batch_size, [s.digest for s in samples])
        except UnreadableFile as error:
            path = str(error.path or self._folder)
            raise TlguiError("dataset_changed", path=path, reason=error.reason) from error

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the samples as they are: all pictures cost the same."""
        return np.arange(len(samples))

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's random order."""
        return shuffled(len(samples), seed, epoch)


class PictureReader:
    """The ``FileReader`` of pictures; see there."""

    def __init__(self, size_px: int) -> None:
        self._size_px = size_px

    def read(self, path: Path) -> Pixels:
        """Return the pixels of one file, shape (size_px, size_px, 3)."""
        return read_pixels(path, self._size_px)

    def why_not(self, _item: Pixels) -> str:
        """Return "": there is an answer to every picture."""
        return ""

    def collate(self, items: Sequence[Pixels]) -> Pixels:
        """Return several pictures as one batch."""
        return np.stack(items)
