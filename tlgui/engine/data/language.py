"""The language that many short texts are written in together."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

_MIN_LETTERS: Final = 40
_MIN_SHARE: Final = 0.6


def language_of(snippets: Sequence[str]) -> str:
    """Return the ISO 639 code of the language of many short texts; "" where it is left open.

    One snippet may be too short to tell, so that each votes by how sure its language is; all of
    them in one must give the winner too.
    """
    together = "\n".join(snippets)
    if sum(c.isalpha() for c in together) < _MIN_LETTERS:
        return ""
    # Its model takes 0.7 s and 100 MB: only for as long as it is needed.
    from py3langid.langid import (  # type: ignore[import-untyped]
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    votes: Counter[str] = Counter()
    for snippet in snippets:
        language, sureness = identifier.classify(snippet)
        votes[language] += sureness
    winner = str(identifier.classify(together)[0])
    return winner if votes[winner] >= _MIN_SHARE * votes.total() else ""
