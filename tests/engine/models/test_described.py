"""What costs and choices of an imported model are told by is what the catalog would say."""

from dataclasses import replace

import pytest

from tests.presets import CATALOG
from tlgui.core.settings import resources_folder
from tlgui.engine.models.described import Origin, described_preset
from tlgui.engine.models.preset_files import read_preset_config

EMBEDDED = [info for info in CATALOG.values() if info.embedded]


@pytest.mark.parametrize("info", EMBEDDED, ids=lambda info: info.id)
def test_sizes_alone_tell_what_the_catalog_says(info):
    config = read_preset_config(resources_folder() / "models" / info.id).backbone
    known = {name: getattr(info, name) for name in ("title", "license", "source", "trained_on")}

    found = described_preset(info.id, config, Origin(languages=info.languages, **known), CATALOG)

    names = ("num_bytes", "sha256", "origin", "embedded", "handle")
    measured = {name: getattr(info, name) for name in names}
    assert replace(found, **measured) == info
