"""A learning-rate range test: the curve as it grows, and the rate that a person takes from it."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal

from tlgui.core import durable
from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, RatesTried, RateTried
from tlgui.core.job import RangeTestJob
from tlgui.core.plan import Plan
from tlgui.core.run_folder import DATASET, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

LOWEST_RATE = 1e-7
HIGHEST_RATE = 0.99  # a plan takes rates below 1


class RangeTestViewModel(JobViewModel):
    """Lets the engine try rates for a plan, and holds the one that is chosen.

    Attributes:
        points: Rates that were tried and their smoothed losses, in the order of the steps.
        suggested: What the engine suggests, once it is done.
        chosen: What a person takes; at first what is suggested.
    """

    rate_chosen = Signal(float)  # by a person, or by the end of the test

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.points: list[RateTried] = []
        self.suggested: float | None = None
        self.chosen: float | None = None

    def start(self, dataset: Dataset, plan: Plan) -> None:
        """Try rates for the last phase of gradient steps of a plan."""
        self.reset()
        folder = free_name(self._home.jobs, "find-rate")
        try:
            durable.make_folder(folder)
            durable.replace_file(folder / DATASET, dataset.to_json())
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
            return
        job = RangeTestJob(
            folder=str(folder),
            requested_s=self.now(),
            dataset=str(folder / DATASET),
            plan=plan,
        )
        self.start_job(job)

    def reset(self) -> None:
        """Forget the curve: it belongs to another plan."""
        self.cancel()
        self.points = []
        self.suggested = self.chosen = None
        self.failure = None
        self.announce_now()

    def choose(self, rate: float) -> None:
        """Take a rate, in two significant digits, within what a plan allows."""
        self.chosen = float(f"{min(max(rate, LOWEST_RATE), HIGHEST_RATE):.1e}")
        self.rate_chosen.emit(self.chosen)
        self.announce_now()

    def take_in(self, event: Event) -> None:
        """Fold one event of the test."""
        super().take_in(event)
        if isinstance(event, RateTried):
            self.points.append(event)
            self.progress = None
        elif isinstance(event, RatesTried):
            self.suggested = event.suggested
            self.choose(event.suggested)

    @property
    def sentence(self) -> str:
        """What the curve shows, for those who do not see it."""
        if not self.points:
            return ""
        best = min(self.points, key=lambda point: point.loss)
        text = self.tr(
            "{count} rates tried, from {low} to {high}. The loss is lowest, {loss}, at {rate}."
        )
        told = text.format(
            count=len(self.points),
            low=rate_text(self.points[0].learning_rate),
            high=rate_text(self.points[-1].learning_rate),
            loss=f"{best.loss:.3f}",
            rate=rate_text(best.learning_rate),
        )
        if self.chosen is not None:
            told += " " + self.tr("Chosen: {rate}.").format(rate=rate_text(self.chosen))
        return told


def rate_text(rate: float) -> str:
    """Return a rate as it is written in settings: 3e-05, 0.001."""
    return f"{float(f'{rate:.1e}'):g}"
