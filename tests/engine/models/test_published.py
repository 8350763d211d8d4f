"""The catalog and the networks that it speaks of belong together."""

import pytest

from tests.presets import CATALOG
from tlgui.engine.models.backbone_config import BackboneConfig, check_config
from tlgui.engine.models.hub_config import HubConfig, check_hub_config
from tlgui.engine.models.published import PUBLISHED
from tlgui.engine.models.text_config import BertConfig, check_text_config
from tlgui.engine.models.vit_config import ViTConfig, check_vit_config

CHECKS = {
    BackboneConfig: check_config,
    BertConfig: check_text_config,
    HubConfig: check_hub_config,
    ViTConfig: check_vit_config,
}


def test_every_model_that_can_be_downloaded_can_be_built():
    elsewhere = {info.id for info in CATALOG.values() if info.handle and not info.embedded}

    assert elsewhere <= PUBLISHED.keys() <= CATALOG.keys()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_catalog_says_of_a_network_what_its_sizes_say(name):
    info, config = CATALOG[name], PUBLISHED[name]

    CHECKS[type(config)](config)
    assert info.family == config.family
    assert info.input_size_px == getattr(config, "input_size_px", 0)
    assert info.max_sequence_length == getattr(config, "max_sequence_length", 0)
