"""An error as a page shows it: the sentence, and what Copy details copies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from tlgui.core.errors import Detail, TlguiError
from tlgui.core.events import RunFailed
from tlgui.core.wording import error_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong, for people and for a report.

    Attributes:
        code: A key of ``wording.ERRORS``.
        sentence: What happened and what to do now.
        details: Everything known, as text to copy.
    """

    code: str
    sentence: str
    details: str


def failure_of_event(event: RunFailed) -> Failure:
    """Return the failure that the engine reported."""
    return _failure(event.code, event.detail, event.technical)


def failure_of_error(error: TlguiError) -> Failure:
    """Return the failure of something the window itself tried."""
    return _failure(error.code, error.detail, "")


def _failure(code: str, detail: Mapping[str, Detail], technical: str) -> Failure:
    sentence = error_sentence(code, detail)
    parts = [sentence, f"code: {code}", json.dumps(dict(detail), ensure_ascii=False), technical]
    return Failure(code=code, sentence=sentence, details="\n\n".join(p for p in parts if p))
