"""A Vision Transformer as a preset: the published network, and runs on it."""

import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.engine.tiny_vit import TINY_VIT
from tlgui.engine.channel import Channel
from tlgui.engine.models.frozen import open_frozen
from tlgui.engine.models.layer_groups import blocks
from tlgui.engine.models.presets import build_backbone, load_backbone
from tlgui.engine.models.vit_config import (
    check_vit_config,
    num_vit_parameters,
    vit_variable_shapes,
)
from tlgui.engine.results.export import export_run
from tlgui.engine.training.train import train

SAME_FEATURES = 1e-5


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(5).integers(0, 256, (3, 32, 32, 3)).astype(np.float32)


@pytest.fixture
def backbone(tiny_library):
    return load_backbone(tiny_library.folder("tiny_vit"))


def test_published_weights_give_the_features_that_they_gave_their_authors(backbone, pixels):
    from keras_hub.models import ViTBackbone

    theirs = ViTBackbone(
        image_shape=(32, 32, 3),
        patch_size=8,
        num_layers=2,
        num_heads=2,
        hidden_dim=16,
        mlp_dim=32,
        layer_norm_epsilon=TINY_VIT.layer_norm_epsilon,
    )
    ours = {variable.path: variable for variable in backbone.weights}
    for variable in theirs.weights:
        values = ours[_our_name(variable.path)]
        variable.assign(keras.ops.reshape(values, variable.shape))

    np.testing.assert_allclose(
        backbone(pixels), theirs(pixels / 127.5 - 1), rtol=0, atol=SAME_FEATURES
    )


def _our_name(path):
    changes = {
        "vit_patching_and_embedding/class_token": "class_token/embeddings",
        "vit_patching_and_embedding/": "",
        "vit_encoder/transformer_block_1": "transformer_layer_0",
        "vit_encoder/transformer_block_2": "transformer_layer_1",
        "vit_encoder/ln/": "output_norm/",
        "/ln_1/": "/self_attention_layer_norm/",
        "/ln_2/": "/feedforward_layer_norm/",
        "/mha/": "/self_attention_layer/",
        "/mlp/dense_1/": "/feedforward_intermediate_dense/",
        "/mlp/dense_2/": "/feedforward_output_dense/",
    }
    for theirs, ours in changes.items():
        path = path.replace(theirs, ours)
    return path


def test_stored_weights_name_exactly_the_variables_of_the_network():
    weights = build_backbone(TINY_VIT).weights

    assert {w.path: tuple(w.shape) for w in weights} == vit_variable_shapes(TINY_VIT)
    assert num_vit_parameters(TINY_VIT) == sum(int(keras.ops.size(w)) for w in weights)


def test_published_sizes_are_the_ones_we_build():
    base = replace(
        TINY_VIT,
        input_size_px=224,
        patch_size=16,
        num_layers=12,
        num_heads=12,
        hidden_dim=768,
        intermediate_dim=3072,
    )

    check_vit_config(base)
    assert num_vit_parameters(base) == 85_798_656  # ViT-B/16 without its classifier
    assert base.feature_size == 768


def test_every_transformer_layer_is_a_block(backbone):
    assert [block.name for block in blocks(backbone)] == [
        "transformer_layer_0",
        "transformer_layer_1",
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"input_size_px": 0}, "input_size_px"),
        ({"input_size_px": 10**6}, "input_size_px"),
        ({"input_size_px": 33}, "patch_size"),
        ({"patch_size": 0}, "patch_size"),
        ({"patch_size": 1, "input_size_px": 1024}, "patch_size"),
        ({"num_layers": 10_000}, "num_layers"),
        ({"num_heads": 3}, "hidden_dim"),
        ({"hidden_dim": 10**9}, "hidden_dim"),
        ({"intermediate_dim": -1}, "intermediate_dim"),
        ({"layer_norm_epsilon": 0.0}, "layer_norm_epsilon"),
        ({"layer_norm_epsilon": float("nan")}, "layer_norm_epsilon"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": float("nan")}, "dropout"),
    ],
)
def test_a_network_that_could_exhaust_the_computer_is_refused(change, field):
    with pytest.raises(ValueError, match=field):
        check_vit_config(replace(TINY_VIT, **change))


@pytest.mark.parametrize("pooling", ["first_token", "mean"])
def test_a_head_is_solved_on_the_features_that_fine_tuning_starts_from(
    tiny_library, backbone, pixels, pooling
):
    features = open_frozen(tiny_library.folder("tiny_vit"), pooling)

    tokens = np.asarray(backbone(pixels, training=False))
    expected = tokens[:, 0] if pooling == "first_token" else tokens.mean(axis=1)
    np.testing.assert_allclose(features(pixels), expected, rtol=0, atol=SAME_FEATURES)
    np.testing.assert_array_equal(features(pixels[:1]).shape, (1, 16))
    assert features(pixels[:0]).shape == (0, 16)
    assert features(pixels).dtype == np.float32


def test_pictures_of_another_size_are_refused(tiny_library):
    features = open_frozen(tiny_library.folder("tiny_vit"), "mean")

    with pytest.raises(ValueError, match="32, 32, 3"):
        features(np.zeros((1, 24, 32, 3), np.float32))


def test_a_saved_network_opens_without_tlgui(backbone, pixels, tmp_path):
    backbone.save(tmp_path / "vit.keras")
    np.save(tmp_path / "pixels.npy", pixels)
    code = (
        "import keras, keras_hub, numpy as np; "
        "model = keras.models.load_model('vit.keras'); "
        "np.save('features.npy', model(np.load('pixels.npy'), training=False))"
    )

    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)

    np.testing.assert_allclose(
        np.load(tmp_path / "features.npy"), backbone(pixels), rtol=0, atol=SAME_FEATURES
    )


def test_a_person_can_solve_a_head_on_it(make_run, tiny_library):
    run = make_run("feature_extraction", preset="tiny_vit")

    train(run, tiny_library, Channel(run.path), requested_s=0.0)

    assert run.has_evaluation()


def test_a_person_can_train_it_and_hand_it_out(make_run, tiny_library, tmp_path):
    run = make_run("head_then_all", preset="tiny_vit", epochs="1")

    train(run, tiny_library, Channel(run.path), requested_s=0.0)
    assert run.has_evaluation()
    export_run(run, tiny_library, "onnx", tmp_path / "bundle", Channel())

    assert (tmp_path / "bundle/model.onnx").is_file()
