"""Engines that only remember what was asked of them, and the events they could send."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from tlgui.core import events
from tlgui.core.dataset import Dataset, Sample, TextFacts
from tlgui.core.dataset_summary import DatasetSummary, summary_of
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Estimate
from tlgui.core.job import Job


class FakeJob(QObject):
    """Stands for a supervisor."""

    event_received = Signal(object)
    ended = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.questions: list[tuple[int, str]] = []

    def request_stop(self) -> None:
        self.requests.append("stop")

    def request_pause(self) -> None:
        self.requests.append("pause")

    def ask(self, question: int, text: str, **more: str) -> None:
        self.questions.append((question, text, more) if more else (question, text))

    def say(self, *said: events.Event) -> None:
        for event in said:
            self.event_received.emit(event)

    def end(self) -> None:
        self.ended.emit(None)


@dataclass
class FakeEngines:
    """Remembers the jobs it was given."""

    jobs: list[Job] = field(default_factory=list)
    running: list[FakeJob] = field(default_factory=list)
    error: TlguiError | None = None

    def start(self, job: Job) -> FakeJob:
        if self.error is not None:
            raise self.error
        self.jobs.append(job)
        self.running.append(FakeJob())
        return self.running[-1]


class Story:
    """Events of one job, numbered and a tenth of a second apart."""

    def __init__(self) -> None:
        self.events: list[events.Event] = []

    def tell(self, kind: type[events.Event], **content: Any) -> events.Event:
        seq = len(self.events) + 1
        event = kind(seq=seq, time_s=1000 + seq / 10, **content)
        self.events.append(event)
        return event

    def start(self, **changes: Any) -> events.Event:
        content = {
            "run": "run",
            "preset": "a_preset",
            "strategy": "head_then_all",
            "classes": ("oak", "elm"),
            "num_train": 12,
            "num_validation": 4,
            "num_test": 4,
            "majority_class": "oak",
            "majority_baseline": 0.5,
            "max_epochs": 9,
        }
        return self.tell(events.RunStarted, **{**content, **changes})

    def form(self, *members: str, **changes: Any) -> events.Event:
        content = {"run": "run", "members": members, "num_validation": 4, "num_test": 4}
        return self.tell(events.EnsembleFormed, **{**content, **changes})

    def phase(self, name: str = "all", after_epoch: int = 1, **changes: Any) -> events.Event:
        content = {
            "phase": name,
            "epochs": 8,
            "after_epoch": after_epoch,
            "trained_groups": (True, True),
            "num_trained": 50,
            "num_parameters": 100,
        }
        return self.tell(events.PhaseStarted, **{**content, **changes})

    def step(self, epoch: int, step: int = 1, **changes: Any) -> events.Event:
        content = {
            "epoch": epoch,
            "step": step,
            "num_steps": 4,
            "loss": 0.5,
            "accuracy": 0.75,
            "learning_rate": 1e-4,
            "samples_per_s": 20.0,
            "memory_bytes": 2_000_000_000,
        }
        return self.tell(events.StepEnded, **{**content, **changes})

    def epoch(self, number: int, val_loss: float = 0.5, **changes: Any) -> events.Event:
        content = {
            "phase": "all",
            "epoch": number,
            "train_loss": 0.4,
            "train_accuracy": 0.9,
            "val_loss": val_loss,
            "val_accuracy": 0.85,
            "learning_rates": (1e-4,),
            "duration_s": 8.0,
        }
        return self.tell(events.EpochEnded, **{**content, **changes})

    def first_result(self) -> events.Event:
        return self.tell(
            events.FirstResult,
            val_accuracy=Estimate(value=0.81, low=0.76, high=0.86),
            num_samples=83,
            elapsed_s=9.2,
        )

    def finish(self) -> events.Event:
        return self.tell(
            events.RunFinished,
            run="run",
            best_epoch=2,
            val_accuracy=0.85,
            test_accuracy=Estimate(value=0.93, low=0.85, high=0.97),
        )

    def stop(self, reason: str = "stopped") -> events.Event:
        return self.tell(
            events.RunStopped, run="run", reason=reason, best_epoch=2, val_accuracy=0.85
        )

    def fail(self, code: str = "disk_full", **detail: Any) -> events.Event:
        return self.tell(
            events.RunFailed, code=code, detail=detail or {"path": "/x"}, technical="Traceback"
        )

    def device(self, **changes: Any) -> events.Event:
        content = {
            "device": "cpu",
            "name": "A processor",
            "num_cores": 2,
            "memory_bytes": 8_000_000_000,
            "samples_per_s": 100.0,
        }
        return self.tell(events.DeviceReported, **{**content, **changes})


def trees() -> Dataset:
    """Return twenty pictures of two kinds."""
    samples = tuple(
        Sample(path=f"{['oak', 'elm'][n % 2]}/P{n % 4}_{n}.png", label=n % 2, digest=str(n))
        for n in range(20)
    )
    return Dataset(
        folder="/data/trees",
        modality="image",
        classes=("oak", "elm"),
        samples=samples,
        suggested_group="prefix",
    )


TEXTS = (
    "Sounds good, see you at six then. Shall I bring the cake or do you want to bake it yourself?",
    "WINNER!! You have been selected for a 900 pound prize reward. To claim call 09061701461 now.",
)


def messages() -> Dataset:
    """Return twenty texts of two kinds, as a table holds them."""
    samples = tuple(Sample(path=f"row {n + 2}", label=n % 2, digest=str(n)) for n in range(20))
    facts = TextFacts(
        language="en",
        num_tokens=(*range(5, 104), 150, 203),
        class_words=(("ok", "later", "home"), ("claim", "prize", "txt", "urgent")),
    )
    return Dataset(
        folder="/data",
        modality="text",
        classes=("ham", "spam"),
        samples=samples,
        table="messages.csv",
        columns=("label", "message", "sender"),
        text_column="message",
        label_column="label",
        texts=facts,
    )


def summary(dataset: Dataset) -> DatasetSummary:
    """Return all that the window knows of a data set."""
    return summary_of(dataset, Path("/jobs/scan-1/dataset.json"))


def snippets(story: Story, count: int = 20) -> list[events.Event]:
    """Tell of the texts of ``messages``."""
    return [
        story.tell(
            events.SnippetReady,
            path=f"row {n + 2}",
            class_name=("ham", "spam")[n % 2],
            text=f"{TEXTS[n % 2]} ({n})",
        )
        for n in range(count)
    ]
