import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlgui.engine.channel import Channel
from tlgui.engine.data.scan import scan_folder

RESOURCES = Path(__file__).parents[2] / "resources"
PICTURES = RESOURCES / "examples" / "pictures"
CLASSES = ["birds", "fruit", "insects", "mammals", "musical_instruments", "vehicles"]
TEXT_CLASSES = ["animals", "body", "feelings", "food", "people", "places", "plants", "things"]
TEXTS = RESOURCES / "examples" / "texts"


def _files(folder=PICTURES):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_example_scans_without_a_single_problem():
    files = _files()
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert sorted(path.name for path in PICTURES.iterdir()) == CLASSES
    assert len(digests) == len(files), "the same picture twice"
    for path in files:
        with Image.open(path) as image:
            image.load()
            assert image.mode == "RGB", path
            assert 64 <= max(image.size) <= 224, path


def test_the_example_is_small_enough_to_ship_and_large_enough_to_learn_from():
    sizes = {name: len(list((PICTURES / name).iterdir())) for name in CLASSES}

    assert min(sizes.values()) >= 30, sizes
    assert sum(path.stat().st_size for path in _files()) < 6_000_000


def test_whoever_reads_the_example_learns_that_it_is_in_the_public_domain():
    text = (RESOURCES / "examples" / "pictures.LICENSE.md").read_text(encoding="utf-8")

    assert "public domain" in text
    assert f"{len(_files())} drawings" in text


def test_the_example_of_texts_scans_without_a_single_problem():
    dataset = scan_folder(TEXTS, Channel())

    assert dataset.classes == tuple(TEXT_CLASSES)
    assert [len(list((TEXTS / name).iterdir())) for name in TEXT_CLASSES] == [60] * 8
    assert dataset.problems == ()
    assert dataset.texts is not None
    assert dataset.texts.language == "en"


def test_whoever_reads_the_example_texts_learns_that_they_are_free():
    text = (RESOURCES / "examples" / "texts.LICENSE.md").read_text(encoding="utf-8")

    assert "Princeton University" in text
    assert "licenses/WordNet.txt" in text
    assert (RESOURCES / "licenses" / "WordNet.txt").is_file()


@pytest.mark.engine
def test_the_example_is_learnable_but_leaves_mistakes_to_look_at():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    from tlgui.engine.models.frozen_backbone import FrozenBackbone

    frozen = FrozenBackbone(RESOURCES / "models" / "efficientnet_lite0_imagenet")
    pixels = np.stack([_pixels(path, frozen.input_size_px) for path in _files()])
    labels = [path.parent.name for path in _files()]
    solver = LogisticRegression(max_iter=2000)

    accuracy = cross_val_score(solver, frozen.features(pixels), labels, cv=5).mean()

    assert 0.78 < accuracy < 0.95  # measured 0.85; always the largest class gives 0.20


@pytest.mark.engine
def test_the_example_of_texts_is_learnable_but_leaves_mistakes_to_look_at():
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    from tlgui.engine.models.frozen import open_frozen
    from tlgui.engine.models.preset_tokenizer import load_tokenizer

    files = _files(TEXTS)
    preset = RESOURCES / "models" / "all_minilm_l6_v2_en"
    tokenizer = load_tokenizer(preset, 128)
    tokens = tokenizer.encode([path.read_text(encoding="utf-8") for path in files])
    features = open_frozen(preset, "mean")(tokenizer.pad(tokens))
    labels = [path.parent.name for path in files]
    solver = LogisticRegression(max_iter=2000)

    accuracy = cross_val_score(solver, features, labels, cv=5).mean()

    assert 0.85 < accuracy < 0.95  # measured 0.9; TF-IDF with the same solver gives 0.7


def _pixels(path, size_px):
    with Image.open(path) as image:
        return np.asarray(image.resize((size_px, size_px), Image.Resampling.BILINEAR))
