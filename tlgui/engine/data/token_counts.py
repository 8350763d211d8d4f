"""How many tokens texts have, for a scan, before anybody chose a model."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tlgui.engine.data.tokenizer import Tokenizer

CountTokens = Callable[[Sequence[str]], Sequence[int]]


class TokenCounter:
    """A ``CountTokens`` that loads its tokenizer when the first texts come."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tokenizer: Tokenizer | None = None

    def __call__(self, texts: Sequence[str]) -> Sequence[int]:
        """Return the number of tokens of each text.

        Raises:
            TlguiError: the tokenizer is damaged.
        """
        if self._tokenizer is None:
            from tlgui.engine.data.tokenizer import Tokenizer  # of no use to pictures

            self._tokenizer = Tokenizer(self._file, 0)
        return self._tokenizer.count(texts)
