"""An epoch is not thrown away for being too sure of answers that are right."""

import numpy as np
import pytest
from scipy.special import softmax

from tlgui.engine.models.temperature import best_temperature, calibrated_loss, cooled
from tlgui.engine.training.head_solver import validate

LABELS = np.arange(200) % 4


def answers(seed, sureness=1.0, signal=2.0):
    """Return probabilities of a model that knows something, more or less sure of itself."""
    noise = np.random.default_rng(seed).normal(size=(200, 4))
    return softmax(sureness * (signal * np.eye(4)[LABELS] + noise), axis=1)


def test_loss_is_that_of_the_best_temperature():
    known = answers(0)
    logits = np.log(known)
    temperatures = np.geomspace(0.25, 16, 2000)
    losses = [validate(softmax(logits / t, axis=1), LABELS).loss for t in temperatures]

    assert calibrated_loss(known, LABELS) == pytest.approx(min(losses), abs=1e-5)


@pytest.mark.parametrize("sureness", [0.5, 2.0, 6.0])
def test_sureness_alone_makes_no_epoch_better_or_worse(sureness):
    even, changed = validate(answers(1), LABELS), validate(answers(1, sureness), LABELS)

    assert changed.calibrated_loss == pytest.approx(even.calibrated_loss, abs=1e-5)
    assert abs(changed.loss - even.loss) > 0.01


def test_better_but_too_sure_answers_win_where_the_plain_loss_prefers_worse_ones():
    early = validate(answers(2, 2.0), LABELS)
    late = validate(answers(2, 12.0, signal=2.3), LABELS)

    assert late.accuracy > early.accuracy
    assert late.loss > early.loss
    assert late.calibrated_loss < early.calibrated_loss


def test_answers_that_are_all_right_or_impossible_have_a_finite_loss():
    sure = np.eye(4)[LABELS]

    assert calibrated_loss(sure, LABELS) == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(calibrated_loss(sure, (LABELS + 1) % 4))


@pytest.mark.parametrize("sureness", [0.5, 1.0, 3.0])
def test_best_temperature_takes_back_what_was_too_sure(sureness):
    noise = np.random.default_rng(4).gumbel(size=(4000, 4))
    logits = 2.0 * np.random.default_rng(5).normal(size=(4000, 4))
    labels = (logits + noise).argmax(axis=1)  # drawn with the probabilities of these logits

    found = best_temperature(softmax(sureness * logits, axis=1), labels)

    assert found == pytest.approx(sureness, rel=0.05)


def test_few_samples_without_a_mistake_do_not_promise_that_there_will_never_be_one():
    labels = LABELS[:40]
    almost = 0.9 * np.eye(4)[labels] + 0.025

    sureness = cooled(almost, best_temperature(almost, labels)).max(axis=1)

    assert sureness == pytest.approx(np.full(40, 41 / 42), abs=1e-3)


def test_temperature_changes_no_answer_and_one_nothing_at_all():
    known = answers(6).astype(np.float32)

    assert cooled(known, 1.0) is known
    for temperature in (0.25, 3.0):
        cold = cooled(known, temperature)
        assert (cold.argmax(axis=1) == known.argmax(axis=1)).all()
        assert cold.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-5)
        assert cold.dtype == np.float32
