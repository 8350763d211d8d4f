"""The answers so far, and those of them that a person wants to see."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from tlgui.core.events import SamplePredicted

ALL: Final = "all"
NOT_SURE: Final = "not sure"
UNFAMILIAR: Final = "unfamiliar"
_CLASS: Final = "class: "  # starts the key of a class, so that none is taken for the others


class AnswerList:
    """Answers in the order of the files, and a filter over them.

    Attributes:
        answers: All of them.
        shown: Those that the filter lets through; it grows as long as the filter stays.
        filter: What is shown: a key of ``counts``.
    """

    def __init__(self) -> None:
        self.answers: list[SamplePredicted] = []
        self.shown: list[SamplePredicted] = []
        self.filter = ALL
        self._counts: Counter[str] = Counter()

    def add(self, answer: SamplePredicted) -> None:
        """Take in one more."""
        self.answers.append(answer)
        self._counts[key_of(answer)] += 1
        if self.filter in (ALL, key_of(answer)):
            self.shown.append(answer)

    def choose(self, key: str) -> None:
        """Show only answers of that key; their order stays."""
        self.filter = key
        self.shown = [a for a in self.answers if key in (ALL, key_of(a))]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many answers there are of each key: all, the doubtful ones, the classes by name."""
        doubtful = [key for key in (UNFAMILIAR, NOT_SURE) if self._counts[key]]
        classes = sorted(self._counts.keys() - {UNFAMILIAR, NOT_SURE})
        found = {key: self._counts[key] for key in (*doubtful, *classes)}
        return {ALL: len(self.answers), **found}


def key_of(answer: SamplePredicted) -> str:
    """Return what an answer is filtered by: its class, or why it is doubtful."""
    if answer.is_unfamiliar:
        return UNFAMILIAR
    return f"{_CLASS}{answer.predicted}" if answer.is_sure else NOT_SURE


def class_of(key: str) -> str:
    """Return the class of a key, "" for those that stand for none."""
    return key.removeprefix(_CLASS) if key.startswith(_CLASS) else ""
