"""Rare classes count as much as frequent ones."""

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from tlgui.core.dataset import Dataset
from tlgui.engine.channel import Channel
from tlgui.engine.data.balance import class_weights, draw_balanced
from tlgui.engine.data.features import labels_of
from tlgui.engine.data.inputs import shuffled
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.data.text_inputs import bucketed_order

LABELS = np.repeat([0, 1, 2], [90, 9, 4])[shuffled(103, 1, 1)]


def test_weights_are_those_that_the_field_calls_balanced():
    expected = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)

    weights = class_weights(LABELS, 3)

    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, expected, rtol=1e-6)


def test_weights_leave_the_scale_of_the_loss():
    assert class_weights(LABELS, 5)[LABELS].mean() == pytest.approx(1.0)


def test_every_class_weighs_the_same_in_all():
    weights = class_weights(LABELS, 3)

    np.testing.assert_allclose(np.bincount(LABELS) * weights, len(LABELS) / 3, rtol=1e-6)


def test_a_class_without_samples_breaks_no_weight():
    weights = class_weights(np.array([0, 0, 2]), 4)

    np.testing.assert_allclose(weights, [0.75, 0, 1.5, 0])


def test_even_classes_are_left_alone():
    np.testing.assert_array_equal(class_weights(np.array([1, 0, 0, 1]), 2), [1, 1])


def test_weights_of_nothing_are_refused():
    with pytest.raises(ValueError, match="label"):
        class_weights(np.array([], np.int64), 2)


def test_every_class_is_drawn_as_often_and_the_epoch_keeps_its_length():
    drawn = draw_balanced(LABELS, seed=3, epoch=1)

    assert len(drawn) == len(LABELS)
    assert sorted(np.bincount(LABELS[drawn])) == [34, 34, 35]


def test_no_sample_of_a_rare_class_is_left_out():
    times = np.bincount(draw_balanced(LABELS, 3, 1), minlength=len(LABELS))

    assert times[LABELS == 2].min() >= 8
    assert times[LABELS == 1].min() >= 3
    assert times[LABELS == 0].max() == 1


def test_frequent_classes_show_all_their_samples_in_some_epochs():
    seen = {index for epoch in range(1, 25) for index in draw_balanced(LABELS, 3, epoch)}

    assert seen == set(range(len(LABELS)))


def test_resumed_epoch_draws_the_same_samples():
    first = draw_balanced(LABELS, 3, 1)

    np.testing.assert_array_equal(first, draw_balanced(LABELS, 3, 1))
    assert (first != draw_balanced(LABELS, 3, 2)).any()
    assert (first != draw_balanced(LABELS, 4, 1)).any()


def test_a_class_that_training_lacks_is_no_obstacle():
    labels = np.array([0, 0, 0, 4])

    assert sorted(np.bincount(labels[draw_balanced(labels, 0, 1)])) == [0, 0, 0, 2, 2]


def test_texts_that_were_drawn_are_still_ordered_by_length():
    lengths = np.random.default_rng(5).geometric(0.05, size=len(LABELS))
    drawn = draw_balanced(LABELS, 3, 1)

    order = bucketed_order(lengths[drawn], 8, 3, 1)

    assert sorted(drawn[order]) == sorted(drawn)
    padded = sum(max(lengths[drawn][order[n : n + 8]]) * 8 for n in range(0, 96, 8))
    assert padded < 1.4 * lengths[drawn].sum()


def test_samples_of_a_data_set_can_be_drawn(pictures):
    for number in range(9):
        (pictures / "disk" / f"{number:03}.png").unlink(missing_ok=True)
    dataset: Dataset = scan_folder(pictures, Channel())
    labels = labels_of(dataset.samples)

    drawn = [dataset.samples[index] for index in draw_balanced(labels, 0, 1)]

    counts = np.bincount(labels_of(drawn))
    assert max(counts) - min(counts) <= 1
