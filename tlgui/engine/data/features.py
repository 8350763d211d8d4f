"""A function of batches applied to samples: each is looked at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.dataset import Sample
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import BatchFunction, Inputs

BATCH_SIZE: Final = 32  # of passes that learn nothing: big enough to keep every core busy


def labels_of(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Return the class indices, shape (num_samples,)."""
    return np.array([s.label for s in samples], np.int64)


def apply_to_samples(
    function: BatchFunction,
    inputs: Inputs,
    samples: Sequence[Sample],
    channel: Channel,
    activity: str,
) -> NDArray[np.float32]:
    """Return one row per sample in the order of the samples, shape (num_samples, ...).

    Raises:
        TlguiError: a file is gone or damaged by now.
        JobStopped: a person asked for it.
    """
    order = inputs.cheapest_order(samples)
    result = np.empty((len(samples), 0), np.float32)
    done = 0
    for batch in inputs.batches([samples[index] for index in order], BATCH_SIZE):
        channel.stop_if_requested()
        rows = function(batch)
        if not done:  # the first rows tell the shape; one copy of all is all that there is room for
            result = np.empty((len(samples), *rows.shape[1:]), rows.dtype)
        result[order[done : done + len(rows)]] = rows
        done += len(rows)
        channel.progress(activity, done, len(samples))
    return result
