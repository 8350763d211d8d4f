"""Trying a model out: a text is answered while it is typed."""

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QTimer, Slot

from tlgui.core.errors import TlguiError
from tlgui.core.events import AnswersReady, Event, TextAnswered
from tlgui.core.job import AnswerJob
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.core.wording import percent
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

DEBOUNCE_MS: Final = 150
MAX_CHARACTERS: Final = 10_000  # a line that every pipe takes at once
MAX_SHOWN: Final = 8
SURE: Final = 0.5


class AnsweringViewModel(JobViewModel):
    """Keeps a model of texts loaded while somebody is there to ask it.

    One question is on its way at a time, so that typing fast can never fill the pipe; the answer
    that is shown is always that to the latest one.
    """

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._pause = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._pause.timeout.connect(self._on_pause)
        self.run: RunFolder | None = None
        self.is_open = False
        self.text = ""
        self.classes: tuple[str, ...] = ()
        self.answer: TextAnswered | None = None
        self._threshold = 0.0
        self._reset()

    def open(self, run: RunFolder) -> None:
        """Load a run's model; what was typed before, for whichever model, is answered by it."""
        if self.is_open and run == self.run:
            return
        self.run, self.is_open = run, True
        self._threshold = _threshold_of(run)
        self.restart()

    def restart(self) -> None:
        """Load the model again, after it failed."""
        if self.run is None:
            return
        self._reset()
        job = AnswerJob(
            folder=str(free_name(self._home.jobs, "answer")),
            requested_s=self.now(),
            model=str(self.run.path),
        )
        self.start_job(job)

    def close(self) -> None:
        """Let the engine go; nobody waits for it, since it has nothing to save."""
        if not self.is_open:
            return
        self.is_open = False
        self._reset()
        self._forget_job()
        self.announce_now()
        self.job_ended.emit()

    def type_text(self, text: str) -> None:
        """Ask about this text as soon as nobody types for a moment."""
        self.text = text
        if text.strip():
            self._pause.start()
        else:
            self._pause.stop()
            self.answer, self._asked = None, ""
            self.announce_now()

    def take_in(self, event: Event) -> None:
        """Fold one event of the engine."""
        super().take_in(event)
        if isinstance(event, AnswersReady):
            self.classes = event.classes
            self._ask()
        elif isinstance(event, TextAnswered) and event.question == self._question:
            self._is_waiting = False
            is_complete = len(event.probabilities) == len(self.classes)
            fits = is_complete or not event.probabilities
            self.answer = event if self.text.strip() and fits else None
            if self._is_behind and not self._pause.isActive():
                self._ask()

    @property
    def is_loading(self) -> bool:
        """Whether the model is not there yet."""
        return self.is_busy and not self.classes

    @property
    def shown(self) -> tuple[tuple[str, float], ...]:
        """Classes with their probabilities; of many classes only the most probable ones."""
        if self.answer is None or not self.answer.probabilities:
            return ()
        pairs = list(zip(self.classes, self.answer.probabilities, strict=True))
        if len(pairs) > MAX_SHOWN:
            pairs.sort(key=lambda pair: -pair[1])
        return tuple(pairs[:MAX_SHOWN])

    @property
    def headline(self) -> str:
        """The answer in a few words, or what is waited for."""
        if self.is_loading:
            return self.tr("Loading the model…")
        if self.answer is None:
            return ""
        if not self.answer.probabilities:
            return self.tr("The model knows none of these words")
        probability, name = max(zip(self.answer.probabilities, self.classes, strict=True))
        if self.answer.is_unfamiliar:
            text = self.tr("Unlike anything it was trained on, perhaps {name}")
            return text.format(name=name)
        if probability < (self._threshold or SURE):
            return self.tr("Not sure, perhaps {name}").format(name=name)
        return self.tr("{name}, {percent} sure").format(name=name, percent=percent(probability))

    @property
    def note(self) -> str:
        """What of the text was not looked at, or ""."""
        if self.answer is not None and len(self.text) > MAX_CHARACTERS:
            return self.tr("Only the first {count:,} characters were looked at.").format(
                count=MAX_CHARACTERS
            )
        if self.answer is not None and self.answer.num_cut:
            return self.tr(
                "Too long for this model: the last {count:,} tokens were left out."
            ).format(count=self.answer.num_cut)
        return ""

    @Slot()
    def _on_pause(self) -> None:
        self._ask()

    @property
    def _is_behind(self) -> bool:
        return bool(self.text.strip()) and self.text != self._asked

    def _ask(self) -> None:
        if self._running is None or not self.classes or self._is_waiting or not self._is_behind:
            return
        self._question += 1
        self._asked, self._is_waiting = self.text, True
        self._running.ask(self._question, self.text[:MAX_CHARACTERS])

    def _reset(self) -> None:
        self._pause.stop()
        self.classes, self.answer = (), None
        self._question = 0
        self._asked = ""
        self._is_waiting = False


def _threshold_of(run: RunFolder) -> float:
    try:
        return run.read_threshold()
    except TlguiError:  # told where it is chosen
        return 0.0
