"""What is wrong with the rows of a table, told in few lines however long the table is."""

from collections.abc import Sequence
from typing import Final

from tlgui.core.dataset import Problem
from tlgui.engine.data.text_tables import row_path

MAX_TOLD: Final = 100


class RowProblems:
    """Takes in rows that give no sample, the first ones each by itself."""

    def __init__(self) -> None:
        self._unreadable: list[Problem] = []
        self._first_untold = ""
        self._num_untold = 0
        self._first_unlabeled = ""
        self._num_unlabeled = 0

    def add_unreadable(self, number: int, reason: str) -> None:
        """Take in a row that cannot be read."""
        if len(self._unreadable) < MAX_TOLD:
            problem = Problem(code="file_unreadable", path=row_path(number), reason=reason)
            self._unreadable.append(problem)
            return
        self._first_untold = self._first_untold or row_path(number)
        self._num_untold += 1

    def add_unlabeled(self, number: int) -> None:
        """Take in a row without a label."""
        self._first_unlabeled = self._first_unlabeled or row_path(number)
        self._num_unlabeled += 1

    def problems(self) -> Sequence[Problem]:
        """Return the problems of all rows so far."""
        found = [*self._unreadable]
        if self._num_untold:
            path = f"{self._first_untold} and {self._num_untold - 1:,} more after it"
            reason = "for reasons like those before"
            count = self._num_untold
            found.append(Problem(code="file_unreadable", path=path, reason=reason, count=count))
        if self._num_unlabeled:
            path, count = self._first_unlabeled, self._num_unlabeled
            found.append(Problem(code="label_missing", path=path, count=count))
        return found
