"""Writes tokenizer files in the format of the ``tokenizers`` package."""

from collections.abc import Iterable, Iterator
from typing import Final

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PADDING: Final = "[PAD]"
UNKNOWN: Final = "[UNK]"

# GloVe's own words for these ("n't", "'re") are not in the package; what they stand for is. The
# "'s" and "'d" that remain may mean several words and are left unknown.
CONTRACTIONS: Final = (
    (r"\bwon't\b", "will not"),
    (r"\bcan't\b", "can not"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"'m\b", " am"),
)
WORD: Final = r"[^\W_]+|[^\w\s]|_"  # letters and digits, or one other sign


def word_piece_tokenizer(
    vocabulary: list[str], *, lowercase: bool = True, strip_accents: bool = True
) -> str:
    """Return the tokenizer of a BERT as JSON.

    Special tokens are no part of what it looks for: a text that says "[SEP]" holds a bracket,
    a word and a bracket.

    Args:
        vocabulary: Pieces of words by token id, with [UNK], [CLS] and [SEP].
        lowercase: Whether texts are read without upper case.
        strip_accents: Likewise, accents.
    """
    ids = {piece: number for number, piece in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN, max_input_chars_per_word=100))
    # strip_accents must be said: with it left open, "café" is no word of this vocabulary
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True,
        handle_chinese_chars=True,
        strip_accents=strip_accents,
        lowercase=lowercase,
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, ids[name]) for name in ("[CLS]", "[SEP]")],
    )
    return str(tokenizer.to_str())


def word_list_tokenizer(words: list[str]) -> str:
    """Return a tokenizer of whole words as JSON; ids 0 and 1 are padding and unknown words.

    Args:
        words: In lower case, in the order of their ids from 2 on.
    """
    ids = {word: number for number, word in enumerate((PADDING, UNKNOWN, *words))}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    tokenizer.normalizer = _plain_words()
    tokenizer.pre_tokenizer = _word_cutter()
    return str(tokenizer.to_str())


def reachable_words(words: Iterable[str]) -> Iterator[str]:
    """Yield the words that the tokenizer of whole words can come across in a text."""
    normalizer, cutter = _plain_words(), _word_cutter()
    for word in words:
        cut = cutter.pre_tokenize_str(normalizer.normalize_str(word))
        if [piece for piece, _ in cut] == [word]:
            yield word


def _plain_words() -> normalizers.Normalizer:
    """Return lower case without accents, as the words of the list are, and no contractions."""
    return normalizers.Sequence(
        [
            normalizers.NFD(),
            normalizers.StripAccents(),
            normalizers.Lowercase(),
            normalizers.Replace("’", "'"),
            *(normalizers.Replace(Regex(short), long) for short, long in CONTRACTIONS),
        ]
    )


def _word_cutter() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(WORD), behavior="removed", invert=True)
