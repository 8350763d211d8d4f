"""Trying learning rates: what is told, and which rate is suggested."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from tlgui.core.dataset import dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import RatesTried, RateTried
from tlgui.core.job import RangeTestJob
from tlgui.core.planning import make_plan
from tlgui.engine.advising import range_test
from tlgui.engine.advising.range_test import (
    LOWEST,
    NUM_STEPS,
    Point,
    run_range_test,
    suggested_rate,
)
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.scan import scan_folder


@pytest.fixture
def make_job(tmp_path, tiny_library, shared_pictures, shared_texts):
    def make(preset="tiny", strategy="head_then_all", **settings):
        folder = tmp_path / "job"
        folder.mkdir()
        source = shared_texts if "text" in preset else shared_pictures
        file = tmp_path / "dataset.json"
        file.write_text(scan_folder(source, Channel()).to_json())
        info = tiny_library.catalog[preset]
        plan = make_plan(info, strategy=strategy, settings={"batch_size": "8", **settings})
        return RangeTestJob(folder=str(folder), requested_s=0.0, dataset=str(file), plan=plan)

    return make


def points(losses, noise=0.0):
    rates = [LOWEST * 10 ** (step / 10) for step in range(len(losses))]
    shaken = np.random.default_rng(1).normal(losses, noise)
    return [
        Point(learning_rate=rate, loss=float(loss), smoothed=float(smoothed))
        for rate, loss, smoothed in zip(rates, shaken, losses, strict=True)
    ]


@pytest.mark.parametrize(
    ("preset", "strategy"), [("tiny", "head_then_all"), ("tiny_text", "discriminative")]
)
def test_rates_rise_until_the_loss_is_ruined_and_one_is_suggested(
    make_job, tiny_library, heard, preset, strategy
):
    job = make_job(preset, strategy)

    run_range_test(job, tiny_library, Channel(None, [heard.append]))

    tried = [event for event in heard if isinstance(event, RateTried)]
    assert isinstance(heard[-1], RatesTried)
    assert tried[0].learning_rate == LOWEST
    ratios = [b.learning_rate / a.learning_rate for a, b in itertools.pairwise(tried)]
    assert ratios == pytest.approx([10**0.1] * len(ratios))
    assert len(tried) <= NUM_STEPS
    assert LOWEST / 10 <= heard[-1].suggested < tried[-1].learning_rate
    assert all(math.isfinite(event.loss) for event in tried)
    # at rates that change nothing the loss stays where it was
    assert tried[9].loss == pytest.approx(tried[0].loss, abs=0.5)


def test_rates_that_the_engine_really_takes_are_those_that_it_tells(
    make_job, tiny_library, heard, monkeypatch
):
    taken = []
    prepare = range_test.prepare_trainee

    def watched(*args):
        trainee = prepare(*args)

        def learn(lesson):
            taken.append(trainee.learning.learning_rate)
            return trainee.learn(lesson)

        return replace(trainee, learn=learn)

    monkeypatch.setattr(range_test, "prepare_trainee", watched)
    run_range_test(make_job(), tiny_library, Channel(None, [heard.append]))

    told = [event.learning_rate for event in heard if isinstance(event, RateTried)]
    assert taken[: len(told)] == pytest.approx(told, rel=1e-3)


def test_only_samples_of_the_training_and_validation_splits_are_read(
    make_job, tiny_library, monkeypatch
):
    contexts = []
    context_of = range_test._context
    monkeypatch.setattr(
        range_test, "_context", lambda *args: contexts.append(context_of(*args)) or contexts[0]
    )
    monkeypatch.setattr(range_test, "NUM_STEPS", 2)

    run_range_test(make_job(), tiny_library, Channel())

    assert {sample.split for sample in contexts[0].dataset.samples} == {"train", "validation"}


def test_rare_kind_is_among_the_samples_so_that_a_head_knows_all_kinds(
    make_job, tiny_library, tmp_path, heard, monkeypatch
):
    job = make_job(split="60/20/20")
    file = tmp_path / "dataset.json"
    dataset = dataset_from_json(file.read_text())
    rare = [s for s in dataset.samples if s.label == 2][:3]
    samples = (*(s for s in dataset.samples if s.label != 2), *rare)
    few = replace(dataset, samples=samples)
    file.write_text(few.to_json())
    monkeypatch.setattr(range_test, "MAX_SAMPLES", 4)
    monkeypatch.setattr(range_test, "MAX_VALIDATION", 3)
    monkeypatch.setattr(range_test, "NUM_STEPS", 2)

    for seed in range(10):
        some = range_test._few(few, replace(job.plan, seed=seed))
        learned, judged = some.of_split("train"), some.of_split("validation")
        assert {s.label for s in learned} == {s.label for s in judged} == {0, 1, 2}
        assert (len(set(learned)), len(set(judged))) == (4, 3)
    run_range_test(job, tiny_library, Channel(None, [heard.append]))

    assert isinstance(heard[-1], RatesTried)


def test_plan_without_steps_is_refused_in_words(make_job, tiny_library):
    with pytest.raises(TlguiError, match="setting_invalid") as error:
        run_range_test(make_job(strategy="feature_extraction"), tiny_library, Channel())
    assert error.value.detail["name"] == "strategy"


def test_person_can_stop_it(make_job, tiny_library):
    def stop(event):
        if isinstance(event, RateTried):
            channel.request = "stop"

    channel = Channel(None, [stop])
    with pytest.raises(JobStopped):
        run_range_test(make_job(), tiny_library, channel)


def test_nothing_is_left_in_the_folder_of_the_job(make_job, tiny_library, tmp_path, monkeypatch):
    monkeypatch.setattr(range_test, "NUM_STEPS", 2)
    run_range_test(make_job(), tiny_library, Channel())
    assert list((tmp_path / "job").iterdir()) == []


def test_falling_loss_gives_a_tenth_of_the_rate_where_it_is_lowest():
    losses = [1.0] * 30 + [1 - 0.05 * n for n in range(15)] + [5.0]
    assert suggested_rate(points(losses)) == pytest.approx(3e-4)  # lowest at 2.5e-3


def test_flat_loss_gives_a_tenth_of_the_last_rate_that_does_no_harm():
    losses = [0.20, 0.19, 0.21, 0.20] * 8 + [0.5, 1.5, 4.0]
    assert suggested_rate(points(losses, noise=0.05)) == pytest.approx(1e-5, rel=0.3)


def test_loss_that_is_broken_at_once_gives_the_lowest_rate():
    assert suggested_rate([]) == LOWEST
