"""The visible text of web pages and Word documents, from files that nobody trusts."""

import lzma
import re
import zipfile
import zlib
from io import BytesIO
from typing import IO, Final

from lxml import etree  # type: ignore[import-untyped]

from tlgui.engine.data.text_encoding import decode_text
from tlgui.engine.data.unreadable import UnreadableFile

_MAX_XML_BYTES: Final = 50_000_000  # Word's XML is ten times its text
_MAX_MEMBERS: Final = 10_000
_CHUNK_BYTES: Final = 65_536
_MAX_DEPTH: Final = 500  # as browsers; an end tag is looked for in all that is open
_ZIP_MARKS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE_MARK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_PART: Final = re.compile(r"word/document\d*\.xml")
_WORD_NAMESPACES: Final = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_DAMAGED: Final = "the Word document is damaged"

_UNSEEN_TAGS: Final = frozenset(
    ("iframe", "noscript", "object", "script", "style", "svg", "template", "title")
)
_INLINE_TAGS: Final = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del"),
        *("dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "q", "ruby", "s", "samp"),
        *("small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)


def text_of_html(data: bytes) -> str:
    """Return what a reader of a web page sees, without its title; every block on its own line.

    Raises:
        UnreadableFile: the bytes are no text, or the page is nested beyond reason.
    """
    page = decode_text(data).encode() or b" "  # the declared encoding has been heeded by now
    target = _PageText()
    parser = etree.HTMLParser(target=target, encoding="utf-8", no_network=True, huge_tree=True)
    try:
        for start in range(0, len(page), _CHUNK_BYTES):  # between chunks, a target may give up
            parser.feed(page[start : start + _CHUNK_BYTES])
        parser.close()
    except etree.LxmlError as error:
        raise UnreadableFile("the web page is damaged") from error
    return _lines(target.parts)


def text_of_docx(data: bytes) -> str:
    """Return the paragraphs and cells of a Word document in their order, each on its own line.

    Headers, footnotes, comments and deleted text stay out.

    Raises:
        UnreadableFile: it is no Word document, is damaged, or unpacks to too much.
    """
    if data.startswith(_OLD_OFFICE_MARK):
        raise UnreadableFile("it is protected by a password, or an old Word file")
    if not data.startswith(_ZIP_MARKS):
        raise UnreadableFile("it is not a Word document")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(_main_part(archive)) as part:
            return _lines(_document_parts(part))
    except etree.LxmlError as error:
        raise UnreadableFile(_DAMAGED) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise UnreadableFile(_DAMAGED) from error
    except (NotImplementedError, RuntimeError, ValueError) as error:  # odd compression, names
        raise UnreadableFile(_DAMAGED) from error


def _main_part(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    parts = [m for m in members if _MAIN_PART.fullmatch(m.filename.replace("\\", "/"))]
    if not parts:
        raise UnreadableFile("it is not a Word document")
    if parts[0].flag_bits & 1:
        raise UnreadableFile("it is protected by a password")
    # zipfile unpacks no more of a member than the directory says.
    if len(members) > _MAX_MEMBERS or parts[0].file_size > _MAX_XML_BYTES:
        raise UnreadableFile("it unpacks to too much")
    return parts[0]


def _document_parts(stream: IO[bytes]) -> list[str]:
    target = _DocumentText()
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    while chunk := stream.read(_CHUNK_BYTES):
        parser.feed(chunk)
    parser.close()
    return target.parts


def _lines(parts: list[str]) -> str:
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(filter(None, lines))


class _PageText:
    """Takes in the events of lxml's HTML parser; keeps no tree."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._depth = 0
        self._num_unseen = 0
        self._num_verbatim = 0

    def start(self, tag: str, attributes: object) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableFile("its tags are nested too deeply")
        self._num_unseen += tag in _UNSEEN_TAGS
        self._num_verbatim += tag == "pre"
        self._break(tag)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._num_unseen -= tag in _UNSEEN_TAGS
        self._num_verbatim -= tag == "pre"
        self._break(tag)

    def data(self, data: str) -> None:
        if not self._num_unseen:
            self.parts.append(data if self._num_verbatim else data.replace("\n", " "))

    def close(self) -> None:
        pass

    def _break(self, tag: str) -> None:
        if tag not in _INLINE_TAGS and not self._num_unseen:
            self.parts.append(" " if tag in ("td", "th") else "\n")


class _DocumentText:
    """Takes in the events of lxml's XML parser for the main part of a Word document."""

    _SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._is_text = False
        self._num_fallbacks = 0

    def doctype(self, name: str, public_id: str | None, system_url: str | None) -> None:
        raise UnreadableFile(_DAMAGED)  # no Word document has one: it could only do harm

    def start(self, tag: str, attributes: object) -> None:
        self._num_fallbacks += tag.endswith("}Fallback")  # says the same for old programs
        name = _word_name(tag)
        self._is_text = name == "t"
        self._add(self._SIGNS.get(name, ""))

    def end(self, tag: str) -> None:
        self._num_fallbacks -= tag.endswith("}Fallback")
        self._is_text = False
        self._add("\n" if _word_name(tag) == "p" else "")

    def data(self, data: str) -> None:
        if self._is_text:
            self._add(data)

    def close(self) -> None:
        pass

    def _add(self, text: str) -> None:
        if text and not self._num_fallbacks:
            self.parts.append(text)


def _word_name(tag: str) -> str:
    return next((tag.removeprefix(n) for n in _WORD_NAMESPACES if tag.startswith(n)), "")
