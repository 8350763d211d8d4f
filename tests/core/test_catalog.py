import hashlib
from pathlib import Path
from typing import get_args

import pytest

from tlgui.core.catalog import preset_folder, read_catalog
from tlgui.core.dataset import Modality
from tlgui.core.planning import DEFAULT_PRESETS

RESOURCES = Path(__file__).parents[2] / "resources"

ENTRY = """
[tiny]
title = "Tiny"
task = "image"
family = "efficientnet_lite"
input_size_px = 32
num_parameters = 100
num_bytes = 200
license = "Apache-2.0"
source = "nobody"
trained_on = "nothing"
feature_size = 8
num_groups = 4
embedded = false

[tiny.origin]
package = "tiny"
version = "1.0"
member = "tiny.pth"
sha256 = "00"
"""


@pytest.fixture
def catalog(tmp_path):
    def write(text):
        path = tmp_path / "models.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_shipped_preset_can_be_offered():
    presets = read_catalog(RESOURCES / "models.toml")

    assert list(presets)[:7] == [
        "efficientnet_lite0_imagenet",
        "efficientnet_lite1_imagenet",
        "efficientnet_lite2_imagenet",
        "mobilenet_v2_imagenet",
        "all_minilm_l6_v2_en",
        "glove_50k_100d_en",
        "tfidf_linear",
    ]
    assert all(name == info.id for name, info in presets.items())
    assert all(info.handle for info in list(presets.values())[7:])


def test_what_others_publish_is_told_with_its_license_and_where_it_is():
    presets = read_catalog(RESOURCES / "models.toml").values()

    for info in (info for info in presets if info.handle and not info.embedded):
        assert info.handle.startswith(("kaggle://keras/", "https://storage.googleapis.com/"))
        assert info.license in {"Apache-2.0", "MIT", "BSD-3-Clause"}, info.id
        assert info.languages if info.task == "text" else not info.languages
        assert info.num_multiply_adds > 0
        assert sum(info.weights.groups) == info.num_parameters
        assert len(info.weights.groups) == info.num_groups


def test_a_preset_of_others_without_sizes_is_no_use(catalog):
    elsewhere = ENTRY.replace("[tiny]", "[other]").split("[tiny.origin]")[0]
    path = catalog(ENTRY)
    entry = elsewhere.replace("num_bytes = 200", 'num_bytes = 0\nhandle = "kaggle://a"')

    path.with_name("catalog.toml").write_text(entry)
    assert list(read_catalog(path)) == ["tiny", "other"]
    path.with_name("catalog.toml").write_text(entry.replace("num_groups = 4", "num_groups = 0"))
    with pytest.raises(ValueError, match=r"preset other: num_groups"):
        read_catalog(path)


def test_a_model_of_many_languages_speaks_any():
    presets = read_catalog(RESOURCES / "models.toml")

    assert presets["xlm_roberta_base_multi"].speaks("sw")
    assert presets["bert_base_zh"].speaks("zh")
    assert not presets["bert_base_zh"].speaks("en")
    assert presets["tfidf_linear"].speaks("en")


def test_embedded_presets_are_the_files_that_the_catalog_promises():
    embedded = [p for p in read_catalog(RESOURCES / "models.toml").values() if p.embedded]

    assert embedded
    for info in embedded:
        folder = preset_folder(info, (RESOURCES / "models",))
        assert folder is not None
        if not info.num_bytes:  # a method without pretrained weights
            continue
        content = (folder / "model.safetensors").read_bytes()
        assert len(content) == info.num_bytes
        assert hashlib.sha256(content).hexdigest() == info.sha256


@pytest.mark.parametrize(
    ("wrong", "right", "field"),
    [
        ('title = "Tiny"\n', "", "title"),
        ('task = "image"', 'task = "smell"', "task"),
        ("num_bytes = 200", 'num_bytes = "200"', "num_bytes"),
        ("feature_size = 8", "feature_size = 0", "feature_size"),
        ("input_size_px = 32", "", "input_size_px"),
        ("num_groups = 4", "num_groups = 4\npoolings = []", "poolings"),
        ("embedded = false", "embedded = 0", "embedded"),
        ('version = "1.0"', "version = 1.0", "version"),
    ],
)
def test_a_bad_entry_is_named_so_that_someone_can_correct_it(catalog, wrong, right, field):
    with pytest.raises(ValueError, match=rf"preset tiny: .*{field}"):
        read_catalog(catalog(ENTRY.replace(wrong, right)))


def test_every_modality_has_its_default_and_every_pretrained_preset_its_rates():
    presets = read_catalog(RESOURCES / "models.toml")
    for modality in get_args(Modality):
        assert presets[DEFAULT_PRESETS[modality]].task == modality
        assert presets[DEFAULT_PRESETS[modality]].embedded
    for info in presets.values():
        assert (info.fine_tuning is None) == (info.num_groups == 0), info.id
        if info.fine_tuning:
            assert 0 < info.fine_tuning.learning_rate < 0.1


def test_an_entry_that_is_no_table_is_named(catalog):
    with pytest.raises(ValueError, match="preset tiny"):
        read_catalog(catalog("tiny = 3"))


def test_a_torn_catalog_is_refused(catalog):
    with pytest.raises(ValueError, match="end of document"):
        read_catalog(catalog(ENTRY[:5]))


def test_the_first_folder_with_the_preset_wins_and_an_empty_one_does_not_count(tmp_path, catalog):
    info = read_catalog(catalog(ENTRY))["tiny"]
    empty, first, second = (tmp_path / name for name in ("empty", "first", "second"))
    (empty / "tiny").mkdir(parents=True)
    for root in (first, second):
        (root / "tiny").mkdir(parents=True)
        (root / "tiny" / "config.json").write_text("{}")

    assert preset_folder(info, (empty, first, second)) == first / "tiny"
    assert preset_folder(info, (empty,)) is None


def test_a_shared_folder_that_nobody_may_look_into_holds_no_preset(tmp_path, monkeypatch):
    def forbidden(_path):
        raise PermissionError(13, "Permission denied")

    info = next(iter(read_catalog(RESOURCES / "models.toml").values()))
    monkeypatch.setattr(Path, "is_file", forbidden)

    assert preset_folder(info, (tmp_path,)) is None
