"""The data page: one folder or table being looked through, and what was found."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal

from tlgui.core.corrections import Corrections, write_corrections
from tlgui.core.dataset import Modality, Problem
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    Event,
    JobCancelled,
    ProblemFound,
    RunFailed,
    ScanFinished,
    SnippetReady,
    ThumbnailReady,
)
from tlgui.core.job import ScanJob
from tlgui.core.run_folder import free_name
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence, problem_sentence
from tlgui.viewmodels.dataset_words import group_question, problem_summary
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel
from tlgui.viewmodels.samples import samples_word
from tlgui.viewmodels.snippets import Snippets
from tlgui.viewmodels.text_words import facts_line, typical_sentence

TABLES: Final = (".csv", ".tsv", ".xlsx", ".jsonl")
DECISIONS: Final = ("set_aside", "relabeled")  # what a person has decided is no problem


class DatasetViewModel(JobViewModel):
    """Scans a source and collects samples, counts and problems as they come.

    Attributes:
        tokens_read: Tokens of a text that the usual model reads; 0 is all of them.
        columns: Names of the table's columns, () where there is nothing to choose.
        text_column: The chosen one, "" while it is left to the scan.
        label_column: Likewise.
    """

    opened = Signal()
    accepted = Signal()

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.tokens_read = 0
        self.columns: tuple[str, ...] = ()
        self.text_column = self.label_column = ""
        self._reset("")

    def open_source(self, source: str) -> None:
        """Look through a folder, or a table of labels."""
        self._reset(source)
        self._scan()
        self.opened.emit()

    def choose_columns(self, text_column: str, label_column: str) -> None:
        """Look through the table again: texts are in one column, their labels in another."""
        chosen = (text_column, label_column)
        if not self.columns or chosen == (self.text_column, self.label_column):
            return
        columns = self.columns
        self._reset(self.source)
        self.columns, (self.text_column, self.label_column) = columns, chosen
        self._scan()

    def search(self, query: str) -> None:
        """Show only the texts that contain something."""
        self.snippets.search(query, self.snippets.class_name)
        self.announce_now()

    def choose_class(self, name: str) -> None:
        """Show only the texts of a class and what is typical of it; a second time shows all."""
        chosen = "" if name == self.snippets.class_name else name
        self.snippets.search(self.snippets.query, chosen)
        self.announce_now()

    def keep_together(self) -> None:
        """Answer the one question with yes: groups stay on one side of the split."""
        if self.dataset is not None:
            self.group_by = self.dataset.suggested_group
            self.announce_now()

    def take_back(self) -> None:
        """Look through the data as it lies there, without what was decided about samples."""
        source = self.dataset.source if self.dataset else self.source
        try:
            write_corrections(self._home.corrections, Corrections(source=source))
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
        else:
            self.scan_again()

    def scan_again(self) -> None:
        """Look through the same source again, by the columns that are chosen."""
        columns, chosen = self.columns, (self.text_column, self.label_column)
        self._reset(self.source)
        self.columns, (self.text_column, self.label_column) = columns, chosen
        self._scan()
        self.opened.emit()

    def accept(self) -> None:
        """Go on with this data."""
        if self.is_usable:
            self.accepted.emit()

    def take_in(self, event: Event) -> None:
        """Fold one event of the scan."""
        super().take_in(event)
        match event:
            case ThumbnailReady():
                self.thumbnails.append(event)
            case SnippetReady():
                self.snippets.add(event)
            case ProblemFound():
                is_own = event.problem.code in DECISIONS
                (self.decided if is_own else self.problems).append(event.problem)
            case ScanFinished():
                self._finish(event)
            case RunFailed():
                self._learn_columns(event)
            case JobCancelled():
                self.is_cancelled = True

    @property
    def modality(self) -> Modality | None:
        """What the samples are, once that is known."""
        if self.finished is not None:
            return self.finished.modality
        if self.snippets.all:
            return "text"
        return "image" if self.thumbnails else None

    @property
    def samples(self) -> str:
        """What the samples are called."""
        return samples_word(self.modality)

    @property
    def name(self) -> str:
        """Name of the source, for people."""
        path = Path(self.source)
        return path.stem if path.suffix.lower() in TABLES else path.name

    @property
    def title(self) -> str:
        """The page's finding in a few words."""
        if self.finished and not self.is_usable:
            return self.tr("{name} needs a change first").format(name=self.name)
        return self.name

    @property
    def sub(self) -> str:
        """The sentence below the title."""
        if self.finished is not None:
            return self._blocker or self._count_sentence(self.finished)
        if self.failure is not None:
            return self.tr("Nothing in your folder was changed.")
        if self.is_cancelled:
            return self.tr("Stopped before everything was read. Nothing was changed.")
        return self.tr("Looking through {source}").format(source=self.source)

    @property
    def is_usable(self) -> bool:
        """Whether a model can be trained on this data as it is."""
        return self.finished is not None and self.finished.usable and self.dataset is not None

    @property
    def class_counts(self) -> tuple[tuple[str, int], ...]:
        """Each class and its number of samples, the most frequent first; () while it scans."""
        if self.finished is None:
            return ()
        counts = zip(self.finished.classes, self.finished.class_counts, strict=True)
        return tuple(sorted(counts, key=lambda item: (-item[1], item[0])))

    @property
    def problem_summary(self) -> str:
        """The problems in one line, the gravest first, or ""."""
        return problem_summary(self.problems, self.samples)

    @property
    def decisions(self) -> str:
        """What a person has decided about samples, or ""."""
        return " ".join(map(problem_sentence, self.decided))

    @property
    def question(self) -> str:
        """The one question about the data, or "" if there is none."""
        if self.dataset is None or self.group_by:
            return ""
        return group_question(self.dataset, self.samples)

    @property
    def found_sentence(self) -> str:
        """How many texts of how many are shown."""
        shown, known = len(self.snippets.found), len(self.snippets.all)
        if self.finished is not None and known < self.finished.num_samples:
            return self.tr("{shown:,} of the first {known:,} shown").format(
                shown=shown, known=known
            )
        return self.tr("{shown:,} of {known:,} shown").format(shown=shown, known=known)

    @property
    def facts(self) -> str:
        """Length and language of the texts, or ""."""
        facts = self.dataset.texts if self.dataset else None
        return facts_line(facts, self.tokens_read) if facts else ""

    @property
    def class_words(self) -> str:
        """What is typical of the chosen class, or how to choose one; "" where nothing is known."""
        name = self.snippets.class_name
        return typical_sentence(self.dataset, name) if self.dataset else ""

    def _reset(self, source: str) -> None:
        self.source = source
        self.thumbnails: list[ThumbnailReady] = []
        self.snippets = Snippets()
        self.problems: list[Problem] = []
        self.decided: list[Problem] = []
        self.finished: ScanFinished | None = None
        self.dataset: DatasetSummary | None = None
        self.is_cancelled = False
        self.group_by = ""
        self.columns = ()
        self.text_column = self.label_column = ""
        self._blocker = ""

    def _scan(self) -> None:
        job = ScanJob(
            folder=str(free_name(self._home.jobs, "scan")),
            requested_s=self.now(),
            source=self.source,
            text_column=self.text_column,
            label_column=self.label_column,
        )
        self.start_job(job)

    def _finish(self, event: ScanFinished) -> None:
        self.finished, self.dataset = event, event.summary
        if self.dataset is None:
            return
        self._take_columns(self.dataset)
        try:
            self.dataset.require_usable()
        except TlguiError as error:
            self._blocker = error_sentence(error.code, error.detail)

    def _take_columns(self, dataset: DatasetSummary) -> None:
        if dataset.modality == "text":
            self.columns = dataset.columns
            self.text_column, self.label_column = dataset.text_column, dataset.label_column

    def _learn_columns(self, event: RunFailed) -> None:
        """Take what there is to choose from a failure that is about columns."""
        if event.code == "column_missing":
            known = str(event.detail.get("known", "")).split(", ")
            self.columns = tuple(name for name in known if name)

    def _count_sentence(self, event: ScanFinished) -> str:
        found = event.num_samples + event.num_unreadable
        parts = [
            self.tr("{count:,} {samples} in {kinds} kinds").format(
                count=found, samples=self.samples, kinds=len(event.classes)
            )
        ]
        if event.num_unreadable:
            parts.append(self.tr("{count:,} can be used").format(count=event.num_samples))
        if event.num_ignored:
            parts.append(self.tr("{count:,} other files left out").format(count=event.num_ignored))
        return " · ".join(parts)
