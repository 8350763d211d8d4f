"""What can be told about a picture without looking at it."""

import numpy as np
import pytest
from PIL import Image

from tlgui.engine.data.unreadable import UnreadableFile
from tlgui.engine.reviewing.picture_hints import picture_hints


@pytest.fixture
def picture(tmp_path):
    noise = np.random.default_rng(0).integers(100, 150, (48, 64, 3)).astype(np.uint8)

    def write(name, pixels=noise, **options):
        Image.fromarray(pixels).save(tmp_path / name, **options)
        return tmp_path / name

    write.noise = noise
    return write


def no_tick(done, total):
    pass


def changed(*paths):
    """Return the hints in which two files differ."""
    hints = picture_hints(paths, no_tick)
    return {hint for hint, rows in hints.items() if not (rows[0] == rows[1]).all()}


def test_two_copies_differ_in_nothing(picture):
    assert not changed(picture("a.png"), picture("b.png"))


def test_other_quality_is_seen_in_size_and_compression(picture):
    found = changed(picture("a.jpg", quality=60), picture("b.jpg", quality=95))

    assert {"file_size", "format"} <= found
    assert "dimensions" not in found


def test_colored_border_is_seen(picture):
    framed = picture.noise.copy()
    framed[:2] = framed[-2:] = framed[:, :2] = framed[:, -2:] = (255, 0, 0)

    assert "border" in changed(picture("a.bmp"), picture("b.bmp", framed))


def test_camera_is_seen(picture):
    exif = Image.Exif()
    exif[272] = "Microscope 7"

    assert "exif" in changed(picture("a.jpg"), picture("b.jpg", exif=exif))


def test_mean_color_and_dimensions_are_numbers_a_person_can_check(picture):
    hints = picture_hints([picture("a.png")], no_tick)

    assert hints["dimensions"][0] == pytest.approx([64, 48, 64 / 48])
    assert hints["mean_color"][0] == pytest.approx(picture.noise.mean(axis=(0, 1)))


def test_smallest_picture_has_a_border(picture):
    hints = picture_hints([picture("a.png", picture.noise[:1, :1])], no_tick)

    assert np.isfinite(hints["border"]).all()


def test_picture_that_is_gone_is_named(picture, tmp_path):
    with pytest.raises(UnreadableFile) as error:
        picture_hints([tmp_path / "gone.png"], no_tick)

    assert error.value.path == tmp_path / "gone.png"


def test_large_photo_that_is_read_at_a_reduced_size_has_facts_too(tmp_path):
    Image.new("L", (15_000, 12_500), 128).save(tmp_path / "huge.jpg", quality=30)

    hints = picture_hints([tmp_path / "huge.jpg"], no_tick)

    assert hints["dimensions"][0][0] == 15_000
