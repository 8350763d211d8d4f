"""Pictures as models take them: squares of pixels, decoded once."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import PIL
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.data.images import read_pixels
from tlgui.engine.data.inputs import Order, shuffled
from tlgui.engine.data.parallel import map_ahead, usable_cores
from tlgui.engine.data.picture_files import digest_of
from tlgui.engine.data.row_store import Row, RowStore
from tlgui.engine.data.unreadable import UnreadableFile, opened_file

Pixels = NDArray[np.float32]

VERSION: Final = 1  # of how a file becomes pixels; another one has nothing to do with those stored


class PictureInputs:
    """The ``Inputs`` of a data set of pictures; see there.

    What is in the store is not read again, even where the file has changed or is gone: a sample
    is what the scan has found.
    """

    def __init__(self, dataset: Dataset, size_px: int, store: RowStore | None = None) -> None:
        """Prepare.

        Args:
            dataset: Whose samples they are.
            size_px: Side of the square that the model takes.
            store: Keeps decoded pictures.
        """
        self._folder = Path(dataset.folder)
        self._size_px = size_px
        facts = {"size_px": size_px, "version": VERSION, "pillow": PIL.__version__}
        self._known = store.space(kind="pixels", **facts) if store else None

    def batches(self, samples: Sequence[Sample], batch_size: int) -> Iterator[Pixels]:
        """Yield pixels, each batch of shape (≤ batch_size, size_px, size_px, 3).

        At most two batches are decoded ahead, by a thread per core.
        """
        try:
            with closing(map_ahead(self._read, samples, 2 * batch_size)) as pictures:
                while batch := [*islice(pictures, batch_size)]:
                    yield np.stack(batch, dtype=np.float32, casting="safe")
        except UnreadableFile as error:
            path = str(error.path or self._folder)
            raise TlguiError("dataset_changed", path=path, reason=error.reason) from error

    def why_not(self, samples: Sequence[Sample]) -> Generator[str, None, None]:
        """Decode samples that are not in the store, and say of each why that fails, or "".

        Of a file that is gone, or another one than the scan has found, nothing is said here:
        that is no damage, and ``batches`` will tell.
        """
        yield from map_ahead(self._why_not, samples, 2 * usable_cores(), self._nothing_if_known)

    def _nothing_if_known(self, sample: Sample) -> str | None:
        return "" if self._known and sample.digest in self._known else None

    def _why_not(self, sample: Sample) -> str:
        try:
            self._read(sample)
        except UnreadableFile as error:
            return error.reason if self._is_unchanged(sample) else ""
        return ""

    def _is_unchanged(self, sample: Sample) -> bool:
        try:
            with opened_file(self._folder / sample.path) as stream:
                return digest_of(stream) == sample.digest
        except UnreadableFile:
            return False

    def _read(self, sample: Sample) -> Row:
        known = self._known.get(sample.digest) if self._known else None
        if known is not None:
            return known
        pixels = read_pixels(self._folder / sample.path, self._size_px, sample.digest)
        if self._known:
            self._known.put(sample.digest, pixels)
        return pixels

    def cheapest_order(self, samples: Sequence[Sample]) -> Order:
        """Return the samples as they are: all pictures cost the same."""
        return np.arange(len(samples))

    def training_order(
        self, samples: Sequence[Sample], batch_size: int, seed: int, epoch: int
    ) -> Order:
        """Return an epoch's random order."""
        return shuffled(len(samples), seed, epoch)


@dataclass(frozen=True, slots=True)
class PictureReader:
    """The ``FileReader`` of pictures; see there. Those of one size are one."""

    size_px: int

    def read(self, path: Path) -> Pixels:
        """Return the pixels of one file, shape (size_px, size_px, 3)."""
        return read_pixels(path, self.size_px).astype(np.float32)

    def why_not(self, _item: Pixels) -> str:
        """Return "": there is an answer to every picture."""
        return ""

    def collate(self, items: Sequence[Pixels]) -> Pixels:
        """Return several pictures as one batch."""
        return np.stack(items)
