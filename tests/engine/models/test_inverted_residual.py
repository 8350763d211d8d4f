import keras
import numpy as np
import pytest

from tlgui.engine.models.backbone_config import variable_shapes
from tlgui.engine.models.presets import build_backbone

BLOCK_2B = [
    "block2b_expand_conv",
    "block2b_expand_bn",
    "block2b_expand_activation",
    "block2b_dwconv",
    "block2b_bn",
    "block2b_activation",
    "block2b_project_conv",
    "block2b_project_bn",
    "block2b_add",
]


@pytest.fixture
def pixels():
    return np.random.default_rng(1).integers(0, 256, (3, 36, 36, 3)).astype(np.float32)


def test_layer_groups_find_their_layers_by_name(tiny_config):
    names = [layer.name for layer in build_backbone(tiny_config).layers]

    assert [name for name in names if name.startswith("block2b")] == BLOCK_2B
    assert [name for name in names if name.startswith("stem") and not name.endswith("pad")] == [
        "stem_conv",
        "stem_bn",
        "stem_activation",
    ]
    assert names[-3:] == ["top_conv", "top_bn", "top_activation"]


def test_stored_weights_name_exactly_the_variables_of_the_network(tiny_config):
    backbone = build_backbone(tiny_config)

    assert {v.path: tuple(v.shape) for v in backbone.variables} == variable_shapes(tiny_config)


def test_the_output_is_the_last_feature_map(tiny_config):
    assert build_backbone(tiny_config).output_shape == (None, 5, 5, 16)


@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
def test_a_saved_backbone_opens_in_plain_keras_with_the_same_answers(tiny_config, pixels, tmp_path):
    backbone = build_backbone(tiny_config)
    backbone.save(tmp_path / "backbone.keras")
    config = keras.saving.serialize_keras_object(backbone)

    reloaded = keras.models.load_model(tmp_path / "backbone.keras", compile=False)

    assert "tlgui" not in str(config), "would need our code to open"
    np.testing.assert_array_equal(reloaded(pixels), backbone(pixels))


def test_calling_the_backbone_and_predicting_agree(tiny_config, pixels):
    backbone = build_backbone(tiny_config)
    for variable in backbone.variables:
        if "moving" in variable.path:  # would show a backbone stuck in training mode
            variable.assign(variable + 0.5)

    np.testing.assert_allclose(backbone(pixels), backbone.predict(pixels, verbose=0), atol=1e-5)
