"""A view-model with an engine behind it: at most one job at a time."""

import time
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Signal, SignalInstance, Slot

from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, Progressed, RunFailed
from tlgui.core.job import Job
from tlgui.viewmodels.failure import Failure, failure_of_error, failure_of_event
from tlgui.viewmodels.pace import Pace
from tlgui.viewmodels.view_model import ViewModel


class RunningJob(Protocol):
    """What a view-model needs of a ``Supervisor``."""

    @property
    def event_received(self) -> SignalInstance:
        """Carries each event."""

    @property
    def ended(self) -> SignalInstance:
        """Comes once, after the last event."""

    def request_stop(self) -> None:
        """Ask the engine to end with the best so far."""

    def request_pause(self) -> None:
        """Ask the engine to save and end."""

    def ask(self, question: int, text: str, /, **more: str) -> None:
        """Ask the engine of an ``AnswerJob`` or ``ExplainJob``."""


class JobStarter(Protocol):
    """What a view-model needs of ``Engines``."""

    def start(self, job: Job, /) -> RunningJob:
        """Start a job."""


class JobViewModel(ViewModel):
    """Starts one job, takes its events in, and knows whether it still runs.

    A job that was given up for a new one may go on for a moment; it is no longer heard.
    """

    job_ended = Signal()

    def __init__(self, engines: JobStarter, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._engines = engines
        self._clock = clock
        self._running: RunningJob | None = None
        self.failure: Failure | None = None
        self.progress: Progressed | None = None
        self.pace = Pace()

    @property
    def is_busy(self) -> bool:
        """Whether an engine works on this page's job."""
        return self._running is not None

    def cancel(self) -> None:
        """Ask the job to end; ``job_ended`` follows."""
        if self._running is not None:
            self._running.request_stop()

    def take_in(self, event: Event) -> None:
        """Fold one event of this page's job; pages override it."""
        if isinstance(event, Progressed):
            self.progress = event
            self.pace = self.pace.after(event)
        elif isinstance(event, RunFailed):
            self.failure = failure_of_event(event)

    @Slot(object)
    def on_event(self, event: Event) -> None:
        """Take in one event from the supervisor."""
        self.take_in(event)
        self.announce()

    @Slot(object)
    def on_ended(self, _outcome: object) -> None:
        """Note that the engine of this job is gone."""
        self._running = None
        self.progress = None
        self.announce_now()
        self.job_ended.emit()

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self._clock()

    def start_job(self, job: Job) -> bool:
        """Start a job in place of the current one; False if it could not be started."""
        self._forget_job()
        self.failure = None
        self.progress = None
        self.pace = Pace()
        try:
            running = self._engines.start(job)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
            return False
        running.event_received.connect(self.on_event)
        running.ended.connect(self.on_ended)
        self._running = running
        self.announce_now()
        return True

    def _forget_job(self) -> None:
        if self._running is not None:
            self._running.event_received.disconnect(self.on_event)
            self._running.ended.disconnect(self.on_ended)
            self._running.request_stop()
            self._running = None
