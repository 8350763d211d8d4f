"""The order of unlabeled samples: everything once per epoch, and the same after a pause."""

import numpy as np
import pytest

from tlgui.core.dataset import Sample
from tlgui.engine.adaptation.unlabeled_feed import Source, UnlabeledFeed
from tlgui.engine.data.inputs import shuffled


class Names:
    """Gives the paths of samples as their batch."""

    def batches(self, samples, batch_size):
        for start in range(0, len(samples), batch_size):
            yield tuple(s.path for s in samples[start : start + batch_size])

    def training_order(self, samples, batch_size, seed, epoch):
        return shuffled(len(samples), seed, epoch)


def source(name, count):
    samples = tuple(Sample(path=f"{name}{n}", label=0, digest=f"{name}{n}") for n in range(count))
    return Source(inputs=Names(), samples=samples)


@pytest.fixture
def feed():
    return UnlabeledFeed(sources=(source("a", 11), source("b", 6)), batch_size=4, seed=3)


def test_every_sample_of_every_source_comes_once_per_epoch(feed):
    glimpses = list(feed.glimpses(1))

    names = [name for g in glimpses for name in g.batch]
    assert len(glimpses) == feed.steps_per_epoch == 3 + 2
    assert sorted(names) == sorted(s.path for own in feed.sources for s in own.samples)
    assert [g.num_samples for g in glimpses] == [len(g.batch) for g in glimpses]
    assert all(len({name[0] for name in g.batch}) == 1 for g in glimpses)


def test_epoch_that_goes_on_continues_with_the_next_step(feed):
    whole = list(feed.glimpses(2))
    for step in range(feed.steps_per_epoch + 1):
        assert list(feed.glimpses(2, step)) == whole[step:]
    assert [g.key for g in whole] == [(3, 2, step) for step in range(5)]


def test_epochs_differ(feed):
    orders = [np.concatenate([g.batch for g in feed.glimpses(n)]).tolist() for n in range(1, 4)]
    assert len({tuple(order) for order in orders}) == 3
