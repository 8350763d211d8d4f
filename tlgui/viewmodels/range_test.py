"""A learning-rate range test: the curve as it grows, and the rate that a person takes from it."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal

from tlgui.core.events import Event, Progressed, RatesTried, RateTried
from tlgui.core.job import RangeTestJob
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.run_folder import free_name
from tlgui.core.settings import Home
from tlgui.core.wording import duration
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

LOWEST_RATE: Final = 1e-7
HIGHEST_RATE: Final = 0.99  # a plan takes rates below 1
ACTIVITY: Final = "trying"  # for the pace; nobody reads it


class RangeTestViewModel(JobViewModel):
    """Lets the engine try rates for a plan, and passes on the one that a person takes.

    Attributes:
        points: Rates that were tried and their smoothed losses, in the order of the steps.
        suggested: What the engine suggests, once it is done.
        chosen: What the plan has; None while the plan has no rate.
        is_open: Whether there is a test to look at, running or not.
        is_outdated: Whether the plan has changed in more than what the test leaves out.
    """

    rate_chosen = Signal(float)  # by a person

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._tried: Plan | None = None  # without what makes no difference
        self.points: list[RateTried] = []
        self.suggested: float | None = None
        self.chosen: float | None = None
        self.is_open = self.is_outdated = False

    def start(self, dataset: str, plan: Plan) -> None:
        """Try rates for the last phase of gradient steps of a plan.

        Args:
            dataset: Absolute path of dataset.json.
            plan: It is tried as it is.
        """
        self.points, self.suggested = [], None
        self.is_open, self.is_outdated = True, False
        self._tried, self.chosen = _what_is_tried(plan), rate_of(plan)
        job = RangeTestJob(
            folder=str(free_name(self._home.jobs, "find-rate")),
            requested_s=self.now(),
            dataset=dataset,
            plan=plan,
        )
        self.start_job(job)

    def stop(self) -> None:
        """Let the engine go, since it has nothing to save; the curve so far stays."""
        if not self.is_busy:
            return
        self._forget_job()
        self.progress = None
        self.announce_now()
        self.job_ended.emit()

    def reset(self) -> None:
        """Forget the curve."""
        self.stop()
        self.points = []
        self.suggested = self._tried = self.failure = None
        self.is_open = self.is_outdated = False
        self.announce_now()

    def follow(self, plan: Plan) -> None:
        """Note what is planned by now; a curve of another plan is marked and not continued."""
        self.chosen = rate_of(plan)
        self.is_outdated = self._tried is not None and _what_is_tried(plan) != self._tried
        if self.is_outdated:
            self.stop()
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
            self.pace = self.pace.after(self._progress_of(event))
        elif isinstance(event, RatesTried):
            self.suggested = event.suggested

    @property
    def num_rates(self) -> int:
        """How many rates will be tried at most; 0 while that is not known."""
        if len(self.points) < 2:
            return 0
        first, second = (point.learning_rate for point in self.points[:2])
        if not 0 < first < second < 1:
            return 0
        return max(len(self.points), round(math.log(1 / first) / math.log(second / first)))

    @property
    def can_take_suggestion(self) -> bool:
        """Whether there is a suggestion that the plan does not have yet."""
        is_other = self.suggested is not None and self.suggested != self.chosen
        return is_other and not self.is_outdated

    @property
    def headline(self) -> str:
        """Where the test is, and what came of it; "" while its progress says more."""
        if self.is_outdated:
            return self.tr("The plan has changed since, so this curve is no longer its own.")
        if self.is_busy:
            return self._trying() if self.points else ""
        if self.suggested is None:
            return self._stopped() if self.points else ""
        suggested = rate_text(self.suggested)
        if self.suggested == self.chosen:
            text = self.tr("The plan has {rate}, as suggested. A click on the curve changes it.")
            return text.format(rate=suggested)
        text = self.tr("Suggested: {rate}. The plan has {own}; a click on the curve changes it.")
        return text.format(rate=suggested, own=rate_text(self.chosen or 0.0))

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
        if self.suggested is not None:
            told += " " + self.tr("Suggested: {rate}.").format(rate=rate_text(self.suggested))
        if self.chosen is not None:
            told += " " + self.tr("Chosen: {rate}.").format(rate=rate_text(self.chosen))
        return told

    def _trying(self) -> str:
        text = self.tr("Trying larger and larger steps: {done} of at most {total}")
        if not self.num_rates:
            return self.tr("Trying larger and larger steps")
        told = text.format(done=len(self.points), total=self.num_rates)
        if self.pace.activity == ACTIVITY and self.pace.left_s is not None:
            left = self.tr("at most {time} left").format(time=duration(self.pace.left_s))
            told = f"{told} · {left}"
        return told

    def _stopped(self) -> str:
        text = self.tr("Ended early, after {count} rates. A click on the curve takes one.")
        return text.format(count=len(self.points))

    def _progress_of(self, event: RateTried) -> Progressed:
        return Progressed(
            seq=event.seq,
            time_s=event.time_s,
            activity=ACTIVITY,
            done=len(self.points),
            total=self.num_rates,
        )


def rate_of(plan: Plan) -> float | None:
    """Return the learning rate that a test of a plan is about; None without gradient steps."""
    phases = gradient_phases(plan)
    return phases[-1].learning_rate if phases else None


def rate_text(rate: float) -> str:
    """Return a rate as it is written in settings: 3e-05, 0.001."""
    return f"{float(f'{rate:.1e}'):g}"


def _what_is_tried(plan: Plan) -> Plan:
    """Return a plan without what a test leaves out: the rate, its course, and when to end."""
    phases = (
        replace(
            phase, learning_rate=0.0, schedule="constant", warmup_fraction=0.0, epochs=1, patience=1
        )
        for phase in plan.phases
    )
    return replace(plan, phases=tuple(phases))
