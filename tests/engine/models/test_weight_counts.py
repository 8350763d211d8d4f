"""The catalog's numbers of weights, which costs are told by, are those of the networks."""

import pytest

from resources.count_weights import count_weights
from tests.presets import CATALOG

COUNTED = [info for info in CATALOG.values() if info.num_groups]


# the others are of the same two families
@pytest.mark.parametrize("info", [i for i in COUNTED if i.embedded], ids=lambda info: info.id)
def test_what_learns_is_counted_as_the_network_has_it(info):
    assert info.weights == count_weights(info)


@pytest.mark.parametrize("info", COUNTED, ids=lambda info: info.id)
def test_the_groups_of_a_model_hold_all_of_its_weights(info):
    assert sum(info.weights.groups) == info.num_parameters
    assert len(info.weights.groups) == info.num_groups
