"""Bytes to text: which encoding they are in, and a refusal instead of a wrong guess."""

import codecs
import re
import unicodedata
from typing import Final

import chardet
from chardet import EncodingEra

from tlgui.engine.data.unreadable import UnreadableFile

SAMPLE_BYTES: Final = 1_000_000  # enough for detect_encoding, where a file is read in pieces

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# The left names are what files claim and detectors say, the right ones what programs write.
_WIDER: Final = {
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "shift_jis": "cp932",
    "tis-620": "cp874",
}
_DESKTOP: Final = EncodingEra.ALL & ~EncodingEra.MAINFRAME  # no desktop writes EBCDIC
_WEB: Final = EncodingEra.MODERN_WEB | EncodingEra.LEGACY_ISO
_TELLING_BYTES: Final = 200_000  # chardet looks at no more
_HEAD_BYTES: Final = 4_096  # where a page declares its encoding

_DECLARATION: Final = re.compile(rb"(?i)<(?:meta|\?xml)[^<>]{,200}(?:charset|encoding)[^<>]{,200}>")
_MIN_HIGH_FRACTION: Final = 0.02
_HIGH: Final = re.compile(rb"[\x80-\xff]")
_LONG_RUN: Final = re.compile(rb"[\x80-\xff]{4}")
_HIGH_HALF: Final = bytes(range(0x80, 0x100))
_PAGES: Final = tuple(_HIGH_HALF.decode(n, "replace") for n in ("cp1250", "cp1252", "cp1254"))
# What the code pages of Europe agree on (letters of Czech aside), and the signs of English texts.
_EVERYDAY: Final = frozenset(
    signs[0] for signs in zip(*_PAGES, strict=True) if len(set(signs)) == 1
) - frozenset("\ufffdŠšŽž") | frozenset("£¥½¡¿")
_SIGN_IN_WORD: Final = re.compile(
    r"[^\W\d_](?![\u2018\u2019\u2013\u2014\xad])[^\w\s\x00-\x7f][^\W\d_]"
)
_MIN_CONFIDENCE: Final = 0.04  # below, one guess in four was wrong on short texts
_MAX_ODD_FRACTION: Final = 0.1
_JUDGED_CHARACTERS: Final = 20_000
_MAX_MARKS: Final = 30  # of one letter: UAX #15, Stream-Safe Text Format


def decode_text(data: bytes) -> str:
    r"""Return the text that a whole file holds, as ``tidy_text`` leaves it.

    Raises:
        UnreadableFile: it is no text, or its encoding leaves a doubt or cannot be read.
    """
    name = _detect(data, cut=False)
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        raise UnreadableFile(_where(error, name)) from error
    if "\0" in text or _is_odd(text, strict=not name.startswith("utf-8")):
        raise UnreadableFile("it is not a text")
    return tidy_text(text)


def detect_encoding(sample: bytes) -> str:
    """Return the name of the codec that reads a file; a mark of byte order is read along.

    Args:
        sample: The beginning of the file, ``SAMPLE_BYTES`` or so; it may end within a character.

    Raises:
        UnreadableFile: it is no text, or its encoding leaves a doubt or cannot be read.
    """
    return _detect(sample, cut=True)


def tidy_text(text: str) -> str:
    r"""Return a text with ``\n`` as line end and its accents composed (NFC).

    Some systems write an accent as a sign of its own; both look alike and must be one word.
    """
    return _composed(text.replace("\r\n", "\n").replace("\r", "\n"))


def _composed(text: str) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    marks = "".join(c for c in set(text) if unicodedata.combining(c))
    # Python sorts the marks of a letter in quadratic time: a file of nothing else would hang.
    if marks and re.search(f"[{marks}]{{{_MAX_MARKS + 1}}}", text):
        return text
    return unicodedata.normalize("NFC", text)


def _detect(data: bytes, *, cut: bool) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if b"\0" in data:
        return _wide_encoding(data)
    if b"\x1b" in data and (name := _escaped_encoding(data)):
        return name
    if _decodes(data, "utf-8", cut=cut):
        return "utf-8"
    _refuse_broken_utf8(data)
    return _legacy_encoding(data, cut=cut)


def _wide_encoding(data: bytes) -> str:
    sample = data[: _TELLING_BYTES // 4 * 4]
    name = chardet.detect(sample, include_encodings=_WIDE)["encoding"] or ""
    if name.lower() in _WIDE and _decodes(sample, name, cut=True):
        text = sample.decode(name, "ignore")
        if "\0" not in text and not _is_odd(text, strict=True):
            return name.lower()
    raise UnreadableFile("it is not a text")


def _escaped_encoding(data: bytes) -> str:
    name = chardet.detect(data[:_TELLING_BYTES])["encoding"] or ""
    is_readable = name.lower().startswith("iso-2022") and _has_codec(name)
    return name.lower() if is_readable and _decodes(data, name, cut=True) else ""


def _refuse_broken_utf8(data: bytes) -> None:
    """Refuse what was UTF-8 once; any other encoding would read it as gibberish.

    Texts in other encodings hold few byte sequences that happen to be UTF-8.
    """
    first = _HIGH.search(data)
    sample = data[first.start() if first else 0 :][:SAMPLE_BYTES]
    text = sample.decode("utf-8", "replace")
    num_broken = text.count("�") - sample.count("�".encode())
    num_ascii = len(sample) - len(_HIGH.findall(sample))
    num_right = len(text) - num_ascii - text.count("�")
    if 0 < num_right >= num_broken or _ends_in_character(data):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UnreadableFile(_where(error, "utf-8")) from error


def _ends_in_character(data: bytes) -> bool:
    """Say whether nothing but the last character is broken, and that by a cut."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end == len(data) and error.end - error.start > 1
    return False


def _legacy_encoding(data: bytes, *, cut: bool) -> str:
    name = "cp1252" if _is_everyday(data) else _guess(data)
    if not _has_codec(name):
        raise UnreadableFile(f"it is written in {name}, which tlgui cannot read; save it as UTF-8")
    name = codecs.lookup(name).name
    wider = _WIDER.get(name, name)
    return wider if _decodes(data, wider, cut=cut) else name


def _is_everyday(data: bytes) -> bool:
    """Say whether Windows-1252 reads as an English or German, not too foreign, text.

    One pound sign or curly quote among ASCII tells a detector too little.
    """
    sample = _telling(data)
    if _LONG_RUN.search(sample):
        return False
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    signs = {c for c in text if not c.isascii()}
    return signs <= _EVERYDAY and not _SIGN_IN_WORD.search(text)


def _guess(data: bytes) -> str:
    sample = _telling(data)
    is_short = len(_HIGH.findall(sample)) < 3  # too little for code pages that are rare today
    era = _WEB if is_short else _DESKTOP
    guess = chardet.detect(sample, encoding_era=era, max_bytes=2 * _TELLING_BYTES)
    if not guess["encoding"]:
        raise UnreadableFile("it is not a text")
    if guess["confidence"] < _MIN_CONFIDENCE and not is_short:
        raise UnreadableFile("its encoding leaves a doubt; save it again as UTF-8")
    return guess["encoding"]


def _telling(data: bytes) -> bytes:
    """Return as much as a detector reads; where bytes beyond ASCII are rare, the lines with them.

    A detector that sees one word in a hundred takes the text for English.
    """
    head = data[:_TELLING_BYTES]
    if len(_HIGH.findall(head)) >= _MIN_HIGH_FRACTION * len(head):
        return head
    lines = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    declaration = _DECLARATION.search(data, 0, _HEAD_BYTES)
    return (declaration[0] if declaration else b"") + lines[:_TELLING_BYTES]


def _has_codec(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _decodes(data: bytes, name: str, *, cut: bool) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(data, final=not cut)
    except UnicodeDecodeError:
        return False
    return True


def _is_odd(text: str, *, strict: bool) -> bool:
    """Say whether too much of a text is control characters, or unassigned ones if strict."""
    judged = text[:_JUDGED_CHARACTERS]
    kinds = ("Cc", "Cn", "Co") if strict else ("Cc",)
    hidden = [c for c in judged if not c.isprintable() and not c.isspace()]
    return sum(unicodedata.category(c) in kinds for c in hidden) > _MAX_ODD_FRACTION * len(judged)


def _where(error: UnicodeDecodeError, name: str) -> str:
    is_end = "unexpected end" in error.reason or "truncated" in error.reason
    if is_end and error.end == len(error.object):
        return "it is cut off in the middle of a character"
    before = error.object[: error.start].decode(name, "replace")
    line = before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    kind = "UTF-8" if name.startswith("utf-8") else name
    return f"line {line} holds bytes that are broken {kind}; save it again as UTF-8"
