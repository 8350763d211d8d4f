"""What is wrong with files or rows, told in few lines however many there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tlgui.core.dataset import Problem
from tlgui.engine.data.hygiene import MAX_TOLD

_ONLY_COUNTED: Final = frozenset({"label_missing"})
# the count of these is not one of samples
_CODE_OF_REST: Final = {"first_frame_only": "first_frames_only"}


class ProblemList:
    """Takes in problems of single samples; the first of each code stand by themselves."""

    def __init__(self) -> None:
        self._told: list[Problem] = []
        self._first_untold: dict[str, Problem] = {}
        self._num_untold: Counter[str] = Counter()
        self._num_told: Counter[str] = Counter()

    def add(self, problem: Problem) -> bool:
        """Take in a problem; return whether it stands by itself."""
        code = problem.code
        if code not in _ONLY_COUNTED and self._num_told[code] < MAX_TOLD:
            self._num_told[code] += 1
            self._told.append(problem)
            return True
        self._first_untold.setdefault(code, problem)
        self._num_untold[code] += 1
        return False

    def rest(self) -> Sequence[Problem]:
        """Return a problem for all those of a code that do not stand by themselves."""
        return [
            replace(first, code=_CODE_OF_REST.get(code, code), count=self._num_untold[code])
            for code, first in self._first_untold.items()
        ]

    def problems(self) -> Sequence[Problem]:
        """Return the problems so far."""
        return [*self._told, *self.rest()]
