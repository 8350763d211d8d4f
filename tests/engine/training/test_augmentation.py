"""Pictures are varied within reason, and a resumed run varies them as if it had never stopped."""

from typing import get_args

import keras
import numpy as np
import pytest
import tensorflow as tf

from tlgui.core.phase import AugmentationId
from tlgui.engine.training.augmentation import Augmentation, build_augmentation

SIZE, NUM_CLASSES = 24, 3
PRESETS = [preset for preset in get_args(AugmentationId) if preset != "none"]
KIND = pytest.mark.parametrize(
    ("preset", "mixup"), [*((preset, 0.0) for preset in PRESETS), ("strong", 0.3), ("none", 0.3)]
)
PRESET = pytest.mark.parametrize("preset", PRESETS)


def pictures(num=16, seed=1):
    chance = np.random.default_rng(seed)
    smooth = chance.uniform(0, 255, (num, 4, 4, 3)).repeat(SIZE // 4, 1).repeat(SIZE // 4, 2)
    labels = np.eye(NUM_CLASSES, dtype=np.float32)[np.arange(num) % NUM_CLASSES]
    return smooth.astype(np.float32), labels


def traced(augmentation: Augmentation):
    """Return the augmentation as training runs it: traced once, for batches of every size."""
    signature = [
        tf.TensorSpec((None, SIZE, SIZE, 3), tf.float32),
        tf.TensorSpec((None, NUM_CLASSES), tf.float32),
    ]
    step = tf.function(augmentation.__call__, signature)

    def vary(pixels, labels):
        return [part.numpy() for part in step(pixels, labels)]

    return vary


def state_of(augmentation):
    return {v.path: keras.ops.convert_to_numpy(v) for v in augmentation.variables}


def test_nothing_to_vary_costs_nothing():
    assert build_augmentation("none", 0.0, 1) is None


@KIND
def test_models_get_pictures_as_they_know_them(preset, mixup):
    pixels, labels = pictures()

    varied, mixed = traced(build_augmentation(preset, mixup, 1))(pixels, labels)

    assert varied.shape == pixels.shape
    assert varied.dtype == mixed.dtype == np.float32
    assert varied.min() >= 0
    assert varied.max() <= 255
    assert np.abs(varied - pixels).mean() > 1


@KIND
def test_no_two_steps_see_the_same_picture(preset, mixup):
    vary = traced(build_augmentation(preset, mixup, 1))

    first, second = vary(*pictures()), vary(*pictures())

    assert (first[0] != second[0]).any()


@KIND
def test_resumed_run_goes_on_with_the_same_variations(preset, mixup):
    whole = traced(build_augmentation(preset, mixup, 1))
    expected = [whole(*pictures(num)) for num in (16, 16, 5)]
    stopped = build_augmentation(preset, mixup, 1)
    traced(stopped)(*pictures(16))
    saved = state_of(stopped)

    resumed = build_augmentation(preset, mixup, seed=99)
    for variable in resumed.variables:
        variable.assign(saved[variable.path])
    vary = traced(resumed)
    found = [vary(*pictures(num)) for num in (16, 5)]

    for parts, others in zip(expected[1:], found, strict=True):
        for part, other in zip(parts, others, strict=True):
            np.testing.assert_array_equal(part, other)


@KIND
def test_checkpoint_of_one_process_fits_another(preset, mixup):
    keras.random.SeedGenerator(1)  # counters of names differ between processes
    keras.layers.RandomFlip()

    paths = [v.path for v in build_augmentation(preset, mixup, 1).variables]

    assert paths == ["augmentation/seed_generator_state"]


@KIND
def test_last_batch_may_hold_a_single_picture(preset, mixup):
    pixels, labels = pictures(1)

    varied, mixed = traced(build_augmentation(preset, mixup, 1))(pixels, labels)

    assert varied.shape == pixels.shape
    np.testing.assert_allclose(mixed, labels, atol=1e-6)


@PRESET
def test_seed_decides_the_variations(preset):
    first, again, other = (
        traced(build_augmentation(preset, 0.0, seed))(*pictures())[0] for seed in (1, 1, 2)
    )

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@PRESET
def test_labels_stay_without_mixup(preset):
    pixels, labels = pictures()

    np.testing.assert_array_equal(
        traced(build_augmentation(preset, 0, 1))(pixels, labels)[1], labels
    )


@pytest.mark.parametrize("alpha", [0.01, 0.3, 100.0])
def test_mixup_mixes_labels_as_it_mixes_pictures(alpha):
    num = 200
    shades = np.linspace(0, 255, num, dtype=np.float32)
    pixels = np.broadcast_to(shades[:, None, None, None], (num, SIZE, SIZE, 3)).copy()
    labels = np.stack([shades / 255, 1 - shades / 255, np.zeros_like(shades)], axis=1)

    varied, mixed = traced(build_augmentation("none", alpha, 1))(pixels, labels)

    np.testing.assert_allclose(varied[:, 0, 0, 0], 255 * mixed[:, 0], atol=0.01)
    np.testing.assert_allclose(mixed.sum(axis=1), 1, atol=1e-5)
    assert np.abs(varied - pixels).max() > 20


def test_mixup_really_mixes_two_pictures():
    _, mixed = traced(build_augmentation("none", 1.0, 1))(*pictures(60))

    between = (mixed > 0.05) & (mixed < 0.95)
    assert between.any(axis=1).mean() > 0.3


def test_scans_keep_every_gray_value():
    pixels, labels = pictures()

    varied, _ = traced(build_augmentation("scans", 0.0, 1))(pixels, labels)

    for before, after in zip(pixels, varied, strict=True):
        np.testing.assert_array_equal(np.sort(before.ravel()), np.sort(after.ravel()))


@pytest.mark.parametrize("preset", ["gentle", "strong"])
def test_pictures_become_brighter_and_darker(preset):
    pixels = np.full((100, SIZE, SIZE, 3), 100, np.float32)
    labels = np.zeros((100, NUM_CLASSES), np.float32)

    varied, _ = traced(build_augmentation(preset, 0.0, 1))(pixels, labels)

    means = np.median(varied, axis=(1, 2, 3))
    assert means.min() < 90 < 110 < means.max()


@pytest.mark.parametrize("preset", ["gentle", "strong"])
def test_contrast_falls_and_rises(preset):
    pixels = np.zeros((100, SIZE, SIZE, 3), np.float32) + 90
    pixels[:, :, SIZE // 2 :] = 160

    varied, _ = traced(build_augmentation(preset, 0.0, 1))(pixels, np.zeros((100, 3), np.float32))

    low, high = np.percentile(varied[..., 0].reshape(100, -1), [10, 90], axis=1)
    assert (high - low).min() < 66
    assert (high - low).max() > 74


def test_strong_hides_a_part_of_some_pictures_behind_gray():
    pixels = np.full((100, SIZE, SIZE, 3), 20, np.float32)

    varied, _ = traced(build_augmentation("strong", 0.0, 1))(pixels, np.zeros((100, 3), np.float32))

    hidden = (varied == 127.5).all(axis=3).mean(axis=(1, 2))
    assert 0.15 < (hidden > 0).mean() < 0.45
    assert hidden.max() < 0.25


def test_strong_takes_color_away():
    pixels = np.zeros((100, SIZE, SIZE, 3), np.float32)
    pixels[..., 0] = 200

    varied, _ = traced(build_augmentation("strong", 0.0, 1))(pixels, np.zeros((100, 3), np.float32))

    colorfulness = np.median(varied[..., 0] - varied[..., 1], axis=(1, 2))
    assert colorfulness.min() < 110 < 160 < colorfulness.max()


def test_half_precision_of_a_model_does_not_reach_the_pictures():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        varied, _ = traced(build_augmentation("strong", 0.3, 1))(*pictures())
    finally:
        keras.config.set_dtype_policy(before)

    assert varied.dtype == np.float32
    assert (varied != varied.astype(np.float16)).any()
