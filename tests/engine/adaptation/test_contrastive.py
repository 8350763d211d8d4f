"""SimCLR's loss against the paper, and its task on a tiny backbone."""

import keras
import numpy as np
import pytest

from tlgui.engine.adaptation.contrastive import PROJECTION_SIZE, contrastive_task, nt_xent
from tlgui.engine.models.presets import load_backbone


def by_the_paper(projections, temperature):
    """Equation 1 of arXiv:2002.05709, pair by pair."""
    count = len(projections)
    unit = projections / np.linalg.norm(projections, axis=1, keepdims=True)
    losses = []
    for i in range(count):
        j = (i + count // 2) % count
        scores = np.exp([unit[i] @ unit[k] / temperature for k in range(count)])
        others = sum(score for k, score in enumerate(scores) if k != i)
        losses.append(-np.log(scores[j] / others))
    return np.mean(losses)


@pytest.mark.parametrize(("num_pictures", "temperature"), [(2, 0.1), (5, 0.5), (16, 0.2)])
def test_loss_is_the_one_of_the_paper(num_pictures, temperature):
    rng = np.random.default_rng(5)
    projections = rng.normal(size=(2 * num_pictures, 7)).astype(np.float32)

    loss, _ = nt_xent(projections, temperature)

    assert float(loss) == pytest.approx(by_the_paper(projections, temperature), rel=1e-4)


def test_twins_that_lie_together_are_all_found():
    directions = np.eye(4, 8, dtype=np.float32)
    _, found = nt_xent(np.concatenate([directions, 3 * directions]), 0.1)
    assert float(found) == 1.0


def test_single_picture_costs_nothing_and_gives_no_gradient():
    loss, _ = nt_xent(np.ones((2, 3), np.float32), 0.1)
    assert float(loss) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("preset", ["tiny", "tiny_vit"])
def test_two_variations_of_every_picture_are_compared(tiny_library, preset):
    backbone = load_backbone(tiny_library.folder(preset))
    task = contrastive_task(backbone, "mean", seed=1)
    pixels = np.random.default_rng(0).uniform(0, 255, (3, 32, 32, 3)).astype(np.float32)

    arrays, num_answers = task.questions(pixels, (0, 1, 2))
    before = keras.ops.convert_to_numpy(task.seeds[0]).copy()
    loss, accuracy = task.loss(arrays, False)

    assert num_answers == 6
    assert np.isfinite(float(loss))
    assert 0 <= float(accuracy) <= 1
    assert not np.array_equal(before, keras.ops.convert_to_numpy(task.seeds[0]))
    assert [v.shape[-1] for v in task.head][-1] == PROJECTION_SIZE
    assert not {id(v) for v in task.head} & {id(v) for v in backbone.variables}
