"""Why the advisor recommends something."""

from dataclasses import dataclass
from typing import Literal

from tlgui.core.errors import Detail

Subject = Literal["model", "strategy", "epochs", "balance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is recommended; ``advice_words.py`` has the sentence.

    Attributes:
        about: What it explains.
        code: Key of the sentence.
        detail: What the sentence names.
        source: Where the rule was found; "" for what needs none.
    """

    about: Subject
    code: str
    detail: dict[str, Detail]
    source: str = ""
