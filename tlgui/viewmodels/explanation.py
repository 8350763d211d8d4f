"""Why a model answers as it does, asked sample by sample."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tlgui.core.dataset import Modality
from tlgui.core.events import (
    Event,
    ExplainerReady,
    NeighborsFound,
    SampleExplained,
    SampleNotExplained,
)
from tlgui.core.explanation import Explanation, Neighbor
from tlgui.core.explanation_words import (
    CAVEATS,
    METHODS,
    TITLES,
    answer_sentence,
    compared_sentence,
    finding_sentence,
    limits_sentence,
)
from tlgui.core.job import ExplainJob
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence, percent
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel
from tlgui.viewmodels.samples import samples_word

MAX_CHARACTERS: Final = 10_000  # a line that every pipe takes at once
FEW_CLASSES: Final = 30  # that can be chosen from; of more only the most probable ones


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A sample by its file, or a text; and the class that its answer is compared with."""

    file: str
    text: str
    against: str = ""


class ExplanationViewModel(JobViewModel):
    """Keeps a model loaded as long as somebody may ask it why.

    Attributes:
        run: Whose model it is.
        modality: What it reads.
        classes: Names in the order of the probabilities; () until the model is loaded.
        explanation: Of the sample that was asked about last; None until it is there.
        found: The training samples that are like it; likewise.
        shows_heat: Whether the picture is shown with its heat map.
    """

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.shows_heat = True
        self.explanation: Explanation | None = None
        self.found: NeighborsFound | None = None
        self._asked: _Asked | None = None
        self._question = 0
        self.classes: tuple[str, ...] = ()
        self._is_ready = False
        self._problem = ""

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Explain answers of this run's model from now on."""
        self.close()
        self.run, self.modality = run, modality
        self.announce_now()

    def explain_file(self, file: str) -> None:
        """Ask about a sample of the run, or any file; the same one again changes nothing."""
        self._ask(_Asked(file=file, text=""))

    def explain_text(self, text: str) -> None:
        """Ask about a text."""
        self._ask(_Asked(file="", text=text[:MAX_CHARACTERS]))

    def compare_with(self, name: str) -> None:
        """Ask what speaks for the answer rather than for another class; "" is all others."""
        if self._asked is not None:
            self._ask(replace(self._asked, against=name))

    def show_heat(self, wanted: bool) -> None:
        """Show the picture with or without its heat map."""
        self.shows_heat = wanted
        self.announce_now()

    def hide(self) -> None:
        """Show no explanation; the model stays loaded for the next one."""
        if self._asked is not None:
            self._asked = None
            self._forget_answer()
            self.announce_now()

    def close(self) -> None:
        """Let the engine go; nobody waits for it, since it has nothing to save."""
        self._asked, self._is_ready = None, False
        self._forget_answer()
        self.failure = None
        if self._running is not None:
            self._forget_job()
            self.announce_now()
            self.job_ended.emit()

    def take_in(self, event: Event) -> None:
        """Fold one event of the engine."""
        super().take_in(event)
        if isinstance(event, ExplainerReady):
            self.classes, self._is_ready, self.progress = event.classes, True, None
            self._send()
        elif isinstance(event, SampleExplained) and event.question == self._question:
            self.explanation, self.progress = event.explanation, None
        elif isinstance(event, NeighborsFound) and event.question == self._question:
            self.found, self.progress = event, None
        elif isinstance(event, SampleNotExplained) and event.question == self._question:
            self._problem = error_sentence(event.code, event.detail)
            self.progress = None

    @property
    def is_open(self) -> bool:
        """Whether somebody asked about a sample and has not had enough of it."""
        return self._asked is not None

    @property
    def typed(self) -> str:
        """The text that was asked about; "" where it is a file or a sample."""
        return self._asked.text if self._asked else ""

    @property
    def is_waiting(self) -> bool:
        """Whether the explanation is still to come."""
        is_there = self.explanation is not None or bool(self._problem)
        return self.is_open and self.is_busy and not is_there

    @property
    def waiting_words(self) -> str:
        """What is waited for."""
        if not self.is_waiting:
            return ""
        return self.tr("Looking at it…") if self._is_ready else self.tr("Loading the model…")

    @property
    def headline(self) -> str:
        """The answer, what it is about, or what is waited for."""
        if self._problem:
            return self._problem
        return answer_sentence(self.explanation) if self.explanation else ""

    @property
    def title(self) -> str:
        """What is shown, and the field's term for how it was found."""
        if self.explanation is None:
            return ""
        method = METHODS[self.explanation.method]
        return f"{TITLES[self.explanation.modality]} ({method})"

    @property
    def finding(self) -> str:
        """What to see in it."""
        return finding_sentence(self.explanation) if self.explanation else ""

    @property
    def note(self) -> str:
        """What the explanation does not say, and what was not looked at."""
        if self.explanation is None:
            return ""
        limits = limits_sentence(self.explanation)
        return " ".join(filter(None, (limits, CAVEATS[self.explanation.modality])))

    @property
    def picture(self) -> str:
        """Path of the picture to show; "" while there is none."""
        if self.explanation is None:
            return ""
        return self.explanation.overlay if self.shows_heat else self.explanation.picture

    @property
    def others(self) -> tuple[str, ...]:
        """The classes that the answer can be compared with, the most probable ones first."""
        if self.explanation is None:
            return ()
        pairs = zip(self.explanation.probabilities, self.classes, strict=False)
        names = [name for _, name in sorted(pairs, key=lambda pair: -pair[0])]
        return tuple(name for name in names if name != self.explanation.predicted)[:FEW_CLASSES]

    @property
    def against(self) -> str:
        """The class that the answer is compared with, or ""."""
        return self._asked.against if self._asked else ""

    @property
    def neighbors_title(self) -> str:
        """What the similar samples are, or what is waited for."""
        if self.found is not None:
            title = self.tr("Most like it, of the {samples} it learned from")
            return title.format(samples=samples_word(self.modality))
        return ""

    @property
    def neighbors(self) -> tuple[Neighbor, ...]:
        """The training samples that are like it, the nearest first."""
        return self.found.neighbors if self.found else ()

    @property
    def neighbors_note(self) -> str:
        """How many were compared, or "" where it was all of them."""
        return compared_sentence(self.found, self.modality) if self.found else ""

    def caption(self, neighbor: Neighbor) -> str:
        """Return the class of a neighbor and how much it is alike."""
        alike = percent(max(0.0, 1 - neighbor.distance))
        return self.tr("{name}, {percent} alike").format(name=neighbor.class_name, percent=alike)

    def _ask(self, asked: _Asked) -> None:
        if self.run is None or (asked == self._asked and self.failure is None):
            return
        is_same = self._asked is not None and replace(asked, against="") == replace(
            self._asked, against=""
        )
        self._asked = asked
        self._problem = ""
        if not is_same:
            self._forget_answer()
        self._question += 1
        if self._running is None:
            self._is_ready = False
            self.start_job(self._job(self.run))
        elif self._is_ready:
            self._send()
        self.announce_now()

    def _job(self, run: RunFolder) -> ExplainJob:
        return ExplainJob(
            folder=str(free_name(self._home.jobs, "explain")),
            requested_s=self.now(),
            model=str(run.path),
        )

    def _send(self) -> None:
        if self._running is not None and self._asked is not None:
            more = {"file": self._asked.file, "against": self._asked.against}
            self._running.ask(self._question, self._asked.text, **more)

    def _forget_answer(self) -> None:
        self.explanation, self.found, self._problem = None, None, ""
