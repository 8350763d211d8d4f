"""The engines of one window: one per job, and one kept warm so that Train starts at once."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tlgui.core.job import (
    AdviseJob,
    AnswerJob,
    ExplainJob,
    Job,
    PreviewJob,
    RangeTestJob,
    ScanJob,
    write_job,
)
from tlgui.core.settings import Home
from tlgui.jobs.launch import engine_command, engine_environment
from tlgui.jobs.supervisor import GRACE_S, Supervisor

log = logging.getLogger(__name__)

STANDBY_LOG: Final = "standby.log"
LEAVING_NOTHING: Final = (AnswerJob, AdviseJob, ExplainJob, PreviewJob, RangeTestJob)


class Engines(QObject):
    """Starts jobs and holds every engine until it has ended.

    An engine that dies while it waits for a job is replaced once and never talked about.
    """

    device_reported = Signal(object)  # DeviceReported: what this computer really computes on

    def __init__(
        self,
        home: Home,
        *,
        command: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        """Prepare; no process is started yet.

        Args:
            home: Its jobs folder takes the log of the warm engine.
            command: Command line of an engine; None is tlgui's own.
            environment: Its environment; None is that of this process.
            grace_s: See ``Supervisor``.
        """
        super().__init__()
        self._log_file = home.jobs / STANDBY_LOG
        self._command = engine_command() if command is None else command
        self._environment = engine_environment(os.environ if environment is None else environment)
        self._grace_s = grace_s
        self._working: list[Supervisor] = []
        self._standby: Supervisor | None = None
        self._retries_left = 0
        self._closed = False

    def warm_up(self) -> None:
        """Start an engine that waits for the next job, unless there is one. Never blocks."""
        if self._standby is None and not self._closed:
            self._retries_left = 1
            self._start_standby()

    def start(self, job: Job) -> Supervisor:
        """Start a job; connect to the supervisor's signals in the same turn of the event loop.

        A scan and a look for advice need nothing heavy and get a new engine; every other job gets
        the warm one, and
        one that is not warm yet makes room for a new one, which gives a first result sooner. Call
        ``warm_up`` again once the job has ended.

        Raises:
            TlguiError: the job's folder cannot be written.
        """
        job_file = write_job(job)
        supervisor = None if isinstance(job, ScanJob | AdviseJob) else self._take_standby(job_file)
        if supervisor is None:
            supervisor = self._new_supervisor(job_file)
            supervisor.start()
        if isinstance(job, LEAVING_NOTHING):
            supervisor.save_nothing()
        self._working.append(supervisor)
        return supervisor

    def shut_down(self) -> None:
        """End every engine and wait; work is saved, for little more than the grace period.

        After it no engine can be started. It blocks: ask with ``request_pause`` and wait for
        ``ended`` first where people should see that something is being saved.
        """
        self._closed = True
        supervisors = [*self._working, *([self._standby] if self._standby else [])]
        for supervisor in supervisors:
            supervisor.request_shut_down()
        for supervisor in supervisors:
            supervisor.wait()

    @Slot()
    def _on_ended(self) -> None:
        self._working = [s for s in self._working if not s.isFinished()]
        if self._standby is None or not self._standby.isFinished():
            return
        self._standby = None
        log.warning("the waiting engine ended; see %s", self._log_file)
        if self._retries_left and not self._closed:
            self._retries_left -= 1
            self._start_standby()

    def _start_standby(self) -> None:
        self._standby = self._new_supervisor(None)
        self._standby.start()

    def _take_standby(self, job_file: Path) -> Supervisor | None:
        standby, self._standby = self._standby, None
        if standby is None or standby.assign(job_file):
            return standby
        standby.kill()
        self._working.append(standby)  # until it has ended
        return None

    def _new_supervisor(self, job_file: Path | None) -> Supervisor:
        supervisor = Supervisor(
            self._command,
            self._environment,
            job_file=job_file,
            log_file=None if job_file else self._log_file,
            grace_s=self._grace_s,
        )
        supervisor.device_reported.connect(self.device_reported)
        # queued, since it may drop the last reference to the one that is just speaking
        supervisor.ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        return supervisor
