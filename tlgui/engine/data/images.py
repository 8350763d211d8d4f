"""The one decoder and the one resize for every path that turns a picture file into pixels."""

import re
import threading
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from tlgui.engine.data.picture_files import MAX_MEGAPIXELS, TOO_LARGE, digest_of, opened
from tlgui.engine.data.pixel_modes import to_rgb
from tlgui.engine.data.unreadable import UnreadableFile

# HEIC is among them so that a phone's pictures are reported and not passed over
EXTENSIONS: Final = frozenset(
    {".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg", ".mpo"}
    | {".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"}
)
# "JPEG" also opens the MPO files of phones and stereo cameras
FORMATS: Final = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "AVIF")
LARGE_MEGAPIXELS: Final = 16
# what is added before levels of gray are cut to whole ones: halves are frequent where a size is a
# multiple of another, and a hundredth more than they need rounds them alike wherever it is done
ROUNDING: Final = 0.51

_KNOWN_START: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8|BM|II\*\0|MM\0\*|RIFF....WEBP|....ftypavi[fs]|P[1-7]\s",
    re.DOTALL,
)
_HEIF_START: Final = re.compile(rb"....ftyp(hei|hev|mif1|msf1)", re.DOTALL)

# one at a time, because a core count of 180-megapixel pictures would fill a laptop's memory
_large_picture = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded file.

    Attributes:
        pixels: Mode RGB, upright, the first frame or page.
        num_frames: Frames or pages of the file.
    """

    pixels: Image.Image
    num_frames: int


def decode(path: Path, min_side_px: int | None = None) -> Picture:
    """Return the first frame of a file, upright, on white, in 8-bit RGB.

    Args:
        path: Any file.
        min_side_px: The side it will be resized to; lets a JPEG be decoded at 1/2, 1/4 or 1/8
            of its size, but never below twice this side.

    Raises:
        UnreadableFile: with the reason; cut-off files are unreadable.
    """
    with opened(path) as stream:
        return decode_stream(stream, min_side_px)


def read_pixels(path: Path, size_px: int, digest: str = "") -> NDArray[np.uint8]:
    """Return a picture as the square every model and every export gets.

    Whole levels of gray are all that is kept, so that the pixels take a quarter of the memory
    and of the disk. They are rounded once, at the end, as an exported model can do it too;
    resizing whole levels would round in between.

    Args:
        path: The file.
        size_px: Side of the square that the whole picture is stretched to, with a triangle
            filter. Large JPEGs are decoded at a reduced size, at least twice as large.
        digest: What the file must hold; "" does not ask.

    Returns:
        Shape (size_px, size_px, 3), RGB, 0 to 255.

    Raises:
        UnreadableFile: with the reason.
    """
    with opened(path) as stream:
        if digest and digest_of(stream) != digest:
            raise UnreadableFile("it is another picture than before")
        picture = decode_stream(stream, size_px).pixels
    pixels = np.empty((size_px, size_px, 3), np.uint8)
    for number, band in enumerate(picture.split()):
        resized = band.convert("F").resize((size_px, size_px), Image.Resampling.BILINEAR)
        pixels[..., number] = np.asarray(resized) + ROUNDING  # what follows the point is dropped
    return pixels


def write_thumbnail(image: Image.Image, file: Path, side_px: int = 160) -> None:
    """Write an RGB picture as a small JPEG that fits into a square.

    Raises:
        OSError: the file cannot be written.
    """
    file.write_bytes(thumbnail_bytes(image, side_px))


def thumbnail_bytes(image: Image.Image, side_px: int) -> bytes:
    """Return an RGB picture as a small JPEG that fits into a square."""
    scale = min(1.0, side_px / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    stream = BytesIO()
    small.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def decode_stream(stream: BinaryIO, min_side_px: int | None = None) -> Picture:
    """Return the picture of an open file, as ``decode`` does.

    Args:
        stream: The file.
        min_side_px: See ``decode``.

    Raises:
        UnreadableFile: with the reason; other errors are for ``opened`` to name.
    """
    _hush_pillow()
    image = _open_checked(stream, min_side_px)
    if image.width * image.height < LARGE_MEGAPIXELS * 1_000_000:
        return _loaded(image)
    with _large_picture:
        return _loaded(image)


def open_undecoded(stream: BinaryIO) -> Image.Image:
    """Return the picture of an open file with what its header says, before any pixel is decoded.

    Raises:
        UnreadableFile: with the reason; other errors are for ``opened`` to name.
    """
    stream.seek(0)
    head = stream.read(16)
    stream.seek(0)
    if not head:
        raise UnreadableFile("the file is empty")
    try:
        return Image.open(stream, formats=FORMATS)
    except Image.DecompressionBombError:
        if not head.startswith(b"\xff\xd8"):
            raise
        stream.seek(0)
        return JpegImagePlugin.JpegImageFile(stream)  # the reduced size is checked instead
    except UnidentifiedImageError as error:
        raise UnreadableFile(_unknown(head)) from error


def _loaded(image: Image.Image) -> Picture:
    # the other pictures of an MPO are previews and depth maps that cameras add
    is_photo = image.format in ("JPEG", "MPO")
    # counted first, because counting seeks, and a seek drops pixels that are loaded
    num_frames = 1 if is_photo else int(getattr(image, "n_frames", 1))
    image.load()
    return Picture(pixels=to_rgb(image), num_frames=num_frames)


def _open_checked(stream: BinaryIO, min_side_px: int | None) -> Image.Image:
    image = open_undecoded(stream)
    if min_side_px and isinstance(image, JpegImagePlugin.JpegImageFile):
        _draft(image, 2 * min_side_px)
    if _is_too_large(image):
        raise UnreadableFile(TOO_LARGE)
    return image


def _is_too_large(image: Image.Image) -> bool:
    return image.width * image.height > MAX_MEGAPIXELS * 1_000_000


def _draft(image: JpegImagePlugin.JpegImageFile, side_px: int) -> None:
    megapixels = image.width * image.height / 1_000_000
    # a progressive file holds all coefficients of the full size in memory whatever the scale
    if megapixels > MAX_MEGAPIXELS and image.info.get("progressive"):
        raise UnreadableFile(TOO_LARGE)
    image.draft(None, (side_px, side_px))


def _unknown(head: bytes) -> str:
    if _HEIF_START.match(head):
        return "a HEIC picture, which tlgui cannot open; save it as JPEG first"
    return (
        "the picture is damaged" if _KNOWN_START.match(head) else "not a picture of a known format"
    )


def _hush_pillow() -> None:
    """Drop the warnings of Pillow, and of nobody else, about odd but readable files.

    Not ``catch_warnings``: it puts back the filters of the whole process while other threads
    still decode.
    """
    ours = ("ignore", None, Warning, re.compile(r"PIL\."), 0)
    if not warnings.filters or warnings.filters[0] != ours:
        warnings.filterwarnings("ignore", module=r"PIL\.")
