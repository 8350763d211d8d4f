"""Letting the run on the screen answer together with another one."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot

from tlgui.core.events import Event, RunFinished
from tlgui.core.job import EnsembleJob
from tlgui.core.run_folder import RunFolder, ensemble_path, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel


class EnsembleViewModel(JobViewModel):
    """Makes a new run of two; where one is an ensemble already, the other joins its models."""

    made = Signal(object)  # RunFolder

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._made: RunFolder | None = None
        self.run: RunFolder | None = None

    def open_run(self, run: RunFolder | None) -> None:
        """Join this run with others from now on; None is no run."""
        if run == self.run:
            return
        self.run, self.failure, self.progress = run, None, None
        if self.is_busy:
            self._forget_job()
            self.job_ended.emit()
        self.announce_now()

    def join(self, other: RunFolder) -> None:
        """Let both answer together."""
        if self.run is None:
            return
        self._made = None
        job = EnsembleJob(
            folder=str(free_name(self._home.jobs, "ensemble")),
            requested_s=self.now(),
            runs=(str(self.run.path), str(other.path)),
            to=str(ensemble_path(self._home.runs, self.run)),
        )
        self.start_job(job)

    def forget_failure(self) -> None:
        """Do not tell any more why a run could not join: another one is chosen."""
        self.failure = None
        self.announce_now()

    def take_in(self, event: Event) -> None:
        """Fold one event of the job."""
        super().take_in(event)
        if isinstance(event, RunFinished):
            self._made = RunFolder(Path(event.run))

    @Slot(object)
    def on_ended(self, outcome: object) -> None:
        """Tell of the new run, which can be opened now."""
        made, self._made = self._made, None
        super().on_ended(outcome)
        if made is not None:
            self.made.emit(made)
