"""Whether the bytes of a file are plainly those of a whole picture, before anything is decoded."""

import zlib
from typing import Final

from tlgui.engine.data.picture_files import MAX_MEGAPIXELS

_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_START: Final = b"\xff\xd8\xff"
_JPEG_END: Final = b"\xff\xd9"
_FRAMES: Final = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive; Huffman coded
_SCAN: Final = 0xDA
_TABLES: Final = (0xC4, 0xDB)  # of Huffman codes and of quantization
_SEGMENTS: Final = frozenset({*_FRAMES, *_TABLES, _SCAN, 0xDD, 0xFE, *range(0xE0, 0xF0)})


def is_plainly_whole(data: bytes) -> bool:
    """Return whether a file is whole as far as its structure tells, a picture of usual size.

    True is said of JPEG and PNG files alone, of which what is cut off, filled up with zeros or
    no picture at all is never among; what is damaged within a JPEG's pixels can be. False says
    nothing: the file has to be decoded to know.

    Args:
        data: All of the file.

    Source:
        ITU-T T.81, annex B, for the markers of JPEG; ISO/IEC 15948 for the chunks of PNG.
    """
    if data.startswith(_JPEG_START):
        scan = _start_of_scan(data)
        # which cannot be part of what is coded; phones write more pictures or zeros behind it,
        # but mostly it is the end: to look from there saves a fifth of the scan
        return scan > 0 and data.rfind(_JPEG_END, scan) > 0
    return data.startswith(_PNG_START) and _has_whole_chunks(data)


def _start_of_scan(data: bytes) -> int:
    """Return where the pixels of a JPEG begin, or 0 where its segments do not lead there."""
    position, is_usual, num_tables = 2, False, 0
    try:
        while data[position] == 0xFF:
            code = data[position + 1]
            if code not in _SEGMENTS:
                return 0
            if code == _SCAN:
                return position if is_usual and num_tables > 1 else 0
            if code in _FRAMES:
                is_usual = _is_usual_frame(data, position + 4)
            num_tables += code in _TABLES
            position += 2 + (data[position + 2] << 8) + data[position + 3]
    except IndexError:
        return 0
    return 0


def _is_usual_frame(data: bytes, start: int) -> bool:
    height = (data[start + 1] << 8) + data[start + 2]
    width = (data[start + 3] << 8) + data[start + 4]
    return data[start] == 8 and data[start + 5] in (1, 3) and _is_usual_size(width, height)


def _is_usual_size(width: int, height: int) -> bool:
    return 0 < width * height <= MAX_MEGAPIXELS * 1_000_000


def _has_whole_chunks(data: bytes) -> bool:
    """Say whether a PNG consists of chunks with right checksums and is no animation."""
    view, position, met = memoryview(data), len(_PNG_START), list[bytes]()
    while position + 12 <= len(data):
        length = int.from_bytes(data[position : position + 4])
        end = position + 8 + length
        kind = data[position + 4 : position + 8]
        if zlib.crc32(view[position + 4 : end]) != int.from_bytes(data[end : end + 4]):
            return False
        met.append(kind)
        position = end + 4
        if kind == b"IEND":
            break
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    is_one_picture = met[:1] == [b"IHDR"] and b"IDAT" in met and b"acTL" not in met
    is_ended = met[-1:] == [b"IEND"] and position == len(data)
    return is_one_picture and is_ended and _is_usual_size(width, height)
