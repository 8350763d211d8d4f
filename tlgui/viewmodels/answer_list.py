"""The answers so far, and those of them that a person wants to see."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from tlgui.core.events import SamplePredicted

ALL: Final = "all"
NOT_SURE: Final = "not sure"
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
        """How many answers there are of each key: all, the unsure ones, the classes by name."""
        classes = sorted(self._counts.keys() - {NOT_SURE})
        unsure = (NOT_SURE,) if self._counts[NOT_SURE] else ()
        found = {key: self._counts[key] for key in (*unsure, *classes)}
        return {ALL: len(self.answers), **found}


def key_of(answer: SamplePredicted) -> str:
    """Return what an answer is filtered by: its class, or that it is not sure."""
    return f"{_CLASS}{answer.predicted}" if answer.is_sure else NOT_SURE


def class_of(key: str) -> str:
    """Return the class of a key, "" for those that stand for none."""
    return key.removeprefix(_CLASS) if key.startswith(_CLASS) else ""
