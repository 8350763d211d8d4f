"""What the strip of the network shows, and what a strategy thaws."""

from itertools import pairwise

import keras
import pytest

from tests.engine.conftest import TINY
from tests.engine.models.tiny_families import EVERY, FLAT, LARGE, OURS, ROLLED
from tests.engine.tiny_text import TINY_BERT
from tlgui.core.catalog import read_catalog
from tlgui.core.phase import ALL, HEAD, Selection
from tlgui.core.settings import resources_folder
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.layer_groups import blocks, layer_groups, selected_groups
from tlgui.engine.models.presets import build_backbone, load_backbone
from tlgui.engine.models.unrolled import unrolled

BLOCKS = {number: tuple(f"block{index + 1}" for index in range(number)) for number in range(14)}
STEM, TOP, EMBEDDINGS = ("stem",), ("top",), ("embeddings",)
GROUPS = {
    "ours_efficientnet_lite": STEM + BLOCKS[2] + TOP,
    "ours_mobilenet_v2": STEM + BLOCKS[3] + TOP,
    "ours_bert": EMBEDDINGS + BLOCKS[2],
    "ours_vit": EMBEDDINGS + BLOCKS[2],
    "ours_word_vectors": EMBEDDINGS,
    "vit": EMBEDDINGS + BLOCKS[2],
    "deit": EMBEDDINGS + BLOCKS[2],
    "dinov2": EMBEDDINGS + BLOCKS[2],
    "dinov3": EMBEDDINGS + BLOCKS[2],
    "swin": EMBEDDINGS + BLOCKS[3],
    "hgnet_v2": STEM + BLOCKS[2],
    "convnext": STEM + BLOCKS[4],
    "clip_vision": EMBEDDINGS + BLOCKS[2],
    "resnet": STEM + BLOCKS[3],
    "resnet_v2": STEM + BLOCKS[3],
    "densenet": STEM + BLOCKS[7],
    "vgg": BLOCKS[3],
    "xception": STEM + BLOCKS[1] + TOP,
    "efficientnet": STEM + BLOCKS[3] + TOP,
    "mobilenet_v3": STEM + BLOCKS[4] + TOP,
    "cspnet": STEM + BLOCKS[2],
    "bert": EMBEDDINGS + BLOCKS[2],
    "distil_bert": EMBEDDINGS + BLOCKS[2],
    "roberta": EMBEDDINGS + BLOCKS[2],
    "deberta_v3": EMBEDDINGS + BLOCKS[2],
    "albert": EMBEDDINGS + BLOCKS[1],  # its layers share their weights
    "electra": EMBEDDINGS + BLOCKS[2],
    "f_net": EMBEDDINGS + BLOCKS[2],
    "mobilenet_v1": STEM + BLOCKS[5],
    "mobilenet_v2": STEM + BLOCKS[7] + TOP,
    "mobilenet_v3_small": STEM + BLOCKS[5] + TOP,
    "vgg16": BLOCKS[5],
    "efficientnet_b0": STEM + BLOCKS[7] + TOP,
    "efficientnet_v2_b0": STEM + BLOCKS[5] + TOP,
    "resnet50": STEM + BLOCKS[4],
    "densenet121": STEM + BLOCKS[4],
    "xception_full": STEM + BLOCKS[4] + TOP,
    "inception_v3": STEM + BLOCKS[5],
}
SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in LARGE]


@pytest.fixture(scope="module")
def model():
    return build_classifier(build_backbone(TINY), 3)


@pytest.fixture(scope="module", params=[*OURS, *ROLLED, *FLAT, *SLOW])
def family(request):
    return request.param


@pytest.fixture(scope="module")
def backbone(family):
    return unrolled(EVERY[family]())


def test_a_network_of_any_family_is_cut_from_its_input_to_its_features(family, backbone):
    groups = layer_groups(backbone)

    assert tuple(group.name for group in groups) == GROUPS[family]
    used = [w.path for w in backbone.weights if not w.path.startswith("pooled_dense/")]
    assert sorted(_paths(groups)) == sorted(used), "each weight is thawed with exactly one group"
    order = {id(layer): number for number, layer in enumerate(backbone.layers)}
    for earlier, later in pairwise(groups):
        assert order[id(earlier.layers[0])] < order[id(later.layers[-1])]


def test_what_is_inserted_around_a_block_is_thawed_with_it(backbone):
    before = {group.name: set(_paths([group])) for group in layer_groups(backbone)}
    inserted = {}

    adapted = _with_adapters(backbone, inserted)

    after = {group.name: set(_paths([group])) for group in layer_groups(adapted)}
    assert list(after) == list(before)
    for name, paths in after.items():
        assert paths - before[name] == inserted.get(name, set())
    assert before.keys() >= inserted.keys()
    assert [b.name for b in blocks(adapted)] == [b.name for b in blocks(backbone)]


@pytest.mark.parametrize("family", ["ours_vit", "vit", "f_net"])
def test_virtual_tokens_are_thawed_with_the_block_that_reads_them(family):
    backbone = unrolled(EVERY[family]())
    second = blocks(backbone)[1]
    tokens = keras.layers.Embedding(1, 16, name=f"{second.name}_prompt_tokens")

    def call(operation, *args, **kwargs):
        if operation.name == second.name:
            x = args[0]
            args = (keras.ops.concatenate([x, tokens(keras.ops.zeros_like(x[:, :1, 0]))], axis=1),)
        return operation(*args, **kwargs)

    prompted = keras.models.clone_model(
        backbone, clone_function=lambda layer: layer, call_function=call
    )

    groups = layer_groups(prompted)
    assert [group.name for group in groups] == list(GROUPS[family])
    assert [g.name for g in groups if tokens in g.layers] == [second.group]


def test_groups_run_from_the_input_to_the_head(model):
    names = [group.name for group in layer_groups(model)]

    assert names == ["stem", "block1", "block2", "top", "head"]


def test_every_weight_is_in_exactly_one_group(model):
    assert sorted(_paths(layer_groups(model))) == sorted(w.path for w in model.weights)


@pytest.mark.parametrize("pooling", ["mean", "first_token", "layer_mixture"])
def test_the_learned_mixture_of_layers_belongs_to_the_head(pooling):
    model = build_classifier(build_backbone(TINY_BERT), 3, pooling, dropout=0.5)

    *backbone, head = layer_groups(model)

    assert [group.name for group in backbone] == ["embeddings", "block1", "block2"]
    assert [layer.name for layer in head.layers] == ["mixture"] * (pooling[0] == "l") + ["head"]
    assert sorted(_paths([*backbone, head])) == sorted(w.path for w in model.weights)


def test_a_deep_transformer_has_no_more_groups_than_a_person_can_tell_apart():
    from keras_hub.models import DistilBertBackbone

    deep = DistilBertBackbone(
        vocabulary_size=9, num_layers=25, num_heads=1, hidden_dim=4, intermediate_dim=4
    )

    groups = layer_groups(deep)

    assert [len(group.layers) for group in groups] == [2, *[3] * 8, 1]
    assert len(blocks(deep)) == 25


def test_a_block_is_known_by_the_layer_that_ends_it():
    found = blocks(unrolled(EVERY["resnet"]()))

    assert [(block.group, block.name) for block in found[:3]] == [
        ("block1", "stack0_block0_out"),
        ("block1", "stack0_block1_out"),
        ("block2", "stack1_block0_out"),
    ]
    assert all(before.output is after.input for before, after in pairwise(found))
    assert all(block.output is block.output_layer.output for block in found)


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


def test_the_catalog_promises_as_many_groups_as_the_embedded_models_have():
    catalog = read_catalog(resources_folder() / "models.toml")
    for info in catalog.values():
        if info.embedded and info.num_groups:
            groups = layer_groups(load_backbone(resources_folder() / "models" / info.id))
            assert len(groups) == info.num_groups, info.id


def _paths(groups):
    return [w.path for group in groups for layer in group.layers for w in layer.weights]


def _with_adapters(backbone, inserted):
    """Return the backbone with two more matrices after every block; fill paths by group."""
    found = {block.name: block for block in blocks(backbone)}

    def call(operation, *args, **kwargs):
        x = operation(*args, **kwargs)
        if operation.name not in found:
            return x
        name, group = operation.name, found.pop(operation.name).group
        x, rest = (x[0], x[1:]) if isinstance(x, list | tuple) else (x, None)
        down = keras.layers.Dense(2, name=f"{name}_adapter_down")
        up = keras.layers.Dense(x.shape[-1], name=f"{name}_adapter_up")
        x = x + up(down(x))
        inserted.setdefault(group, set()).update(w.path for w in [*down.weights, *up.weights])
        return x if rest is None else (x, *rest)

    return keras.models.clone_model(
        backbone, clone_function=lambda layer: layer, call_function=call
    )
