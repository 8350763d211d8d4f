"""The recent runs of the sidebar, each read from the end of its events."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from tlgui.core.events import Event, from_json
from tlgui.core.run_folder import EVENTS, PLAN, RunFolder, RunStatus, list_runs
from tlgui.core.run_state import RunState, replay
from tlgui.core.settings import Home
from tlgui.core.wording import RUN_STATUSES, percent
from tlgui.viewmodels.view_model import ViewModel

MAX_RUNS: Final = 12
TAIL_BYTES: Final = 16_000  # holds the last event of any run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of the sidebar."""

    run: RunFolder
    name: str
    status: RunStatus
    detail: str
    is_ensemble: bool = False


class RunsViewModel(ViewModel):
    """Lists the latest runs of the application's folder."""

    def __init__(self, home: Home, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._home = home
        self._clock = clock
        self.runs: tuple[RunSummary, ...] = ()

    def refresh(self, training: RunFolder | None = None) -> None:
        """Read the folder again.

        Args:
            training: The run that an engine of this window works on; its lock is left alone.
        """
        found = list_runs(self._home.runs)[:MAX_RUNS]
        self.runs = tuple(self._summary(run, run == training) for run in found)
        self.announce_now()

    @property
    def unfinished(self) -> RunSummary | None:
        """The latest run, if it broke off or was paused."""
        latest = self.runs[0] if self.runs else None
        return latest if latest and latest.status in ("interrupted", "paused") else None

    def _summary(self, run: RunFolder, is_training: bool) -> RunSummary:
        state = _last_state(run)
        status = _status(run, state, is_training)
        accuracy = _accuracy(state)
        parts = [accuracy if accuracy and status == "finished" else RUN_STATUSES[status]]
        if accuracy and status != "finished":
            parts.insert(0, accuracy)
        if status == "interrupted":
            parts = [self.tr("interrupted")]
        if state.ensemble is not None:
            parts.append(self.tr("{count} models").format(count=len(state.ensemble.members)))
        parts.append(self._day(run))
        return RunSummary(
            run=run,
            name=run.path.name,
            status=status,
            detail=" · ".join(parts),
            is_ensemble=state.ensemble is not None,
        )

    def _day(self, run: RunFolder) -> str:
        then = date.fromtimestamp((run.path / PLAN).stat().st_mtime)
        days = (date.fromtimestamp(self._clock()) - then).days
        if days <= 0:
            return self.tr("today")
        if days == 1:
            return self.tr("yesterday")
        return f"{then:%A}" if days < 7 else f"{then:%b} {then.day}"


def _last_state(run: RunFolder) -> RunState:
    return replay(_last_events(run.path / EVENTS))


def _last_events(path: Path) -> list[Event]:
    """Return the events at the end of a file, however long it is."""
    try:
        with path.open("rb") as file:
            start = max(0, path.stat().st_size - TAIL_BYTES)
            file.seek(start)
            lines = file.read().split(b"\n")[1 if start else 0 : -1]
        events = (from_json(line.decode()) for line in lines)
        return [event for event in events if event is not None]
    except (OSError, ValueError):
        return []


def _status(run: RunFolder, state: RunState, is_training: bool) -> RunStatus:
    if is_training:
        return "running"
    if state.status not in ("waiting", "running"):
        return state.status
    return "running" if run.is_locked() else "interrupted"


def _accuracy(state: RunState) -> str:
    if state.finished is not None:
        return percent(state.finished.test_accuracy.value)
    return percent(state.best.val_accuracy) if state.best else ""
