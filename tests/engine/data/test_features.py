import numpy as np
import pytest

from tlgui.core.dataset import Sample
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.features import BATCH_SIZE, Chained, Kept, apply_to_samples
from tlgui.engine.data.row_store import RowStore

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


def features_of(store, samples=SAMPLES, computed=None):
    """Return the rows of samples by a function that is looked up where that is possible."""

    def function(batch):
        if computed is not None:
            computed.append(len(batch))
        return 2 * batch

    kept = Kept(function=function, known=store.space(kind="features"))
    return apply_to_samples(kept, BackwardInputs(), samples, Channel(), "testing")


def test_features_are_computed_once_and_are_the_same(tmp_path):
    first = features_of(RowStore(tmp_path))
    computed = []

    again = features_of(RowStore(tmp_path), computed=computed)

    assert computed == []
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[:, 0], [2 * n for n in range(len(SAMPLES))])


def test_only_samples_that_are_new_are_computed_and_copies_once(tmp_path):
    features_of(RowStore(tmp_path), SAMPLES[:10])
    computed = []
    copies = [*SAMPLES[5:15], SAMPLES[12], SAMPLES[7]]

    rows = features_of(RowStore(tmp_path), copies, computed)

    assert computed == [5]
    np.testing.assert_array_equal(rows[:, 0], [2 * int(s.path) for s in copies])


def test_what_was_computed_before_a_stop_is_not_lost(tmp_path):
    store, channel = RowStore(tmp_path), Channel()

    def function(batch):
        channel.request = "stop"
        return batch

    kept = Kept(function=function, known=store.space(kind="features"))
    with pytest.raises(JobStopped):
        apply_to_samples(kept, BackwardInputs(), SAMPLES, channel, "testing")
    store.flush()

    known = RowStore(tmp_path).space(kind="features")
    assert sum(sample.digest in known for sample in SAMPLES) == BATCH_SIZE
    assert kept.num_unknown(SAMPLES) == len(SAMPLES) - BATCH_SIZE


def test_no_samples_have_no_rows(tmp_path):
    assert len(features_of(RowStore(tmp_path), ())) == 0


def test_what_is_made_of_features_is_made_of_those_that_are_known(tmp_path):
    features_of(RowStore(tmp_path))
    kept = Kept(function=lambda _: None, known=RowStore(tmp_path).space(kind="features"))
    head = Chained(function=kept, then=lambda rows: rows + 1)

    rows = apply_to_samples(head, BackwardInputs(), SAMPLES, Channel(), "testing")

    np.testing.assert_array_equal(rows[:, 0], [2 * n + 1 for n in range(len(SAMPLES))])
