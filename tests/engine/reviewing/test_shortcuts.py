"""A red flag where something beside the content gives the answer away, and only there."""

import numpy as np
import pytest

from tlgui.engine.reviewing.shortcuts import auc_estimate, find_shortcuts

CLASSES = ("ham", "eggs", "spam")
LABELS = np.arange(150) % 3
UNITS = np.arange(150)


def facts(seed, told=None):
    """Return three random facts per sample; those of one class may differ."""
    values = np.random.default_rng(seed).normal(size=(150, 3))
    return values if told is None else values + 6.0 * (told == LABELS)[:, np.newaxis]


def test_fact_that_tells_one_class_is_named_with_that_class():
    hints = {"mean_color": facts(0), "border": facts(1, told=2)}

    found = find_shortcuts(hints, LABELS, UNITS, CLASSES)

    assert [(s.hint, s.class_name) for s in found] == [("border", "spam")]
    assert 0.9 < found[0].roc_auc.low < found[0].roc_auc.value <= found[0].roc_auc.high <= 1


@pytest.mark.parametrize("seed", range(5))
def test_chance_raises_no_flag(seed):
    assert not find_shortcuts({"border": facts(seed)}, LABELS, UNITS, CLASSES)


def test_fact_that_is_the_same_everywhere_raises_no_flag():
    assert not find_shortcuts({"dimensions": np.ones((150, 3))}, LABELS, UNITS, CLASSES)


def test_of_two_classes_one_is_named():
    labels = np.arange(150) % 5 // 4
    told = np.random.default_rng(0).normal(size=(150, 1)) + 9.0 * labels[:, np.newaxis]

    found = find_shortcuts({"length": told}, labels, UNITS, ("ham", "spam"))

    assert [s.class_name for s in found] == ["spam"]


def test_class_that_belongs_together_keeps_nobody_from_judging_the_others():
    labels, units = np.append(LABELS, [3] * 12), np.append(UNITS, [999] * 12)
    hints = {"border": np.vstack([facts(1, told=2), facts(2)[:12]])}

    found = find_shortcuts(hints, labels, units, (*CLASSES, "rare"))

    assert [s.class_name for s in found] == ["spam"]


def test_few_samples_are_not_enough_for_a_flag():
    rows = np.arange(21)

    assert not find_shortcuts({"border": facts(0, told=2)[rows]}, LABELS[rows], rows, CLASSES)


def test_fact_that_only_tells_groups_apart_is_no_shortcut_to_their_class():
    units = np.arange(150) // 3 % 10 * 3 + LABELS  # ten groups per class
    own = np.random.default_rng(0).normal(size=(30, 3))[units]

    assert not find_shortcuts({"exif": own}, LABELS, units, CLASSES)


def test_interval_of_the_area_holds_the_true_one_as_often_as_it_says():
    chance, held, true = np.random.default_rng(0), 0, 0.921350
    for _ in range(500):
        positive, negative = chance.normal(2.0, 1.0, 40), chance.normal(0.0, 1.0, 80)
        area = float((positive[:, np.newaxis] > negative).mean())
        estimate = auc_estimate(area, 40, 80)
        held += estimate.low <= true <= estimate.high

    assert 0.92 < held / 500 <= 0.98  # of normal scores two deviations apart


def test_few_samples_without_a_mistake_are_not_certain():
    estimate = auc_estimate(1.0, 5, 5)

    assert estimate.high == 1
    assert estimate.low < 0.9
