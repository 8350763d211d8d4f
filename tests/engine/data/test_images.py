import io
import os
import random
import struct
import warnings
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

from tlgui.engine.data import images
from tlgui.engine.data.images import decode, read_pixels
from tlgui.engine.data.unreadable import UnreadableFile

WHITE = (255, 255, 255)
RED = (220, 30, 40)


def saved(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def noise(width: int, height: int) -> Image.Image:
    pixels = random.Random(3).randbytes(width * height * 3)
    return Image.frombytes("RGB", (width, height), pixels)


def corners(path: Path) -> list[tuple[int, ...]]:
    pixels = decode(path).pixels
    assert pixels.mode == "RGB"
    return [pixels.getpixel((0, 0)), pixels.getpixel((pixels.width - 1, pixels.height - 1))]


def half_transparent(mode: str) -> Image.Image:
    """Left half invisible black, right half opaque black."""
    image = Image.new("RGBA", (8, 4), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (4, 0, 8, 4))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("RGBA", "a.png"),
        ("LA", "a.png"),
        ("RGBA", "a.webp"),
        ("RGBA", "a.tif"),
        ("LA", "a.tif"),
        ("PA", "a.tif"),
        ("RGBA", "a.gif"),
    ],
)
def test_what_is_transparent_becomes_white_and_not_a_black_hole(tmp_path, mode, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    path = saved(tmp_path / name, half_transparent(mode), **options)
    assert corners(path) == [WHITE, (0, 0, 0)]


@pytest.mark.parametrize(
    ("mode", "ink", "transparent"), [("L", 9, 9), ("RGB", (9, 8, 7), (9, 8, 7)), ("P", 3, 3)]
)
def test_a_color_declared_transparent_becomes_white(tmp_path, mode, ink, transparent):
    image = Image.new(mode, (6, 6), ink)
    if mode == "P":
        image.putpalette([0, 0, 0] * 256)
    path = saved(tmp_path / "a.png", image, transparency=transparent)
    assert corners(path)[0] == WHITE


def test_a_palette_with_levels_of_transparency_is_blended_with_white(tmp_path):
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0] * 256)
    path = saved(tmp_path / "a.png", image, transparency=bytes([255, 128]))
    assert corners(path)[0] == pytest.approx((127, 127, 127), abs=1)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm"])
def test_a_16_bit_picture_keeps_its_gray_levels_instead_of_turning_white(tmp_path, name):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    path = saved(tmp_path / name, Image.fromarray(ramp))
    pixels = np.asarray(decode(path).pixels)
    assert pixels[..., 0].ravel().tolist() == list(range(256))


def test_a_16_bit_big_endian_tiff_is_read_as_it_was_written(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(">u2").reshape(16, 16)
    path = saved(tmp_path / "a.tif", Image.frombytes("I;16B", (16, 16), ramp.tobytes()))
    assert np.asarray(decode(path).pixels)[..., 1].ravel().tolist() == list(range(256))


def test_a_12_bit_camera_does_not_give_black_pictures(tmp_path):
    ramp = np.linspace(0, 4095, 256).astype(np.uint16).reshape(16, 16)
    path = saved(tmp_path / "a.tif", Image.fromarray(ramp))
    assert corners(path) == [(0, 0, 0), WHITE]


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ([0.0, 0.5, 1.0], 0, 255),  # fractions
        ([0.0, 7.0, 200.0], 0, 200),  # 8-bit levels kept as floats
        ([0.0, 7.0, 65535.0], 0, 255),
        ([-5.0, 0.0, 5.0], 0, 255),
        ([1e6, 2e6, 3e6], 0, 255),
        ([float("nan"), 0.5, 1.0], 0, 255),
        ([0.0, 0.0, 0.0], 0, 0),
    ],
)
def test_float_pictures_are_scaled_to_what_can_be_seen(tmp_path, values, first, last):
    array = np.array([values], dtype=np.float32)
    path = saved(tmp_path / "a.tif", Image.fromarray(array))
    assert corners(path) == [(first,) * 3, (last,) * 3]


@pytest.mark.parametrize(
    ("mode", "name"),
    [("1", "a.png"), ("L", "a.jpg"), ("P", "a.gif"), ("CMYK", "a.jpg"), ("CMYK", "a.tif")],
)
def test_every_kind_of_pixel_ends_as_rgb_with_light_left_and_dark_right(tmp_path, mode, name):
    image = Image.new("L", (32, 8), 0)
    image.paste(255, (0, 0, 16, 8))
    path = saved(tmp_path / name, image.convert("RGB").convert(mode))
    light, dark = corners(path)
    assert min(light) > 240
    assert max(dark) < 30


def test_a_lab_picture_keeps_its_color(tmp_path):
    image = Image.frombytes("LAB", (4, 4), bytes([136, 80, 70]) * 16)  # a strong red
    red, green, blue = corners(saved(tmp_path / "a.tif", image))[0]
    assert red > 200
    assert max(green, blue) < 80


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "lzw.tif"])
def test_a_phone_held_sideways_gives_an_upright_picture(tmp_path, orientation, name):
    upright = Image.new("RGB", (32, 16), WHITE)
    upright.paste(RED, (0, 0, 16, 8))  # red on the upper left
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    held = upright if undo is None else upright.transpose(undo)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"compression": "tiff_lzw"} if name.startswith("lzw") else {}
    path = saved(tmp_path / name, held, exif=exif, **options)
    pixels = decode(path).pixels
    assert pixels.size == (32, 16)
    assert pixels.getpixel((2, 2)) == pytest.approx(RED, abs=12)
    assert pixels.getpixel((29, 13)) == pytest.approx(WHITE, abs=12)


def test_damaged_camera_data_does_not_cost_the_picture(tmp_path):
    path = saved(tmp_path / "a.jpg", noise(20, 20), exif=b"Exif\0\0II*\0\xff\xff\xff\xff junk")
    assert decode(path).pixels.size == (20, 20)


@pytest.mark.parametrize(("name", "count"), [("a.gif", 3), ("a.tif", 3), ("a.webp", 3)])
def test_the_first_frame_is_used_and_the_others_are_counted(tmp_path, name, count):
    frames = [Image.new("RGB", (8, 8), color) for color in (RED, (0, 90, 0), (0, 0, 90))]
    options = {"lossless": True} if name.endswith("webp") else {}
    path = tmp_path / name
    frames[0].save(path, save_all=True, append_images=frames[1:], **options)
    picture = decode(path)
    assert picture.num_frames == count
    assert picture.pixels.getpixel((3, 3)) == pytest.approx(RED, abs=3)
    assert read_pixels(path, 4).shape == (4, 4, 3)


def test_the_previews_that_cameras_add_to_a_photo_are_not_frames(tmp_path):
    path = tmp_path / "a.jpg"
    noise(16, 16).save(path, format="MPO", save_all=True, append_images=[noise(8, 8)])
    assert decode(path).num_frames == 1


def broken_files() -> dict[str, tuple[bytes, str]]:
    whole = {}
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"):
        stream = io.BytesIO()
        noise(64, 64).save(stream, kind)
        whole[kind] = stream.getvalue()
    return {
        "empty.jpg": (b"", "the file is empty"),
        "text.png": (b"this is not a picture", "not a picture of a known format"),
        "page.jpg": (b"<!DOCTYPE html><html>404</html>", "not a picture of a known format"),
        "heic.jpg": (b"\0\0\0\x18ftypheic" + b"\0" * 40, "HEIC"),
        "magic.jpg": (b"\xff\xd8\xff\xe0", "the picture is damaged"),
        "half.jpg": (whole["JPEG"][: len(whole["JPEG"]) // 2], "the file is cut off"),
        "half.png": (whole["PNG"][: len(whole["PNG"]) // 2], "the file is cut off"),
        "half.bmp": (whole["BMP"][: len(whole["BMP"]) // 2], "the file is cut off"),
        "half.gif": (whole["GIF"][: len(whole["GIF"]) // 2], "the file is cut off"),
        "half.tif": (whole["TIFF"][: len(whole["TIFF"]) // 2], ""),
        "half.webp": (whole["WEBP"][: len(whole["WEBP"]) // 2], ""),
        "noise.png": (b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(400), "damaged"),
    }


@pytest.mark.parametrize("name", broken_files())
def test_a_broken_file_says_what_is_wrong_with_it(tmp_path, name):
    content, reason = broken_files()[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile) as caught:
        decode(tmp_path / name)
    assert reason in caught.value.reason
    assert caught.value.path == tmp_path / name


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_random_damage_anywhere_never_ends_the_work(tmp_path, kind):
    stream = io.BytesIO()
    noise(24, 24).save(stream, kind)
    whole, chance, path = stream.getvalue(), random.Random(kind), tmp_path / "a.bin"
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(whole))] = chance.randrange(256)
        path.write_bytes(damaged[: chance.randint(1, len(whole))])
        with suppress(UnreadableFile):
            assert decode(path, 8).pixels.mode == "RGB"


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path):
    with pytest.raises(UnreadableFile, match="there is no such file"):
        decode(tmp_path / "gone.jpg")
    with pytest.raises(UnreadableFile, match="it is not a file"):
        decode(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(UnreadableFile, match="it is not a file"):
            decode(tmp_path / "pipe.jpg")


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_header(tmp_path):
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 65535, 65535, 8, 2, 0, 0, 0)
    header = b"\x89PNG\r\n\x1a\n\0\0\0\r" + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "bomb.png").write_bytes(header + b"\0\0\0\x40IDAT" + b"\0" * 64)
    with pytest.raises(UnreadableFile, match="larger than 175 megapixels"):
        decode(tmp_path / "bomb.png")


@pytest.fixture
def tiny_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both our limit and Pillow's own at some thousand pixels."""
    monkeypatch.setattr(images, "MAX_MEGAPIXELS", 0.01)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5_000)


def test_a_panorama_in_jpeg_is_read_at_a_fraction_of_its_size(tmp_path, tiny_limits):
    path = saved(tmp_path / "a.jpg", noise(400, 300))
    with pytest.raises(UnreadableFile, match="larger"):
        decode(path)
    assert decode(path, 20).pixels.size == (100, 75)


def test_a_progressive_panorama_is_refused_because_it_is_decoded_whole(tmp_path, tiny_limits):
    path = saved(tmp_path / "a.jpg", noise(400, 300), progressive=True)
    with pytest.raises(UnreadableFile, match="larger"):
        decode(path, 20)


def test_pillows_warning_about_size_is_not_shown_and_warnings_of_others_are(tmp_path, monkeypatch):
    path = saved(tmp_path / "a.png", noise(60, 60))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2_000)
    assert decode(path).pixels.size == (60, 60)
    with pytest.raises(UserWarning, match="of somebody else"):
        warnings.warn("of somebody else", stacklevel=1)


@pytest.mark.parametrize(("side", "expected"), [(100, 200), (101, 400), (250, 800), (500, 1600)])
def test_a_large_jpeg_is_never_decoded_below_twice_the_side_it_is_needed_at(
    tmp_path, side, expected
):
    path = saved(tmp_path / "a.jpg", Image.new("RGB", (1600, 1600), RED))
    assert decode(path, side).pixels.size == (expected, expected)


def test_the_whole_picture_is_stretched_to_the_square_with_the_triangle_filter(tmp_path):
    image = noise(90, 40)
    path = saved(tmp_path / "a.png", image)
    pixels = read_pixels(path, 32)
    expected = image.resize((32, 32), Image.Resampling.BILINEAR)
    assert np.abs(pixels.astype(float) - np.asarray(expected)).max() <= 1  # it rounds in between


@pytest.mark.parametrize("size", [(90, 40), (20, 31), (700, 900)])
def test_exported_model_resizes_as_we_do_so_that_its_answers_are_the_same(tmp_path, size):
    import keras

    path = saved(tmp_path / "a.png", noise(*size))
    own = np.asarray(decode(path).pixels)[np.newaxis]
    resize = keras.layers.Resizing(64, 64, antialias=True)
    theirs = keras.ops.convert_to_numpy(resize(own.astype(np.float32), training=False))[0]

    assert (read_pixels(path, 64) != np.floor(theirs + images.ROUNDING)).mean() < 0.001


def test_large_photo_is_read_faster_at_a_reduced_size_and_looks_the_same(tmp_path):
    photo = Image.fromarray(skimage.data.astronaut()).resize((2000, 2000), Image.Resampling.BICUBIC)
    small = np.asarray(photo.resize((64, 64), Image.Resampling.BILINEAR), np.float32)

    difference = np.abs(read_pixels(saved(tmp_path / "a.jpg", photo), 64) - small)

    assert difference.max() < 8
    assert difference.mean() < 1


@pytest.mark.parametrize("size", [(1000, 300), (3, 900), (40, 20)])
def test_a_thumbnail_fits_its_square_and_is_never_blown_up(tmp_path, size):
    images.write_thumbnail(Image.new("RGB", size, RED), tmp_path / "t.jpg", side_px=160)
    with Image.open(tmp_path / "t.jpg") as small:
        assert small.format == "JPEG"
        assert max(small.size) == min(160, max(size))
        assert min(small.size) >= 1
