"""Cuts texts into tokens; the only way to do so, whatever reads them later."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
import tokenizers
from numpy.typing import NDArray

from tlgui.core.errors import TlguiError
from tlgui.engine.data.tokens import TokenBatch, TokenizedWord

PADDING_ID: Final = 0
MAX_FILE_BYTES: Final = 64 * 2**20

# A long text is cut into tokens piece by piece, so that its first 128 tokens cost no more than
# one piece, and all of them little memory. Pieces end before white space, where every tokenizer
# of ours ends a token anyway; only a run of this many characters without any is split within.
PIECE_CHARACTERS: Final = 8192
TEXTS_AT_ONCE: Final = 256

_MASKS: Final = ("[MASK]", "<mask>")  # of BERT and of RoBERTa

TokenIds = NDArray[np.int32]


class Tokenizer:
    """A tokenizer file with the length that texts are cut to.

    Words that a list of whole words does not know are left out: they have no vector, and
    would only thin out the mean of the others.

    Attributes:
        sequence_length: Longest text in tokens; 0 is any.
        vocabulary_size: All token ids lie below it.
    """

    def __init__(self, path: Path, sequence_length: int) -> None:
        """Load a tokenizer file.

        Raises:
            TlguiError: ``preset_damaged``.
            ValueError: not even one token of a text would remain.
        """
        # said once, so that the library does not warn when the engine starts a process
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        self._path = path
        self._rules = _load(path)
        self._prefix, self._suffix = self._frame()
        self._unknown_word = _unknown_word(self._rules)
        self.vocabulary_size = max(self._rules.get_vocab().values(), default=0) + 1
        self.sequence_length = sequence_length
        if 0 < sequence_length <= len(self._prefix) + len(self._suffix):
            raise ValueError(f"sequence_length: {sequence_length} leaves no token of the text")

    @property
    def left_out_id(self) -> int | None:
        """Id of the words that are left out; None where none are."""
        return self._unknown_word

    @property
    def mask_id(self) -> int | None:
        """Id of the token that stands for a hidden word; None where there is none."""
        found: int | None = next(filter(None, map(self._rules.token_to_id, _MASKS)), None)
        return found

    @property
    def unknown_id(self) -> int | None:
        """Id of the token that stands for an unknown word; None where there is none."""
        token = getattr(self._rules.model, "unk_token", None)
        found: int | None = self._rules.token_to_id(token) if token else None
        return found

    @property
    def special_ids(self) -> frozenset[int]:
        """Ids of padding and of the tokens that frame a text, which are no words."""
        return frozenset((PADDING_ID, *self._prefix, *self._suffix))

    def encode(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the token ids of every text, cut to ``sequence_length``, at least one.

        Where the tokenizer frames a text with special tokens, a cut text has them too.

        Raises:
            TlguiError: ``preset_damaged``.
        """
        return [ids for ids, _ in self.encode_noting_cuts(texts)]

    def encode_noting_cuts(self, texts: Sequence[str]) -> list[tuple[TokenIds, bool]]:
        """Return what ``encode`` does, and of every text whether it was cut.

        Raises:
            TlguiError: ``preset_damaged``.
        """
        room = self._room()
        found = self._tokens(texts, room + 1 if room else 0)
        return [
            (np.array(self._framed(ids[: room or None]), np.int32), 0 < room < len(ids))
            for ids in found
        ]

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens every text has before it is cut.

        Raises:
            TlguiError: ``preset_damaged``.
        """
        return [len(self._framed(ids)) for ids in self._tokens(texts, 0)]

    def words(self, text: str) -> list[TokenizedWord]:
        """Return the words of a text whose tokens ``encode`` gives, with their places in it.

        Lone surrogates, which no tokenizer takes, must have been replaced: see ``encodable``.

        Raises:
            TlguiError: ``preset_damaged``.
        """
        room = self._room()
        found: list[TokenizedWord] = []
        num_tokens = start = 0
        for piece in _pieces(text):
            for word in self._words_of_piece(piece, start):
                ids = word.ids[: room - num_tokens] if room else word.ids
                found.append(TokenizedWord(ids=ids, start=word.start, end=word.end))
                num_tokens += len(ids)
                if 0 < room <= num_tokens:
                    return found
            start += len(piece)
        return found

    def frame(self, words: Sequence[TokenizedWord]) -> TokenIds:
        """Return the token ids of a text that is made of some words, at least one."""
        return np.array(self._framed([i for word in words for i in word.ids]), np.int32)

    def pad(self, ids: Sequence[TokenIds]) -> TokenBatch:
        """Return texts of different lengths as one batch."""
        length = max(map(len, ids), default=0)
        token_ids = np.full((len(ids), length), PADDING_ID, np.int32)
        padding_mask = np.zeros((len(ids), length), np.bool_)
        for row, tokens in enumerate(ids):
            token_ids[row, : len(tokens)] = tokens
            padding_mask[row, : len(tokens)] = True
        return TokenBatch(token_ids=token_ids, padding_mask=padding_mask)

    def _room(self) -> int:
        """Return how many tokens of a text are read; 0 is all."""
        return max(0, self.sequence_length - len(self._prefix) - len(self._suffix))

    def _words_of_piece(self, piece: str, start: int) -> Iterator[TokenizedWord]:
        """Yield the words of a part of a text that begins at a place."""
        try:
            encoding = self._rules.encode(piece, add_special_tokens=False)
        except BaseException as error:  # noqa: BLE001 (see _refuse)
            _refuse(self._path, error)
        tokens = [
            (token, word, *_trimmed(piece, *span))
            for token, word, span in zip(
                encoding.ids, encoding.word_ids, encoding.offsets, strict=True
            )
            if token != self._unknown_word
        ]
        begins = [
            number
            for number, (_, word, begin, _) in enumerate(tokens)
            if not number or word != tokens[number - 1][1] or begin > tokens[number - 1][3]
        ]
        for first, last in zip(begins, [*begins[1:], len(tokens)], strict=True):
            own = tokens[first:last]
            yield TokenizedWord(
                ids=tuple(token for token, *_ in own),
                start=start + own[0][2],
                end=start + own[-1][3],
            )

    def _framed(self, ids: list[int]) -> list[int]:
        framed = [*self._prefix, *ids, *self._suffix]
        return framed or [PADDING_ID if self._unknown_word is None else self._unknown_word]

    def _tokens(self, texts: Sequence[str], enough: int) -> Iterator[list[int]]:
        """Yield the ids of every text without special tokens, at least ``enough`` of them.

        Args:
            texts: Any strings.
            enough: Tokens after which the rest of a text is left alone; 0 is never.
        """
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            yield from self._tokens_of_some(texts[start : start + TEXTS_AT_ONCE], enough)

    def _tokens_of_some(self, texts: Sequence[str], enough: int) -> list[list[int]]:
        rows: list[list[int]] = [[] for _ in texts]
        waiting = [(row, _pieces(encodable(t))) for row, t in zip(rows, texts, strict=True)]
        while waiting:
            asked = [(row, rest, next(rest, None)) for row, rest in waiting]
            found = [(row, rest, piece) for row, rest, piece in asked if piece is not None]
            cut = self._cut([piece for _, _, piece in found])
            for (row, _, _), ids in zip(found, cut, strict=True):
                row.extend(ids)
            waiting = [(row, rest) for row, rest, _ in found if not 0 < enough <= len(row)]
        return rows

    def _cut(self, pieces: list[str]) -> Iterator[list[int]]:
        try:
            encodings = self._rules.encode_batch_fast(pieces, add_special_tokens=False)
        except BaseException as error:  # noqa: BLE001 (see _refuse)
            _refuse(self._path, error)
        for encoding in encodings:
            ids: list[int] = encoding.ids
            yield [i for i in ids if i != self._unknown_word]

    def _frame(self) -> tuple[list[int], list[int]]:
        """Return the special tokens before and after a text."""
        try:
            encoding = self._rules.encode("a")
        except BaseException as error:  # noqa: BLE001 (see _refuse)
            _refuse(self._path, error)
        special = encoding.special_tokens_mask
        own = [place for place, is_special in enumerate(special) if not is_special]
        return (encoding.ids[: own[0]], encoding.ids[own[-1] + 1 :]) if own else ([], [])


def _load(path: Path) -> tokenizers.Tokenizer:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"it is larger than {MAX_FILE_BYTES} bytes")
        rules = tokenizers.Tokenizer.from_buffer(content)
    except BaseException as error:  # noqa: BLE001 (see _refuse)
        _refuse(path, error)
    rules.no_truncation()
    rules.no_padding()
    return rules


def _refuse(path: Path, error: BaseException) -> NoReturn:
    """Raise ``preset_damaged`` for what ``tokenizers`` raises, and anything else as it is.

    Its errors are plain ``Exception``, and where its Rust code gives up, a
    ``PanicException`` that is none and cannot be imported.
    """
    if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit | MemoryError):
        raise error
    reason = str(error) or type(error).__name__
    raise TlguiError("preset_damaged", path=str(path), reason=reason) from error


def _unknown_word(rules: tokenizers.Tokenizer) -> int | None:
    """Return the id for unknown words of a list of whole words, or None."""
    if not isinstance(rules.model, tokenizers.models.WordLevel):
        return None
    unknown: int | None = rules.token_to_id(rules.model.unk_token)
    return unknown


def encodable(text: str) -> str:
    """Return the text with lone surrogates replaced, which no UTF-8 can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the place of a token without the blanks around it."""
    token = text[start:end]
    kept = token.strip() or token
    begin = start + token.index(kept)
    return begin, begin + len(kept)


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > PIECE_CHARACTERS:
        end = start + PIECE_CHARACTERS
        space = max(text.rfind(" ", start + 1, end), text.rfind("\n", start + 1, end))
        end = space if space > start else end
        yield text[start:end]
        start = end
    yield text[start:]
