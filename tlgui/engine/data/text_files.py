"""Reading one file of text, and saying in plain words why it gives none."""

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tlgui.engine.data.text_encoding import decode_text, tidy_text
from tlgui.engine.data.text_formats import text_of_docx, text_of_html
from tlgui.engine.data.unreadable import UnreadableFile, opened_file

MAX_TEXT_BYTES: Final = 20_000_000
TOO_LARGE: Final = f"larger than {MAX_TEXT_BYTES // 1_000_000} MB"

_READERS: Final[dict[str, Callable[[bytes], str]]] = {
    ".txt": decode_text,
    ".text": decode_text,
    ".md": decode_text,
    ".markdown": decode_text,
    ".html": text_of_html,
    ".htm": text_of_html,
    ".docx": text_of_docx,
}
TEXT_EXTENSIONS: Final = frozenset(_READERS)
_REFUSALS: Final = {
    ".pdf": "a PDF, which tlgui cannot read; save it as text first",
    ".doc": "an old Word file, which tlgui cannot read; save it as .docx first",
    ".rtf": "an RTF file, which tlgui cannot read; save it as .docx or as text first",
    ".odt": "an OpenDocument file, which tlgui cannot read; save it as .docx or as text first",
}
REFUSED_EXTENSIONS: Final = frozenset(_REFUSALS)
_DIGEST_BYTES: Final = 8  # a table of a million rows has them all in memory
_UNSEEN: Final = frozenset(("Cc", "Cf", "Zl", "Zp", "Zs"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    r"""What was read from a file.

    Attributes:
        text: Line ends are ``\n``, accents are composed (NFC); never blank.
        digest: See ``text_digest``.
    """

    text: str
    digest: str


def read_text(path: Path) -> TextContent:
    """Return the text of a file, read as its extension says; as plain text where it says nothing.

    Raises:
        UnreadableFile: the file cannot be opened, is of a kind that is not read, is too large,
            is no text, or holds none.
    """
    extension = path.suffix.lower()
    try:
        if refusal := _REFUSALS.get(extension):
            raise UnreadableFile(refusal)
        with opened_file(path) as stream:
            data = stream.read(MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            raise UnreadableFile(TOO_LARGE)
        text = tidy_text(_READERS.get(extension, decode_text)(data))
        require_text(text)
    except UnreadableFile as error:
        error.path = path
        raise
    return TextContent(text=text, digest=text_digest(text))


def text_digest(text: str) -> str:
    """Return by what a data set knows a text, be it of a file or a row; space around it is air.

    Two texts of a million share one once in 37 million data sets.
    """
    data = text.strip().encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


def require_text(text: str) -> None:
    """Check that a text has something to see in it.

    Raises:
        UnreadableFile: it is empty, or all space and invisible characters.
    """
    if all(unicodedata.category(character) in _UNSEEN for character in text.strip()):
        raise UnreadableFile("it holds no text")
