"""What a run has come to: the fold of its events, live or replayed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tlgui.core.energy import Energy
from tlgui.core.events import (
    AdaptationEpochEnded,
    DeviceReported,
    EnergyMeasured,
    EnsembleFormed,
    EpochEnded,
    Event,
    FirstResult,
    PhaseStarted,
    Progressed,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    RunStopped,
    StepEnded,
)
from tlgui.core.phase import ADAPT

Status = Literal["waiting", "running", "finished", "stopped", "paused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Everything a page shows of a run; per-step points are kept elsewhere.

    Epochs without labels are ``adaptations``: nobody can judge them, so no one is the best.
    """

    seq: int = 0
    status: Status = "waiting"
    started: RunStarted | None = None
    ensemble: EnsembleFormed | None = None
    device: DeviceReported | None = None
    progress: Progressed | None = None
    phases: tuple[PhaseStarted, ...] = ()
    first_result: FirstResult | None = None
    last_step: StepEnded | None = None
    epochs: tuple[EpochEnded, ...] = ()
    adaptations: tuple[AdaptationEpochEnded, ...] = ()
    failure: RunFailed | None = None
    finished: RunFinished | None = None
    energy: Energy | None = None  # runs of earlier versions have none

    @property
    def best(self) -> EpochEnded | None:
        """The epoch that is kept; the earlier one of equals."""
        return min(self.epochs, key=lambda e: e.badness, default=None)

    @property
    def is_adapting(self) -> bool:
        """Whether the model learns without labels, so that its steps say nothing of classes."""
        return bool(self.phases) and self.phases[-1].phase == ADAPT

    @property
    def time_left_s(self) -> float | None:
        """Seconds until the last planned epoch at the pace of the last steps, if known."""
        step, phase = self.last_step, self.phases[-1] if self.phases else None
        if self.status != "running" or step is None or phase is None or not step.samples_per_s:
            return None
        steps_left = step.num_steps - step.step
        epochs_left = self._last_epoch(phase) - step.epoch
        per_step_s = self._step_duration_s(step, phase)
        return per_step_s * (steps_left + max(0, epochs_left) * step.num_steps)

    def _last_epoch(self, phase: PhaseStarted) -> int:
        """Return the last planned epoch that has the pace of a phase's."""
        last = phase.after_epoch + phase.epochs
        if self.started is None or phase.phase == ADAPT:
            return last
        return max(last, self.started.max_epochs)  # the next phase may thaw one group more

    def _step_duration_s(self, step: StepEnded, phase: PhaseStarted) -> float:
        durations_s = [e.duration_s for e in self.epochs if e.learning_rates]
        durations_s += [e.duration_s for e in self.adaptations if e.epoch > phase.after_epoch]
        if durations_s:
            return durations_s[-1] / step.num_steps  # validation included
        num_train = self.started.num_train if self.started else 0
        return num_train / step.num_steps / step.samples_per_s

    def after(self, event: Event) -> "RunState":  # noqa: C901 (one flat case per event)
        """Return the state once ``event`` has happened; a repeated seq changes nothing."""
        if event.seq <= self.seq:
            return self
        state = replace(self, seq=event.seq)
        match event:
            case RunStarted():
                return RunState(seq=event.seq, status="running", started=event, device=self.device)
            case EnsembleFormed():
                return replace(state, status="running", ensemble=event)
            case RunResumed():
                return state._resumed(event)
            case DeviceReported():
                return replace(state, device=event)
            case Progressed():
                return replace(state, progress=event)
            case PhaseStarted():
                return state._with_phase(event)
            case FirstResult():
                return replace(state, first_result=event)
            case StepEnded():
                return replace(state, last_step=event, progress=None)
            case EpochEnded():
                return replace(state, epochs=(*self.epochs, event), progress=None)
            case AdaptationEpochEnded():
                return replace(state, adaptations=(*self.adaptations, event), progress=None)
            case EnergyMeasured():
                return replace(state, energy=event.energy)
            case RunFinished():
                return replace(state, status="finished", finished=event, progress=None)
            case RunStopped():
                return replace(state, status=event.reason, progress=None)
            case RunFailed():
                return replace(state, status="failed", failure=event, progress=None)
        return state

    def _with_phase(self, event: PhaseStarted) -> "RunState":
        # a run that goes on starts its phase anew
        before = tuple(p for p in self.phases if p.after_epoch < event.after_epoch)
        return replace(self, phases=(*before, event), progress=None)

    def _resumed(self, event: RunResumed) -> "RunState":
        return replace(
            self,
            status="running",
            failure=None,
            finished=None,
            progress=None,
            last_step=None,
            epochs=tuple(e for e in self.epochs if e.epoch <= event.epoch),
            adaptations=tuple(e for e in self.adaptations if e.epoch <= event.epoch),
            phases=tuple(p for p in self.phases if p.after_epoch < event.epoch),
        )


def replay(events: Iterable[Event]) -> RunState:
    """Return the state after all events."""
    state = RunState()
    for event in events:
        state = state.after(event)
    return state
