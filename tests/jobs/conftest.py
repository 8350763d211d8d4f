"""Real engine processes, real threads; what computes is the fake engine."""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, Slot

from tests.presets import LITE0
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.job import TrainJob, write_job
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import RunFolder, create_run
from tlgui.jobs.launch import engine_environment
from tlgui.jobs.supervisor import Supervisor

FAKE_ENGINE = [sys.executable, str(Path(__file__).parents[1] / "fake_engine.py")]


class Listener(QObject):
    """Takes in what a supervisor says, as a page of the window does."""

    def __init__(self, supervisor: Supervisor) -> None:
        super().__init__()
        self.events = []
        self.outcomes = []
        self.threads = set()
        self.supervisor = supervisor
        supervisor.event_received.connect(self.on_event)
        supervisor.ended.connect(self.on_ended)

    @Slot(object)
    def on_event(self, event: object) -> None:
        assert not self.outcomes, "an event came after the end"
        self.events.append(event)
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def on_ended(self, outcome: object) -> None:
        self.outcomes.append(outcome)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture(autouse=True)
def traced_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let coverage see into a QThread, which Python does not know as a thread."""
    run = Supervisor.run

    def traced_run(self: Supervisor) -> None:
        sys.settrace(threading.gettrace())
        run(self)

    monkeypatch.setattr(Supervisor, "run", traced_run)


@pytest.fixture
def run_folder(tmp_path: Path) -> RunFolder:
    """A run of thirty samples in two classes that has not started."""
    samples = tuple(
        Sample(path=f"{'ab'[n % 2]}/{n}.png", label=n % 2, digest=str(n)) for n in range(30)
    )
    dataset = Dataset(
        folder=str(tmp_path / "pictures"), modality="image", classes=("a", "b"), samples=samples
    )
    return create_run(tmp_path / "a run", dataset, make_plan(LITE0))


@pytest.fixture
def train_job(run_folder: RunFolder) -> Path:
    """The job file that trains ``run_folder``."""
    return write_job(TrainJob(folder=str(run_folder.path), requested_s=1.0))


@pytest.fixture
def supervise(qtbot, train_job: Path) -> Callable[..., Listener]:
    """Make a supervisor of the training job with a listener; ``words`` go to the fake engine."""
    listeners = []

    def make(words: str = "", *, command=FAKE_ENGINE, start=True, **kwargs) -> Listener:
        environment = engine_environment({**os.environ, "TLGUI_FAKE_ENGINE": words})
        kwargs.setdefault("job_file", train_job)
        listener = Listener(Supervisor(command, environment, **kwargs))
        listeners.append(listener)
        if start:
            listener.supervisor.start()
        return listener

    yield make
    for listener in listeners:
        listener.supervisor.kill()
        listener.supervisor.wait()


@pytest.fixture
def wait_for_end(qtbot) -> Callable[[Listener], None]:
    """Run the event loop until a listener has heard of the end."""

    def wait(listener: Listener) -> None:
        qtbot.waitUntil(lambda: bool(listener.outcomes), timeout=20_000)

    return wait


@pytest.fixture
def wait_for_kind(qtbot) -> Callable[[Listener, str], None]:
    """Run the event loop until a listener has heard of one kind of event."""

    def wait(listener: Listener, kind: str) -> None:
        qtbot.waitUntil(lambda: kind in listener.kinds, timeout=20_000)

    return wait
