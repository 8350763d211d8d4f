import numpy as np
import pytest

from tlgui.core.dataset import Sample
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.features import BATCH_SIZE, apply_to_samples

SAMPLES = [Sample(path=str(n), label=0, digest=str(n)) for n in range(2 * BATCH_SIZE + 5)]


class BackwardInputs:
    """``Inputs`` that are cheapest from the last to the first."""

    def batches(self, samples, batch_size):
        for start in range(0, len(samples), batch_size):
            batch = samples[start : start + batch_size]
            yield np.array([[float(s.path)] for s in batch], np.float32)

    def cheapest_order(self, samples):
        return np.arange(len(samples))[::-1]


def test_every_sample_gets_its_own_row_whatever_order_is_cheapest():
    rows = apply_to_samples(lambda x: 2 * x, BackwardInputs(), SAMPLES, Channel(), "testing")
    np.testing.assert_array_equal(rows[:, 0], [2 * n for n in range(len(SAMPLES))])


def test_a_wish_to_stop_is_heard_between_batches():
    channel = Channel()
    seen = []

    def function(batch):
        seen.append(batch)
        channel.request = "stop"
        return batch

    with pytest.raises(JobStopped):
        apply_to_samples(function, BackwardInputs(), SAMPLES, channel, "testing")
    assert len(seen) == 1
