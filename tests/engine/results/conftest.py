"""Runs that are already trained."""

import pytest

from tlgui.engine.channel import Channel
from tlgui.engine.training.train import train


@pytest.fixture
def finished_run(make_run, tiny_library):
    """A run whose head was solved."""
    run = make_run()
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    return run


@pytest.fixture
def fine_tuned_run(make_run, tiny_library):
    """A run whose best epoch has a trained backbone."""
    run = make_run("head_then_all", learning_rate="0.001", epochs="2", batch_size="8")
    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    return run
