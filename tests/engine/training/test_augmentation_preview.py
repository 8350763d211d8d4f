"""People see what an augmentation makes of their own pictures before they choose it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.events import PreviewReady
from tlgui.core.job import PreviewJob
from tlgui.engine.channel import Channel, JobStopped
from tlgui.engine.data.picture_inputs import PictureInputs
from tlgui.engine.data.scan import scan_folder
from tlgui.engine.training.augmentation import build_augmentation
from tlgui.engine.training.augmentation_preview import choose_samples, preview, write_preview
from tlgui.engine.worker import run_job


@pytest.fixture
def dataset(pictures) -> Dataset:
    return scan_folder(pictures, Channel())


@pytest.fixture
def job(dataset, tmp_path) -> PreviewJob:
    file = tmp_path / "dataset.json"
    file.write_text(dataset.to_json(), encoding="utf-8")
    return PreviewJob(
        folder=str(tmp_path / "job"),
        requested_s=0.0,
        dataset=str(file),
        preset="tiny",
        augmentation="strong",
    )


def pixels_of(file):
    with Image.open(file) as image:
        return np.asarray(image, np.float32)


def test_preview_shows_every_sample_as_it_is_and_varied(job, tiny_library):
    heard = []

    preview(job, tiny_library, Channel(None, [heard.append]))

    [ready] = heard
    assert isinstance(ready, PreviewReady)
    assert [len(variants) for variants in ready.files] == [4] * len(ready.originals) == [4] * 4
    everything = [*ready.originals, *(file for row in ready.files for file in row)]
    assert all(Path(file).is_absolute() for file in everything)
    assert len({Path(file).read_bytes() for file in everything}) == 20, "two look the same"


def test_original_is_what_the_model_is_given(job, dataset, tiny_library):
    heard = []
    preview(job, tiny_library, Channel(None, [heard.append]))
    inputs = PictureInputs(dataset, 32)
    [batch] = inputs.batches(choose_samples(dataset), 4)

    shown = np.stack([pixels_of(file) for file in heard[0].originals])

    assert shown.shape == batch.shape
    assert np.abs(shown - batch).mean() < 6, "more than a JPEG loses"


def test_preview_has_samples_of_several_classes_to_learn_from(dataset):
    splits = ("test", "train", "validation")
    dealt = [replace(s, split=splits[n % 3]) for n, s in enumerate(dataset.samples)]
    dataset = replace(dataset, samples=tuple(dealt))

    samples = choose_samples(dataset)

    assert {s.label for s in samples} == {0, 1, 2}
    assert {s.split for s in samples} == {"train"}
    assert samples == choose_samples(dataset), "presets could not be compared"


def test_preview_of_fewer_samples_than_places_shows_them_all(dataset):
    assert len(choose_samples(dataset, 1000)) == len(dataset.samples)


def test_nothing_to_vary_shows_only_originals(dataset, tmp_path):
    inputs, samples = PictureInputs(dataset, 32), choose_samples(dataset, 2)

    rows = write_preview(inputs, samples, None, tmp_path / "preview", Channel())

    assert [row.variants for row in rows] == [(), ()]


def test_mixed_pictures_can_be_looked_at(dataset, tmp_path):
    inputs, samples = PictureInputs(dataset, 32), choose_samples(dataset)
    augmentation = build_augmentation("none", 1.0, 0)

    rows = write_preview(inputs, samples, augmentation, tmp_path, Channel())

    assert any(
        np.abs(pixels_of(variant) - pixels_of(row.original)).mean() > 10
        for row in rows
        for variant in row.variants
    )


def test_picture_that_is_gone_is_named(dataset, tmp_path):
    samples = choose_samples(dataset)
    Path(dataset.folder, samples[2].path).unlink()

    with pytest.raises(TlguiError, match="dataset_changed") as caught:
        write_preview(PictureInputs(dataset, 32), samples, None, tmp_path, Channel())

    assert Path(samples[2].path).name in str(caught.value.detail["path"])


def test_preview_can_be_stopped(dataset, tmp_path):
    channel = Channel()
    channel.request = "stop"
    augmentation = build_augmentation("gentle", 0.0, 0)

    with pytest.raises(JobStopped):
        write_preview(
            PictureInputs(dataset, 32), choose_samples(dataset), augmentation, tmp_path, channel
        )


def test_unknown_preset_is_said_by_the_engine(job):
    heard = []

    run_job(job, Channel(None, [heard.append]))

    assert heard[-1].code == "preset_unknown"
