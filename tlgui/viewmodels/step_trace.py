"""The per-step points of a run, capped, for the thin curves of the plot."""

from typing import Final

from tlgui.core.events import Event, RunResumed, StepEnded

MAX_POINTS: Final = 4000


class StepTrace:
    """Positions in epochs with the loss and accuracy of training batches.

    When it is full every second point goes, so a run of any length stays cheap to draw.
    """

    def __init__(self, max_points: int = MAX_POINTS) -> None:
        self.epochs: list[float] = []
        self.losses: list[float] = []
        self.accuracies: list[float] = []
        self._max_points = max_points
        self._stride = 1
        self._skipped = 0

    def add(self, event: Event) -> None:
        """Take in one event; all but steps and resumptions change nothing."""
        if isinstance(event, StepEnded):
            self._add_step(event)
        elif isinstance(event, RunResumed):
            self._cut(event.epoch)

    def _add_step(self, step: StepEnded) -> None:
        self._skipped += 1
        if self._skipped < self._stride:
            return
        self._skipped = 0
        self.epochs.append(step.epoch - 1 + step.step / step.num_steps)
        self.losses.append(step.loss)
        self.accuracies.append(step.accuracy)
        if len(self.epochs) >= self._max_points:
            self._halve()

    def _halve(self) -> None:
        self._stride *= 2
        for values in (self.epochs, self.losses, self.accuracies):
            del values[::2]

    def _cut(self, epoch: int) -> None:
        kept = sum(position <= epoch for position in self.epochs)
        for values in (self.epochs, self.losses, self.accuracies):
            del values[kept:]
