"""The run page: one run on the screen, live or from disk by the same code."""

import time
from collections.abc import Callable, Iterator
from typing import Literal

from PySide6.QtCore import Signal, Slot

from tlgui.core.errors import TlguiError
from tlgui.core.events import DeviceReported, Event, Progressed, RunResumed
from tlgui.core.job import TrainJob
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder, RunStatus
from tlgui.core.run_state import RunState
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel
from tlgui.viewmodels.slices import SlicedWork
from tlgui.viewmodels.step_trace import StepTrace
from tlgui.viewmodels.trash import Discarded, discard_run, restore_run

Request = Literal["", "stop", "pause", "discard"]
RESUMABLE = frozenset({"paused", "failed", "interrupted"})


class RunViewModel(JobViewModel):
    """Shows one run, and trains one, which need not be the same.

    While another run is looked at, training goes on; coming back reads what is on disk and
    then goes on with what is heard. The fold ignores what it has seen.
    """

    opened = Signal()
    device_reported = Signal(object)  # DeviceReported, live: never that of another computer
    moved = Signal()  # into the trash, or back

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._loading = SlicedWork()
        self._loading.finished.connect(self._on_loaded)
        self._heard_meanwhile: list[Event] = []
        self.run: RunFolder | None = None
        self.plan: Plan | None = None  # of the run on the screen, where it can be read
        self.training: RunFolder | None = None
        self.request: Request = ""
        self.discarded: Discarded | None = None
        self._is_elsewhere = False
        self.state: RunState = RunState()
        self.trace: StepTrace = StepTrace()

    def start(self, run: RunFolder) -> None:
        """Train a run from its beginning."""
        self._loading.stop()
        self._show(run)
        self._train(run)
        self.opened.emit()

    def open_run(self, run: RunFolder) -> None:
        """Show a run as it stands."""
        self._show(run)
        self.failure = None
        self._is_elsewhere = not self._is_own and run.is_locked()
        self._load(run)

    def resume(self) -> None:
        """Go on with the run on the screen where it ended."""
        if self.run is None or self.is_busy:
            return
        run = self.run
        self._show(run)
        # what the supervisor reports of a dead engine is not on disk and has no place in the fold
        self._load(run)
        self._train(run)

    def pause(self) -> None:
        """Save, end the engine and free its memory; ``resume`` goes on."""
        if self._running is not None:
            self.request = self.request or "pause"
            self._running.request_pause()
            self.announce_now()

    def stop(self) -> None:
        """End with the best model so far as the result."""
        if self._running is not None:
            self.request = "stop"
            self._running.request_stop()
            self.announce_now()

    def discard(self) -> None:
        """Move the run to the trash, once its engine has ended."""
        if self.run is None:
            return
        if not self.is_training:
            self._move_to_trash(self.run)
            return
        self.request = "discard"
        self.pause()

    def undo_discard(self) -> None:
        """Bring the discarded run back."""
        if self.discarded is None:
            return
        discarded, self.discarded = self.discarded, None
        try:
            restore_run(discarded)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
            return
        self.moved.emit()
        self.open_run(RunFolder(discarded.origin))

    @property
    def is_training(self) -> bool:
        """Whether an engine works on the run on the screen."""
        return self.is_busy and self._is_own

    @property
    def status(self) -> RunStatus:
        """How the run on the screen stands."""
        status = self.state.status
        if status not in ("waiting", "running") or self.is_training or self._loading.is_running:
            return status
        return "running" if self._is_elsewhere else "interrupted"

    @property
    def can_resume(self) -> bool:
        """Whether Continue makes sense."""
        return self.run is not None and not self.is_busy and self.status in RESUMABLE

    @property
    def has_result(self) -> bool:
        """Whether the test split of the run on the screen has been evaluated."""
        return (
            self.run is not None
            and self.status in ("finished", "stopped")
            and (self.run.evaluation / "evaluation.json").exists()
        )

    @property
    def shown_progress(self) -> Progressed | None:
        """Work worth a bar; what every epoch ends with would only make the page jump."""
        progress = self.state.progress
        if not self.is_training or progress is None:
            return None
        is_usual = progress.activity == "validating" and bool(self.state.epochs)
        return None if is_usual else progress

    @property
    def name(self) -> str:
        """Name of the run on the screen."""
        return self.run.path.name if self.run else ""

    def take_in(self, event: Event) -> None:
        """Fold one event, live or from disk."""
        if event.seq <= self.state.seq:
            return
        super().take_in(event)
        if isinstance(event, RunResumed):
            self.failure = None
        self.state = self.state.after(event)
        if not self.state.is_adapting:
            self.trace.add(event)

    @Slot(object)
    def on_event(self, event: Event) -> None:
        """Take in one event of the run in training, if that is on the screen."""
        if isinstance(event, DeviceReported):
            self.device_reported.emit(event)
        if not self._is_own:
            return
        if self._loading.is_running:
            self._heard_meanwhile.append(event)
            return
        super().on_event(event)

    @Slot(object)
    def on_ended(self, outcome: object) -> None:
        """The engine is gone: what was asked of it can be done now."""
        run, request = self.training, self.request
        self.training, self.request = None, ""
        if request == "discard" and run is not None:
            self._running = None
            self._move_to_trash(run)
        super().on_ended(outcome)

    @property
    def _is_own(self) -> bool:
        return self.run is not None and self.training == self.run

    def _train(self, run: RunFolder) -> None:
        self.training, self.request = run, ""
        self._is_elsewhere = False
        job = TrainJob(folder=str(run.path), requested_s=self.now())
        if not self.start_job(job):
            self.training = None

    def _show(self, run: RunFolder) -> None:
        self.run, self.plan = run, _plan_of(run)
        self.discarded = None
        self._clear()
        self.announce_now()

    def _clear(self) -> None:
        self.state = RunState()
        self.trace = StepTrace()
        self._heard_meanwhile = []

    def _load(self, run: RunFolder) -> None:
        self._loading.start(self._read(run))

    def _read(self, run: RunFolder) -> Iterator[None]:
        try:
            for event in run.events():
                self.take_in(event)
                yield
        except (TlguiError, OSError) as error:
            damaged = TlguiError("run_damaged", path=str(run.path), reason=str(error))
            self.failure = failure_of_error(error if isinstance(error, TlguiError) else damaged)

    @Slot()
    def _on_loaded(self) -> None:
        heard, self._heard_meanwhile = self._heard_meanwhile, []
        for event in heard:
            self.take_in(event)
        if not self.is_training and isinstance(self.progress, Progressed):
            self.progress = None
        self.announce_now()
        self.opened.emit()

    def _move_to_trash(self, run: RunFolder) -> None:
        try:
            discarded = discard_run(run.path, self._home.trash)
        except TlguiError as error:
            self.failure = failure_of_error(error)
        else:
            if self.run == run:
                self.run, self.failure = None, None
                self._clear()
            self.discarded = discarded
        self.announce_now()
        self.moved.emit()


def _plan_of(run: RunFolder) -> Plan | None:
    try:
        return run.read_plan()
    except TlguiError:
        return None  # what is wrong with the run is told where its events are read
