from dataclasses import replace

import pytest

from tlgui.engine.models.backbone_config import blocks, check_config, num_parameters
from tlgui.engine.models.efficientnet_lite import efficientnet_lite_config
from tlgui.engine.models.mobilenet_v2 import mobilenet_v2_config

LITE0 = efficientnet_lite_config(1.0, 1.0, 224)


@pytest.mark.parametrize(
    ("config", "published"),
    [
        # the published file sizes, less the 1000-class layer of 1,281,000 parameters
        (LITE0, 3_413_024),
        (efficientnet_lite_config(1.0, 1.1, 240), 4_189_344),
        (efficientnet_lite_config(1.1, 1.2, 260), 4_869_168),
        (mobilenet_v2_config(224), 2_257_984),
    ],
)
def test_published_weights_fit_into_the_networks_we_build(config, published):
    assert num_parameters(config) == published
    check_config(config)


def test_blocks_carry_the_names_that_layer_groups_are_cut_by():
    names = [block.name for block in blocks(LITE0)]

    assert names[:5] == ["block1a", "block2a", "block2b", "block3a", "block3b"]
    assert names[-1] == "block7a"


def test_narrow_networks_lose_at_most_a_tenth_of_their_width():
    narrow = efficientnet_lite_config(0.45, 1.0, 224)

    # 0.45 × 24 = 10.8 would round to 8
    assert [stage.channels for stage in narrow.stages][:3] == [8, 16, 24]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stages": ()}, "stages"),
        ({"stages": LITE0.stages * 9}, "stages"),
        ({"input_size_px": 0}, "input_size_px"),
        ({"input_size_px": 100_000}, "input_size_px"),
        ({"feature_size": 10**12}, "feature_size"),
        ({"stages": (replace(LITE0.stages[0], kernel_size=4),)}, "kernel_size"),
        ({"stages": (replace(LITE0.stages[0], repeats=27),)}, "repeats"),
        ({"stages": (replace(LITE0.stages[0], channels=-1),)}, "channels"),
    ],
)
def test_a_configuration_that_could_exhaust_the_computer_is_refused(change, field):
    with pytest.raises(ValueError, match=field):
        check_config(replace(LITE0, **change))
