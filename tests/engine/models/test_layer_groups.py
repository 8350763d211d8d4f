"""What the strip of the network shows, and what a strategy thaws."""

import pytest

from tests.engine.conftest import TINY
from tlgui.core.catalog import read_catalog
from tlgui.core.settings import resources_folder
from tlgui.core.strategies import ALL, HEAD, Selection
from tlgui.engine.models.efficientnet_lite import FAMILY
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.layer_groups import layer_groups, selected_groups
from tlgui.engine.models.presets import build_backbone, load_backbone


@pytest.fixture(scope="module")
def model():
    return build_classifier(build_backbone(TINY), 3)


def test_groups_run_from_the_input_to_the_head(model):
    names = [group.name for group in layer_groups(model)]

    assert names == ["stem", "block1", "block2", "top", "head"]


def test_every_weight_is_in_exactly_one_group(model):
    grouped = [w.path for group in layer_groups(model) for la in group.layers for w in la.weights]

    assert sorted(grouped) == sorted(w.path for w in model.weights)


@pytest.mark.parametrize(
    ("selection", "trained"),
    [
        (HEAD, (False, False, False, False, True)),
        (Selection(num_groups=2), (False, False, True, True, True)),
        (ALL, (True,) * 5),
    ],
)
def test_selection_counts_from_the_head(model, selection, trained):
    assert selected_groups(layer_groups(model), selection) == trained


def test_catalog_promises_as_many_groups_as_the_embedded_model_has():
    catalog = read_catalog(resources_folder() / "models.toml")
    for info in catalog.values():
        if info.embedded and info.family == FAMILY:
            groups = layer_groups(load_backbone(resources_folder() / "models" / info.id))
            assert len(groups) == info.num_groups
