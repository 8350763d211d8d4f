"""The words of a foreign tokenizer: only they and a few switches are taken, never its rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tlgui.core.errors import TlguiError
from tlgui.engine.data.tokenizer import MAX_FILE_BYTES
from tlgui.engine.models.foreign_file import damaged, json_object, read_file, read_json
from tlgui.engine.models.tokenizer_files import (
    PADDING,
    UNKNOWN,
    word_list_tokenizer,
    word_piece_tokenizer,
)

MAX_WORDS: Final = 2_000_000
MAX_WORD: Final = 256  # characters
FRAME: Final = (UNKNOWN, "[CLS]", "[SEP]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a tokenizer is made from anew.

    Attributes:
        words: By token id.
        is_pieces: Whether they are pieces of words, as BERT has them, or whole words.
        lowercase: Whether texts are read without upper case.
        strip_accents: Likewise, accents.
    """

    words: tuple[str, ...]
    is_pieces: bool = True
    lowercase: bool = True
    strip_accents: bool = True

    def tokenizer(self) -> str:
        """Return the tokenizer as JSON."""
        if not self.is_pieces:
            return word_list_tokenizer(list(self.words[2:]))
        return word_piece_tokenizer(
            list(self.words), lowercase=self.lowercase, strip_accents=self.strip_accents
        )


def read_vocabulary(files: Mapping[str, Path], folder: Path) -> Vocabulary:
    """Return the pieces of words beside a BERT of Hugging Face.

    Raises:
        TlguiError: there are none, or no usable ones.
    """
    switches = {}
    if "tokenizer_config.json" in files:
        switches = read_json(files["tokenizer_config.json"])
    if "vocab.txt" in files:
        path = files["vocab.txt"]
        return pieces(read_lines(path), switches, path)
    if "tokenizer.json" not in files:
        raise TlguiError("import_incomplete", path=str(folder), name="vocab.txt")
    path = files["tokenizer.json"]
    record = read_json(path, MAX_FILE_BYTES)
    normalizer = record.get("normalizer")
    own = normalizer if isinstance(normalizer, dict) else {}
    kept = {"do_lower_case": own.get("lowercase", True), "strip_accents": own.get("strip_accents")}
    return pieces(_words_of(record, "WordPiece", path), {**kept, **switches}, path)


def read_lines(path: Path) -> list[str]:
    """Return a vocabulary with a word per line.

    Raises:
        TlguiError: it is no UTF-8 text, or too large.
    """
    try:
        lines = read_file(path, MAX_FILE_BYTES).decode().split("\n")
    except UnicodeDecodeError as error:
        damaged(path, "it is no UTF-8 text", error)
    lines = [line.removesuffix("\r") for line in lines]
    return lines[:-1] if lines[-1] == "" else lines


def pieces(words: Sequence[str], switches: Mapping[str, Any], path: Path) -> Vocabulary:
    """Return pieces of words with the switches that Hugging Face's tokenizers of BERT have.

    Raises:
        TlguiError: ``import_damaged``.
    """
    lowercase = switches.get("do_lower_case", True)
    # left open, it follows the other
    strip_accents = switches.get("strip_accents")
    strip_accents = lowercase if strip_accents is None else strip_accents
    if type(lowercase) is not bool or type(strip_accents) is not bool:
        damaged(path, "its switches are neither on nor off")
    _check(words, FRAME, path)
    return Vocabulary(words=tuple(words), lowercase=lowercase, strip_accents=strip_accents)


def own_vocabulary(content: bytes, is_pieces: bool, path: Path) -> Vocabulary:
    """Return what a tokenizer of another tlgui was made from.

    Raises:
        TlguiError: ``import_damaged``.
    """
    record = json_object(content, path)
    if is_pieces:
        normalizer = record.get("normalizer")
        own = normalizer if isinstance(normalizer, dict) else {}
        switches = {
            "do_lower_case": own.get("lowercase"),
            "strip_accents": own.get("strip_accents"),
        }
        return pieces(_words_of(record, "WordPiece", path), switches, path)
    words = _words_of(record, "WordLevel", path)
    _check(words, (), path)
    if tuple(words[:2]) != (PADDING, UNKNOWN):
        damaged(path, f"its first words are not {PADDING} and {UNKNOWN}")
    return Vocabulary(words=tuple(words), is_pieces=False)


def _words_of(record: Mapping[str, Any], kind: str, path: Path) -> list[str]:
    """Return the words by id out of the JSON of the ``tokenizers`` package."""
    model = record.get("model")
    own = model if isinstance(model, dict) else {}
    ids = own.get("vocab")
    if not isinstance(ids, dict) or own.get("type", kind) != kind:
        damaged(path, f"it is no tokenizer of the kind {kind}")
    if sorted(map(_id, ids.values())) != list(range(len(ids))):
        damaged(path, "its words are not numbered one after the other")
    return sorted(ids, key=ids.__getitem__)


def _id(value: object) -> int:
    return value if type(value) is int else -1


def _check(words: Sequence[str], needed: Sequence[str], path: Path) -> None:
    if not 1 <= len(words) <= MAX_WORDS:
        damaged(path, f"need 1 to {MAX_WORDS:,} words, got {len(words):,}")
    if max(map(len, words)) > MAX_WORD:
        damaged(path, f"a word in it has more than {MAX_WORD} letters")
    if len(set(words)) != len(words):
        damaged(path, "a word in it comes twice")
    missing = [word for word in needed if word not in set(words)]
    if missing:
        damaged(path, f"it lacks {', '.join(missing)}")
    try:
        "".join(words).encode()
    except UnicodeEncodeError as error:
        damaged(path, "its words are no Unicode text", error)
