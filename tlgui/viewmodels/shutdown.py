"""Closing the window: nothing is lost, and nothing freezes."""

from typing import Literal

from PySide6.QtCore import Signal, Slot

from tlgui.viewmodels.advising import AdvisingViewModel
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.job_view_model import JobViewModel
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.trials import TrialsViewModel
from tlgui.viewmodels.view_model import ViewModel

Step = Literal["open", "asking", "waiting", "closed"]

Loose = AnsweringViewModel | AdvisingViewModel | ExplanationViewModel | TrialsViewModel


class ShutdownViewModel(ViewModel):
    """Asks while training runs, pauses it, and announces when the program may end."""

    closed = Signal()

    def __init__(
        self,
        run: RunViewModel,
        others: tuple[JobViewModel, ...],
        loose: tuple[Loose, ...],
    ) -> None:
        """Prepare.

        Args:
            run: What is asked about and paused.
            others: What is cancelled and waited for.
            loose: What nobody waits for, since it has nothing to save.
        """
        super().__init__()
        self._loose = loose
        self._run = run
        self._others = others
        self.step: Step = "open"
        for job in (run, *others):
            job.job_ended.connect(self._on_job_ended)

    def request_close(self) -> None:
        """The person closed the window."""
        if self.step == "waiting":
            return
        if self._run.is_busy:
            self._move_to("asking")
        else:
            self.pause_and_close()

    def keep_going(self) -> None:
        """Stay open."""
        self._move_to("open")

    def pause_and_close(self) -> None:
        """Save everything, then close."""
        self._move_to("waiting")
        for job in self._loose:
            job.close()
        self._run.pause()
        for other in self._others:
            other.cancel()
        self._close_when_idle()

    @Slot()
    def _on_job_ended(self) -> None:
        if self.step == "asking" and not self._run.is_busy:
            self._move_to("open")  # there is nothing to ask about any more
        if self.step == "waiting":
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        if not any(job.is_busy for job in (self._run, *self._others)):
            self._move_to("closed")
            self.closed.emit()

    def _move_to(self, step: Step) -> None:
        self.step = step
        self.announce_now()
