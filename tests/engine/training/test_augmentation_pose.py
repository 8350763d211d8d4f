"""Moved pictures are the same pictures, seen from elsewhere."""

import keras
import numpy as np
import pytest

from tlgui.engine.training.augmentation_pose import RandomPose

SIZE = 24
NUM = 64


@pytest.fixture
def picture():
    return np.random.default_rng(1).uniform(0, 255, (SIZE, SIZE, 3)).astype(np.float32)


def moved(pose, picture, num=NUM, seed=5):
    seeds = keras.random.SeedGenerator(seed)
    return keras.ops.convert_to_numpy(pose(np.stack([picture] * num), seeds))


def symmetries(picture):
    """Return the eight ways in which a square lies on itself."""
    turned = [np.rot90(picture, k) for k in range(4)]
    return [*turned, *(np.flip(p, axis=1) for p in turned)]


def test_a_pose_that_may_move_nothing_moves_nothing(picture):
    pose = RandomPose(mirrors=False)

    assert (moved(pose, picture) == picture).all()


def test_half_of_the_pictures_are_mirrored_and_none_otherwise_changed(picture):
    results = moved(RandomPose(), picture)

    mirrored = [(result == np.flip(picture, axis=1)).all() for result in results]
    assert all(m or (r == picture).all() for m, r in zip(mirrored, results, strict=True))
    assert 0.3 < np.mean(mirrored) < 0.7


def test_scans_are_turned_and_mirrored_without_losing_a_pixel(picture):
    results = moved(RandomPose(quarter_turns=True), picture)

    found = [
        [number for number, s in enumerate(symmetries(picture)) if (s == result).all()]
        for result in results
    ]
    assert all(len(numbers) == 1 for numbers in found), "a picture was resampled"
    assert {n for numbers in found for n in numbers} == set(range(8)), "a symmetry never comes"


@pytest.mark.parametrize(
    "pose",
    [
        RandomPose(mirrors=False, turn_degrees=20),
        RandomPose(mirrors=False, zoom=0.3),
        RandomPose(mirrors=False, shift_fraction=0.2),
    ],
)
def test_borders_are_filled_with_the_picture_and_not_with_black(pose, picture):
    bright = np.full_like(picture, 200)

    np.testing.assert_allclose(moved(pose, bright), 200, atol=1e-3)
    assert np.abs(moved(pose, picture) - picture).mean() > 5


def test_turns_stay_within_their_limit_and_go_both_ways():
    bar = np.zeros((65, 65, 3), np.float32)
    bar[32, 33:] = 255  # from the center to the right

    results = moved(RandomPose(mirrors=False, turn_degrees=20), bar)[..., 0]

    rows, columns = np.mgrid[:65, :65] - 32
    angles = np.degrees(np.arctan2((results * rows).sum((1, 2)), (results * columns).sum((1, 2))))
    assert np.abs(angles).max() <= 21
    assert angles.min() < -10 < 10 < angles.max()


def test_zoom_enlarges_and_reduces_around_the_center():
    dot = np.zeros((65, 65, 3), np.float32)
    dot[24:41, 24:41] = 255

    results = moved(RandomPose(mirrors=False, zoom=0.25), dot)[..., 0]

    areas = results.sum((1, 2)) / 255 / 17**2
    assert areas.min() > 1 / 1.27**2
    assert areas.max() < 1.27**2
    assert areas.min() < 0.85 < 1.15 < areas.max()
    np.testing.assert_allclose(results, results[:, ::-1], atol=0.1)


def test_shifts_stay_within_their_limit():
    dot = np.zeros((65, 65, 3), np.float32)
    dot[32, 32] = 255

    results = moved(RandomPose(mirrors=False, shift_fraction=0.1), dot)[..., 0]

    places = np.array([np.unravel_index(r.argmax(), r.shape) for r in results]) - 32
    assert np.abs(places).max() <= 7
    assert (places.min(axis=0) < -3).all()
    assert (places.max(axis=0) > 3).all()
