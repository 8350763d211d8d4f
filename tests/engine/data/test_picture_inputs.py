"""Pictures are decoded once, whatever becomes of their files, and are always the same."""

import numpy as np
import pytest
from PIL import Image

from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.engine.channel import Channel
from tlgui.engine.data import picture_inputs
from tlgui.engine.data.picture_inputs import PictureInputs
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.data.scan import scan_folder


@pytest.fixture
def dataset(tmp_path):
    """Return 25 pictures, each of one gray."""
    for number in range(25):
        folder = tmp_path / "gray" / ("dark" if number < 12 else "light")
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 7), (number,) * 3).save(folder / f"{number:02}.png")
    return scan_folder(tmp_path / "gray", Channel())


def pixels_of(dataset: Dataset, store=None, size_px=5):
    return np.concatenate([*PictureInputs(dataset, size_px, store).batches(dataset.samples, 8)])


def test_batches_keep_the_order_of_the_samples(dataset):
    batches = [*PictureInputs(dataset, 5).batches(dataset.samples, 8)]

    assert [batch.shape for batch in batches] == [(8, 5, 5, 3)] * 3 + [(1, 5, 5, 3)]
    assert {batch.dtype for batch in batches} == {np.dtype(np.float32)}
    assert np.concatenate(batches)[:, 0, 0, 0].tolist() == list(range(25))
    assert [*PictureInputs(dataset, 5).batches((), 8)] == []


def test_file_that_breaks_during_training_is_named(dataset, tmp_path):
    path = tmp_path / "gray" / dataset.samples[9].path
    path.write_bytes(b"overwritten")
    batches = PictureInputs(dataset, 5).batches(dataset.samples, 4)
    assert len(next(batches)) == len(next(batches)) == 4

    with pytest.raises(TlguiError, match="dataset_changed") as error:
        next(batches)
    assert error.value.detail["path"] == str(path)


def test_pictures_are_decoded_once_and_are_the_same_with_and_without_the_store(
    dataset, tmp_path, monkeypatch
):
    store = RowStore(tmp_path / "cache")
    first = pixels_of(dataset, store)
    store.flush()
    monkeypatch.setattr(picture_inputs, "read_pixels", None)

    again = pixels_of(dataset, RowStore(tmp_path / "cache"))

    monkeypatch.undo()
    assert np.array_equal(first, again)
    assert np.array_equal(first, pixels_of(dataset))


def test_another_size_is_decoded_anew(dataset, tmp_path):
    store = RowStore(tmp_path / "cache")
    assert pixels_of(dataset, store, 5).shape[1:] == (5, 5, 3)
    assert pixels_of(dataset, store, 6).shape[1:] == (6, 6, 3)


def test_picture_of_which_one_pixel_was_changed_is_another_picture(dataset, tmp_path):
    store = RowStore(tmp_path / "cache")
    pixels_of(dataset, store)
    path = tmp_path / "gray" / dataset.samples[0].path
    with Image.open(path) as image:
        image.putpixel((4, 3), (255, 0, 0))
        image.save(path)

    changed = pixels_of(scan_folder(tmp_path / "gray", Channel()), store)

    assert changed[0].max() > 30
    assert np.array_equal(changed[1:], pixels_of(dataset, store)[1:])
