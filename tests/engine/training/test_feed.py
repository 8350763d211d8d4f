"""What a step learns from."""

from dataclasses import replace

import numpy as np
import pytest

from tests.presets import LITE0
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.planning import make_plan
from tlgui.engine.training.feed import Feed
from tlgui.engine.training.replay import Replay

SAMPLES = tuple(Sample(path=f"{n}.png", label=n % 2, digest=str(n)) for n in range(12))
OLD = 100.0


class Numbers:
    """The ``Inputs`` of samples whose pixel is the number in their name."""

    def __init__(self, offset):
        self._offset = offset

    def batches(self, samples, batch_size):
        for start in range(0, len(samples), batch_size):
            names = [float(s.path.removesuffix(".png")) for s in samples[start:][:batch_size]]
            yield np.array(names, np.float32)[:, None, None, None] + self._offset

    def cheapest_order(self, samples):
        return np.arange(len(samples))

    def training_order(self, samples, batch_size, seed, epoch):
        return np.arange(len(samples))


@pytest.fixture
def make_feed():
    def make(fraction, batch_size, replay=True):
        settings = {"replay_folder": "old", "replay_fraction": fraction, "batch_size": batch_size}
        plan = make_plan(LITE0, strategy="head_then_all", settings=settings)
        phase = gradient_phases(plan)[-1]
        dataset = Dataset(folder="/old", modality="image", classes=("a", "b"), samples=SAMPLES)
        labels = np.array([s.label for s in SAMPLES])
        old = Replay(dataset=dataset, inputs=Numbers(OLD), labels=labels)
        return Feed(
            plan=plan,
            phase=phase,
            samples=SAMPLES,
            num_classes=2,
            inputs=Numbers(0),
            keeps_ends=False,
            replay=old if replay else None,
        )

    return make


def num_old(lesson):
    return int((lesson.batch >= OLD).sum())


@pytest.mark.parametrize(
    ("fraction", "batch_size", "expected"),
    [("0.25", "8", 2), ("0.1", "4", 1), ("0.01", "8", 1), ("0.25", "2", 1), ("0.99", "4", 3)],
)
def test_every_batch_has_the_share_of_older_samples_and_one_at_least(
    make_feed, fraction, batch_size, expected
):
    feed = make_feed(fraction, batch_size)

    lessons = list(feed.lessons(epoch=1, after_step=0))

    assert {num_old(lesson) for lesson in lessons} == {expected}
    assert len(lessons) == feed.steps_per_epoch
    assert sum(len(lesson.labels) for lesson in lessons) == feed.samples_per_epoch
    fresh = [value for lesson in lessons for value in lesson.batch.ravel() if value < OLD]
    assert fresh == list(range(12)), "every new sample is still looked at once"


def test_without_a_share_or_a_folder_nothing_is_replayed(make_feed):
    feed = make_feed("0.25", "4", replay=False)
    rules = replace(feed.phase.regularization, replay_fraction=0.0)
    none = replace(make_feed("0.25", "4"), phase=replace(feed.phase, regularization=rules))

    for some in (feed, none):
        assert [num_old(lesson) for lesson in some.lessons(1, 0)] == [0, 0, 0]
