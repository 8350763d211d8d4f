"""Samples as a frozen backbone sees them: each picture is looked at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.data.images import read_batches
from tlgui.engine.data.unreadable import UnreadableFile

BATCH_SIZE: Final = 32  # of passes that learn nothing: big enough to keep every core busy

Pixels = NDArray[np.float32]


# pixels (batch, size, size, 3) in 0..255 to one row per picture, shape (batch, width)
PixelFunction = Callable[[Pixels], NDArray[np.float32]]


def labels_of(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Return the class indices, shape (num_samples,)."""
    return np.array([s.label for s in samples], np.int64)


def pixel_batches(
    dataset: Dataset, samples: Sequence[Sample], size_px: int, batch_size: int = BATCH_SIZE
) -> Iterator[Pixels]:
    """Yield the samples' pixels, each batch of shape (≤ batch_size, size_px, size_px, 3).

    Raises:
        TlguiError: a file that the scan could read is gone or damaged by now.
    """
    paths = [Path(dataset.folder, s.path) for s in samples]
    try:
        yield from read_batches(paths, size_px, batch_size, [s.digest for s in samples])
    except UnreadableFile as error:
        raise TlguiError(
            "dataset_changed", path=str(error.path or dataset.folder), reason=error.reason
        ) from error


def apply_to_samples(
    function: PixelFunction,
    dataset: Dataset,
    samples: Sequence[Sample],
    size_px: int,
    channel: Channel,
    activity: str,
) -> NDArray[np.float32]:
    """Return one row per sample, shape (num_samples, width).

    Raises:
        TlguiError: a file is gone or damaged by now.
        JobStopped: a person asked for it.
    """
    rows: list[NDArray[np.float32]] = []
    done = 0
    for pixels in pixel_batches(dataset, samples, size_px):
        channel.stop_if_requested()
        rows.append(function(pixels))
        done += len(pixels)
        channel.progress(activity, done, len(samples))
    return np.concatenate(rows)
