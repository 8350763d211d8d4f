"""Cutting texts of any language into words, roughly and fast."""

import re
from typing import Final

# Scripts written without spaces: Thai to Burmese, Khmer, kana, Chinese characters.
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Vowel signs and accents, which Python counts as no part of a word.
_MARKS: Final = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u0670\u0900-\u0963\u0970-\u0dff"
_LETTERS: Final = rf"(?:[^\W_{_UNSPACED}]|[{_MARKS}])+"
_RUN: Final = re.compile(rf"[{_UNSPACED}]+|{_LETTERS}")
_WORD: Final = re.compile(rf"[{_UNSPACED}]+|{_LETTERS}(?:'{_LETTERS})*")
# the same for small letters of plain English, in a third of the time
_ASCII_RUN: Final = re.compile(r"[a-z0-9]+")
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_IS_UNSPACED: Final = re.compile(rf"[{_UNSPACED}]")
_DIGITS: Final = re.compile(r"\d+")
_MAX_LETTERS: Final = 40  # longer is no word but code


def tokens_of(text: str) -> list[str]:
    """Return the words in small letters, every number as "0"; of unspaced scripts the signs."""
    folded = _DIGITS.sub("0", text.casefold())
    if folded.isascii():
        return _ASCII_RUN.findall(folded)
    tokens: list[str] = []
    for run in _RUN.findall(folded):
        if _IS_UNSPACED.match(run):
            tokens.extend(run)
        else:
            tokens.append(run)
    return tokens


def telling_words_of(text: str) -> set[str]:
    """Return the words of two letters and more without digits; of unspaced scripts the pairs."""
    folded = text.lower().replace("\u2019", "'")
    if folded.isascii():
        words = set(_ASCII_WORD.findall(folded))
    else:
        words = {part for word in set(_WORD.findall(folded)) for part in _parts(word)}
    return {w for w in words if 2 <= len(w) <= _MAX_LETTERS and not _has_digit(w)}


def _has_digit(word: str) -> bool:
    return not word.isalpha() and bool(_DIGITS.search(word))


def _parts(word: str) -> list[str]:
    if not _IS_UNSPACED.match(word):
        return [word]
    return [word[i : i + 2] for i in range(len(word) - 1)]
