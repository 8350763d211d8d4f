"""Which models are on this computer."""

import shutil

import pytest

from tlgui.core.errors import TlguiError
from tlgui.core.settings import Home, resources_folder
from tlgui.engine.models.library import open_library


def test_embedded_model_is_there_without_any_download(tmp_path):
    library = open_library(Home(tmp_path))

    assert [info.id for info in library.installed()] == [
        "efficientnet_lite0_imagenet",
        "all_minilm_l6_v2_en",
        "glove_50k_100d_en",
        "tfidf_linear",
    ]
    assert library.folder("efficientnet_lite0_imagenet").is_dir()


def test_model_of_the_users_own_folder_is_found(tmp_path):
    home = Home(tmp_path)
    embedded = resources_folder() / "models" / "efficientnet_lite0_imagenet"
    shutil.copytree(embedded, home.models / "mobilenet_v2_imagenet")

    assert len(open_library(home).installed()) == 5


@pytest.mark.parametrize(
    ("preset", "code"), [("hope", "preset_unknown"), ("mobilenet_v2_imagenet", "preset_missing")]
)
def test_model_that_is_not_there_is_named_with_those_that_are(tmp_path, preset, code):
    with pytest.raises(TlguiError, match=code) as error:
        open_library(Home(tmp_path)).folder(preset)

    assert "efficientnet_lite0_imagenet" in str(error.value.detail["known"])


def test_damaged_catalog_is_an_error_with_a_reason(tmp_path):
    (tmp_path / "models.toml").write_text("[broken")

    with pytest.raises(TlguiError, match="catalog_damaged"):
        open_library(Home(tmp_path), tmp_path)
