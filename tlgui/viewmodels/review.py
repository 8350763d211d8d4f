"""What is odd about the labels of a run's data: asked for once, kept with the run."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from tlgui.core.corrections import (
    Correction,
    Corrections,
    read_corrections,
    write_corrections,
)
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, ReviewFinished
from tlgui.core.job import ReviewJob
from tlgui.core.review import Review, Suspect
from tlgui.core.review_words import shortcut_sentence, shortcuts_sentence, suspects_sentence
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel
from tlgui.viewmodels.samples import Shown, read_snippets, samples_word


class ReviewViewModel(JobViewModel):
    """Holds the review of one run; the engine makes it when a person asks.

    What a person decides about a sample is kept for the next time that the data is looked
    through; the files stay as they are.

    Attributes:
        chosen: Row of the suspect that the actions are about, or None.
    """

    again_wanted = Signal(str)  # the folder or table to look through again

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._snippets: dict[int, str] = {}
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.review: Review | None = None
        self.chosen: int | None = None
        self._corrections = Corrections(source="")

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Show what is known of this run's data."""
        if run == self.run:
            return
        self._let_go()
        self.run, self.modality = run, modality
        self._take(None)
        try:
            self._take(run.read_review())
        except TlguiError as error:
            self.failure = failure_of_error(error)
        self.announce_now()

    def clear(self) -> None:
        """Know of no run."""
        self._let_go()
        self.run = None
        self._take(None)
        self.announce_now()

    def read_decisions(self) -> None:
        """Take in what was decided elsewhere meanwhile."""
        if self.review is not None:
            self._corrections = self._decided()
            self.announce_now()

    def start(self) -> None:
        """Look for wrong labels and for shortcuts."""
        if self.run is None:
            return
        job = ReviewJob(
            folder=str(free_name(self._home.jobs, "review")),
            requested_s=self.now(),
            run=str(self.run.path),
        )
        self.start_job(job)

    def choose(self, row: int) -> None:
        """Let the actions be about this suspect; -1 for none."""
        self.chosen = row if row >= 0 else None
        self.announce_now()

    def set_aside(self) -> None:
        """Leave the chosen sample out the next time."""
        self._correct("")

    def relabel(self, name: str) -> None:
        """Let the chosen sample be of this class the next time."""
        self._correct(name)

    def undo(self) -> None:
        """Take back what was decided about the chosen sample."""
        if self.suspect is not None:
            self._keep(self._decided().without(self.suspect.file))

    def look_again(self) -> None:
        """Look through the data as it is corrected now."""
        if self.review is not None:
            self.again_wanted.emit(self.review.source)

    def take_in(self, event: Event) -> None:
        """Fold one event of the job."""
        super().take_in(event)
        # one that was cancelled may have ended before it knew
        if isinstance(event, ReviewFinished) and self.run and event.folder == str(self.run.review):
            self._take(event.review)

    @property
    def can_start(self) -> bool:
        """Whether nobody has looked yet and nobody does."""
        return self.review is None and not self.is_busy

    @property
    def invitation(self) -> str:
        """What there is to find; "" once somebody has looked."""
        if self.review is not None:
            return ""
        return self.tr(
            "Which labels speak against what the samples look like? Does something beside the "
            "content tell the kinds apart, such as the size of the files? Nothing is changed."
        )

    @property
    def suspect(self) -> Suspect | None:
        """The chosen one."""
        if self.review is None or self.chosen is None:
            return None
        return self.review.suspects[self.chosen]

    @property
    def chosen_file(self) -> Path | None:
        """The file of the chosen sample; None for a row of a table."""
        if self.review is None or self.suspect is None:
            return None
        source = Path(self.review.source)
        file = (source if source.is_dir() else source.parent) / self.suspect.file
        return file if file.is_file() else None

    @property
    def is_corrected(self) -> bool:
        """Whether something was decided about the chosen sample."""
        return self.suspect is not None and self._decision(self.suspect) is not None

    @property
    def changes(self) -> str:
        """How much will be different the next time, or ""."""
        count = len(self._corrections.samples)
        if not count:
            return ""
        text = self.tr("Decided about {count} {samples}; the files stay as they are")
        return text.format(count=count, samples=samples_word(self.modality))

    @property
    def suspects(self) -> str:
        """How many labels are probably wrong."""
        return suspects_sentence(self.review) if self.review else ""

    @property
    def shortcuts(self) -> str:
        """Whether something beside the content tells the classes."""
        return shortcuts_sentence(self.review) if self.review else ""

    @property
    def shortcut_list(self) -> tuple[str, ...]:
        """Each of them in a sentence."""
        return tuple(map(shortcut_sentence, self.review.shortcuts)) if self.review else ()

    @property
    def gallery(self) -> tuple[Shown, ...]:
        """The most doubtful samples."""
        found = self.review.suspects if self.review else ()
        return tuple(
            Shown(
                file=suspect.file,
                caption=self._caption(suspect),
                thumbnail=self._thumbnail(row),
                text=self._snippets.get(row, ""),
            )
            for row, suspect in enumerate(found)
        )

    def _caption(self, suspect: Suspect) -> str:
        decision = self._decision(suspect)
        if decision is None:
            text = self.tr("{label}, looks like {suggested}")
        else:
            text = self.tr("{label} → {new}") if decision.label else self.tr("{label}, set aside")
        new = decision.label if decision else ""
        return text.format(label=suspect.label, suggested=suspect.suggested, new=new)

    def _decision(self, suspect: Suspect) -> Correction | None:
        found = self._corrections.of(suspect.file)
        return found if found is not None and found.digest == suspect.digest else None

    def _correct(self, label: str) -> None:
        suspect = self.suspect
        if suspect is None:
            return
        known = self._decision(suspect)
        if known is not None and known.label == label:
            return
        if label == suspect.label:  # as it was
            self.undo()
            return
        decision = Correction(path=suspect.file, digest=suspect.digest, label=label)
        self._keep(self._decided().after(decision))

    def _keep(self, corrections: Corrections) -> None:
        try:
            write_corrections(self._home.corrections, corrections)
        except TlguiError as error:
            self.failure = failure_of_error(error)
        else:
            self._corrections = corrections
        self.announce_now()

    def _take(self, review: Review | None) -> None:
        self.review, self.chosen = review, None
        self._corrections = self._decided()
        self._snippets = read_snippets(self.run.review) if self.run and review else {}

    def _decided(self) -> Corrections:
        """Return what is decided by now: other pages and windows decide too."""
        source = self.review.source if self.review else ""
        try:
            return read_corrections(self._home.corrections, source)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            return self._corrections

    def _let_go(self) -> None:
        """Leave a job that still runs to itself: it is about another run."""
        self.failure = self.progress = None
        if self.is_busy:
            self._forget_job()
            self.job_ended.emit()

    def _thumbnail(self, row: int) -> str:
        path = self.run.review / "thumbnails" / f"{row}.jpg" if self.run else Path()
        return str(path) if path.is_file() else ""
