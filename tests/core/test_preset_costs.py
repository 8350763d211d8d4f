"""What a model will cost can be told before it is on the computer."""

from dataclasses import replace

import pytest

from tests.presets import CATALOG, LITE0, PLAIN
from tlgui.core.preset_costs import fine_tuning_bytes, speed_class


@pytest.mark.parametrize(
    ("num_multiply_adds", "expected"),
    [(0, "unknown"), (4e8, "fast"), (4e9, "medium"), (2e10, "slow"), (6e10, "very_slow")],
)
def test_a_model_is_as_slow_as_it_multiplies(num_multiply_adds, expected):
    assert speed_class(replace(LITE0, num_multiply_adds=int(num_multiply_adds))) == expected


def test_what_only_looks_words_up_is_fast():
    assert speed_class(PLAIN) == "fast"
    assert speed_class(CATALOG["glove_50k_100d_en"]) == "fast"


def test_every_model_of_the_catalog_has_a_class_of_speed():
    assert {info.id for info in CATALOG.values() if speed_class(info) == "unknown"} == set()


def test_a_larger_model_needs_more_memory_to_be_trained():
    small, large = (
        fine_tuning_bytes(CATALOG[name]) for name in ("bert_tiny_en_uncased", "bert_base_en")
    )

    assert small is not None
    assert large is not None
    assert 1e9 < small < large < 2e10
    assert fine_tuning_bytes(PLAIN) is None
