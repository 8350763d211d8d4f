"""The data page: one folder or table being looked through, and what was found."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from tlgui.core.dataset import PROBLEMS, Dataset, Problem, dataset_from_json
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, JobCancelled, ProblemFound, ScanFinished, ThumbnailReady
from tlgui.core.job import ScanJob
from tlgui.core.run_folder import free_name
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel


class DatasetViewModel(JobViewModel):
    """Scans a source and collects thumbnails, counts and problems as they come."""

    opened = Signal()
    accepted = Signal()

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self._reset("")

    def open_source(self, source: str) -> None:
        """Look through a folder, or a table of labels."""
        self._reset(source)
        job_folder = free_name(self._home.jobs, "scan")
        job = ScanJob(folder=str(job_folder), requested_s=self.now(), source=source)
        self.start_job(job)
        self.opened.emit()

    def keep_together(self) -> None:
        """Answer the one question with yes: groups stay on one side of the split."""
        if self.dataset is not None:
            self.group_by = self.dataset.suggested_group
            self.announce_now()

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
            case ProblemFound():
                self.problems.append(event.problem)
            case ScanFinished():
                self._finish(event)
            case JobCancelled():
                self.is_cancelled = True

    @property
    def name(self) -> str:
        """Name of the source, for people."""
        path = Path(self.source)
        return path.stem if path.suffix.lower() in (".csv", ".tsv") else path.name

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
        counts: Counter[str] = Counter()
        for problem in self.problems:
            counts[problem.code] += 1
        codes = sorted(counts, key=lambda code: (not PROBLEMS.get(code, False), code))
        words = self._problem_words()
        text = " · ".join(words[c].format(count=counts[c]) for c in codes if c in words)
        return text[:1].upper() + text[1:]

    @property
    def question(self) -> str:
        """The one question about the data, or "" if there is none."""
        if self.dataset is None or not self.dataset.suggested_group or self.group_by:
            return ""
        kind, _, rest = self.dataset.suggested_group.partition(":")
        if kind == "folder":
            return self.tr("Pictures lie in subfolders. Keep each together when testing?")
        if kind == "column":
            return self.tr("Keep pictures with the same {name} together when testing?").format(
                name=rest
            )
        return self.tr(
            "File names begin alike, such as {example}. "
            "Keep pictures with the same beginning together when testing?"
        ).format(example=self._prefix_example(rest))

    def _reset(self, source: str) -> None:
        self.source = source
        self.thumbnails: list[ThumbnailReady] = []
        self.problems: list[Problem] = []
        self.finished: ScanFinished | None = None
        self.dataset: Dataset | None = None
        self.is_cancelled = False
        self.group_by = ""
        self._blocker = ""

    def _finish(self, event: ScanFinished) -> None:
        self.finished = event
        try:
            text = Path(event.dataset).read_text(encoding="utf-8")
            self.dataset = dataset_from_json(text)
            self.dataset.require_usable()
        except (OSError, ValueError, KeyError, TypeError) as error:
            damaged = TlguiError("file_damaged", path=event.dataset, reason=str(error))
            self.failure = failure_of_error(damaged)
        except TlguiError as error:
            self._blocker = error_sentence(error.code, error.detail)

    def _count_sentence(self, event: ScanFinished) -> str:
        found = event.num_samples + event.num_unreadable
        parts = [
            self.tr("{count:,} pictures in {kinds} kinds").format(
                count=found, kinds=len(event.classes)
            )
        ]
        if event.num_unreadable:
            parts.append(self.tr("{count:,} can be used").format(count=event.num_samples))
        if event.num_ignored:
            parts.append(self.tr("{count:,} other files left out").format(count=event.num_ignored))
        return " · ".join(parts)

    def _problem_words(self) -> dict[str, str]:
        return {
            "class_empty": self.tr("kinds without pictures: {count}"),
            "class_too_small": self.tr("kinds with too few pictures: {count}"),
            "duplicates": self.tr("pictures with exact copies: {count}"),
            "duplicates_in_two_classes": self.tr("pictures in more than one kind: {count}"),
            "file_unreadable": self.tr("unreadable files: {count}"),
            "first_frame_only": self.tr("files with several frames: {count}"),
            "label_missing": self.tr("files without a label: {count}"),
            "split_missing": self.tr("missing parts: {count}"),
        }

    def _prefix_example(self, separator: str) -> str:
        samples = self.dataset.samples if self.dataset else ()
        groups = list(dict.fromkeys(s.group or _beginning(s.path, separator) for s in samples))
        return ", ".join(f"“{group}”" for group in groups[:2])


def _beginning(path: str, separator: str) -> str:
    name = Path(path).stem
    for mark in (separator,) if separator else ("_", "-", " ", "."):
        if mark in name:
            return name.partition(mark)[0] + mark
    return name
