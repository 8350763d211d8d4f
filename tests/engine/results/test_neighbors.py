"""Training samples that are like a sample."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from tlgui.core.dataset import Sample
from tlgui.core.events import Progressed
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.features import Chained, Kept
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.results.neighbors import (
    MAX_COMPARED,
    MAX_KNOWN,
    NUM_NEAREST,
    NeighborSearch,
    some_samples,
)


def samples(num):
    return tuple(Sample(path=f"{n}.png", label=n % 3, digest=f"d{n}") for n in range(num))


def searched(rows, channel=None):
    num = sum(chunk.shape[0] for chunk in rows)
    return NeighborSearch(samples(num), iter(rows), channel or Channel())


@pytest.mark.parametrize("make", [np.asarray, csr_array], ids=["dense", "sparse"])
def test_nearest_are_those_that_point_the_same_way(make):
    rows = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    rows[17] = 3 * rows[4]
    search = searched([make(rows[:16]), make(rows[16:])])

    assert search.complete()
    found = search.nearest(make(rows[[4]]))

    assert [sample.path for sample, _ in found[:2]] == ["4.png", "17.png"]
    np.testing.assert_allclose([d for _, d in found[:2]], 0, atol=1e-6)
    assert [d for _, d in found] == sorted(d for _, d in found)
    assert len(found) == NUM_NEAREST
    cosines = rows @ rows[4] / np.linalg.norm(rows, axis=1) / np.linalg.norm(rows[4])
    np.testing.assert_allclose([d for _, d in found], np.sort(1 - cosines)[:NUM_NEAREST], atol=1e-6)


def test_sample_without_any_feature_is_like_nothing():
    search = searched([np.zeros((2, 3))])
    assert search.complete()

    assert [d for _, d in search.nearest(np.ones((1, 3)))] == [1, 1]
    assert searched([]).nearest(np.ones((1, 3))) == []


def test_next_question_cuts_the_search_and_loses_nothing():
    rows = np.eye(6)
    search = searched([rows[:2], rows[2:4], rows[4:]])
    asked = iter([False, True, False, False])

    assert not search.complete(lambda: next(asked))
    assert search.complete(lambda: next(asked))
    assert search.nearest(rows[[5]])[0][0].path == "5.png"


def test_wish_to_stop_ends_the_search_and_progress_is_told():
    heard = []
    channel = Channel(None, [heard.append])
    rows = [np.eye(3), np.eye(3)]

    def stopping():
        yield rows[0]
        channel.request = "stop"
        yield rows[1]
        raise AssertionError("nobody wants more")

    with pytest.raises(JobStopped):
        NeighborSearch(samples(9), stopping(), channel).complete()
    assert {e.activity for e in heard if isinstance(e, Progressed)} == {"neighbors"}


def test_of_many_samples_always_the_same_random_ones_are_compared(tmp_path):
    many = samples(MAX_COMPARED + 500)

    chosen = some_samples(many, None, seed=3)

    assert len(chosen) == len(set(chosen)) == MAX_COMPARED
    assert chosen == some_samples(many, None, seed=3) != some_samples(many, None, seed=4)
    assert some_samples(many[:10], None, seed=3) == many[:10]
    assert MAX_KNOWN > MAX_COMPARED


def test_all_are_compared_where_their_features_are_known(tmp_path):
    many = samples(MAX_COMPARED + 2)
    space = RowStore(tmp_path, 10**9).space(kind="features")
    kept = Kept(function=lambda batch: batch, known=space)
    chained = Chained(function=kept, then=lambda rows: rows)
    assert len(some_samples(many, chained, seed=3)) == MAX_COMPARED

    kept.remember(many, np.zeros((len(many), 2), np.float32))

    assert some_samples(many, chained, seed=3) == many
