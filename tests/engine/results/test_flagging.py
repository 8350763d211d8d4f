"""Layers that say how strange a sample is, and when there are none."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from tlgui.engine.models.strangeness import unit_rows
from tlgui.engine.results.familiarity import fit_strangeness
from tlgui.engine.results.flagging import LARGEST_CONSTANT, can_flag, flagged

SIZE = 12


@pytest.fixture
def strangeness():
    random = np.random.default_rng(0)
    labels = np.arange(90) % 3
    rows = 3 * random.normal(size=(3, SIZE))[labels] + random.normal(size=(90, SIZE)) / 3
    return fit_strangeness(rows[:60], labels[:60], rows[60:])[0]


def test_layers_say_what_the_run_says_of_near_and_far_and_empty_features(strangeness):
    random = np.random.default_rng(1)
    rows = np.concatenate([random.normal(size=(20, SIZE)) * 100, np.zeros((1, SIZE))])
    features = keras.Input((SIZE,))
    model = keras.Model(features, flagged(features, features, strangeness))

    found = model(rows.astype(np.float32))

    assert unit_rows(rows)[-1].max() == 0
    np.testing.assert_allclose(found["strangeness"], strangeness.of(rows), rtol=1e-3, atol=1e-3)
    assert flagged(features, features, None) is features


def test_flag_that_takes_more_digits_than_runtimes_have_is_left_out(strangeness):
    assert can_flag(strangeness)
    assert not can_flag(replace(strangeness, constant=np.array([2 * LARGEST_CONSTANT])))
