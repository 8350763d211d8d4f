"""A picture that is taken for whole without decoding it is never one that was cut off."""

import random
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tlgui.engine.data.picture_structure import is_plainly_whole

NOISE = np.random.default_rng(3).integers(0, 256, (40, 50, 3), np.uint8)


def written(extension="JPEG", mode="RGB", **options) -> bytes:
    stream = BytesIO()
    Image.fromarray(NOISE).convert(mode).save(stream, extension, **options)
    return stream.getvalue()


WHOLE = {
    "jpeg": written(),
    "gray jpeg": written(mode="L"),
    "progressive jpeg": written(progressive=True),
    "jpeg with an orientation": written(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "jpeg with a preview in it": written(comment=written()),
    "png": written("PNG"),
    "png of a palette": written("PNG", "P"),
}
OTHERS = {
    "nothing": b"",
    "page": b"<html>",
    "bitmap": written("BMP"),
    "jpeg of four inks": written(mode="CMYK"),
    "animation": written(
        "PNG", save_all=True, append_images=[Image.fromarray(255 - NOISE)], duration=9
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_cameras_and_programs_write_needs_no_decoding(name):
    assert is_plainly_whole(WHOLE[name])


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_unusual_is_decoded_to_know(name):
    assert not is_plainly_whole(OTHERS[name])


@pytest.mark.parametrize("name", WHOLE)
def test_no_part_of_a_file_is_taken_for_all_of_it(name):
    data = WHOLE[name]
    assert not any(is_plainly_whole(data[:end]) for end in range(len(data)))


@pytest.mark.parametrize("name", WHOLE)
def test_a_download_that_was_cut_and_filled_up_is_decoded_to_know(name):
    data = WHOLE[name]
    for end in range(1, len(data) - 2, 7):
        assert not is_plainly_whole(data[:end] + bytes(len(data) - end))


def test_what_phones_write_behind_a_photo_does_no_harm():
    assert is_plainly_whole(WHOLE["jpeg"] + bytes(5000))
    assert is_plainly_whole(WHOLE["jpeg"] + WHOLE["gray jpeg"])


def test_one_wrong_bit_in_a_png_is_seen():
    chance = random.Random(5)
    for _ in range(200):
        data = bytearray(WHOLE["png"])
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert not is_plainly_whole(bytes(data))


def test_a_picture_that_would_fill_the_memory_is_left_to_who_refuses_it():
    data = bytearray(WHOLE["jpeg"])
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    assert not is_plainly_whole(bytes(data))


def test_hostile_bytes_never_end_a_scan():
    chance = random.Random(6)
    for name in WHOLE:
        for _ in range(300):
            data = bytearray(WHOLE[name])
            for _ in range(chance.randrange(1, 6)):
                data[chance.randrange(min(200, len(data)))] = chance.randrange(256)
            assert is_plainly_whole(bytes(data[: chance.randrange(len(data) + 1)])) in (True, False)
