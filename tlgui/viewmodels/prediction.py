"""Using a model: files in, answers out, as a table and as sorted copies."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from tlgui.core import durable
from tlgui.core.dataset import Modality, Problem
from tlgui.core.errors import TlguiError
from tlgui.core.events import (
    CopiesFinished,
    Event,
    JobCancelled,
    PredictionFinished,
    ProblemFound,
    SamplePredicted,
)
from tlgui.core.job import PredictJob, SortJob
from tlgui.core.prediction_words import copies_sentence
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.core.wording import problem_sentence
from tlgui.viewmodels.answer_detail import AnswerDetailViewModel
from tlgui.viewmodels.answer_list import AnswerList
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

PASTED: Final = "pasted.png"
MAX_PROBLEMS: Final = 3  # that are told one by one


class PredictionViewModel(JobViewModel):
    """Lets the model of one run sort files and collects its answers.

    Attributes:
        run: Whose model answers.
        modality: What it sorts.
        list: The answers so far, and which of them are shown.
        detail: The one of them that is looked at closely.
        problems: The first files without an answer, or without a copy.
        finished: How it ended; None until then.
        is_stopped: Whether a person stopped it before the end.
        saved_to: Where the table was saved, "" as long as it was not.
        copies: What the sorted copies came to; None as long as there are none.
        note: What a person should know who wanted something that cannot be, or "".
    """

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.detail = AnswerDetailViewModel()
        self.list = AnswerList()
        self.problems: tuple[Problem, ...] = ()
        self._num_problems = 0
        self.finished: PredictionFinished | None = None
        self.is_stopped = False
        self.copies: CopiesFinished | None = None
        self._copies_to = self.saved_to = self.note = ""

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Use this run's model from now on."""
        if run == self.run:
            return
        self.cancel()
        self.modality = modality
        self.run = run
        self.detail.open_run(run, modality)
        self._reset()
        self.announce_now()

    def predict(self, files: Sequence[str]) -> None:
        """Sort files; folders are searched for what the model knows."""
        if self.run is not None and files:
            self._predict(free_name(self._home.jobs, "predict"), files)

    def predict_pasted(self, png: bytes) -> None:
        """Sort a picture that was copied in another program."""
        if self.run is None:
            return
        folder = free_name(self._home.jobs, "predict")
        try:
            durable.make_folder(folder)
            durable.replace_file(folder / PASTED, png)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
        else:
            self._predict(folder, [str(folder / PASTED)])

    def tell_nothing_to_paste(self) -> None:
        """Say that what was copied last is nothing that this model sorts."""
        self.note = (
            self.tr("Nothing to paste: copy a text first.")
            if self.modality == "text"
            else self.tr("Nothing to paste: copy a picture, or picture files, first.")
        )
        self.announce_now()

    def choose_filter(self, key: str) -> None:
        """Show only some of the answers."""
        self.list.choose(key)
        self.announce_now()

    def choose_answer(self, row: int) -> None:
        """Look closely at one of those that are shown; -1 for none."""
        self.detail.choose(self.list.shown[row] if 0 <= row < len(self.list.shown) else None)

    def save_table(self, path: str) -> None:
        """Copy the table of answers to a file of the user's choice."""
        if self.finished is None:
            return
        try:
            shutil.copyfile(self.finished.csv, path)
        except OSError as error:
            reason = error.strerror or str(error)
            wrapped = TlguiError("folder_not_writable", path=path, reason=reason)
            self.failure = failure_of_error(wrapped)
        else:
            self.failure, self.saved_to, self.copies = None, path, None
        self.announce_now()

    def sort_copies(self, parent: str) -> None:
        """Copy the files that were answered into a new folder with a folder per class."""
        if self.finished is None or self.run is None:
            return
        to = free_name(Path(parent), f"{self.run.path.name}-sorted")
        self.problems, self._num_problems = (), 0
        self.is_stopped, self.copies = False, None
        self._copies_to, self.saved_to = str(to), ""
        job = SortJob(
            folder=str(free_name(self._home.jobs, "sort")),
            requested_s=self.now(),
            csv=self.finished.csv,
            to=str(to),
        )
        self.start_job(job)

    def take_in(self, event: Event) -> None:
        """Fold one event of the prediction."""
        super().take_in(event)
        match event:
            case SamplePredicted():
                self.list.add(event)
            case ProblemFound():
                self._num_problems += 1
                self.problems = (*self.problems, event.problem)[:MAX_PROBLEMS]
            case PredictionFinished():
                self.finished = event
                if len(self.answers) == 1:  # there is nothing to choose between
                    self.detail.choose(self.answers[0])
            case CopiesFinished():
                self.copies = event
            case JobCancelled():
                self.is_stopped = True

    @property
    def answers(self) -> list[SamplePredicted]:
        """All answers so far; of very many only the first come one by one."""
        return self.list.answers

    @property
    def summary(self) -> str:
        """What came of it, in a sentence without long paths."""
        if self.saved_to:
            return self.tr("Saved as {name}").format(name=Path(self.saved_to).name)
        if self.copies is not None:
            return copies_sentence(replace(self.copies, folder=Path(self.copies.folder).name))
        if self.is_stopped:
            return self._stopped
        if self.finished is None:
            return ""
        text = self.tr("Sorted: {count:,}").format(count=self.finished.num_samples)
        if self.finished.num_unreadable:
            text += self.tr(" · could not be read: {count:,}").format(
                count=self.finished.num_unreadable
            )
        if self.finished.num_unfamiliar:
            text += self.tr(" · unlike anything it was trained on: {count:,}").format(
                count=self.finished.num_unfamiliar
            )
        if self.finished.num_samples > len(self.answers):
            text += self.tr(" · shown: the first {count:,}").format(count=len(self.answers))
        return text

    @property
    def place(self) -> str:
        """Where the latest of it was written, as a whole path; "" if nothing was."""
        return self.saved_to or self._copies_to

    @property
    def _stopped(self) -> str:
        if self._copies_to:
            text = self.tr("Stopped. The copies so far stay in {name}")
            return text.format(name=Path(self._copies_to).name)
        return self.tr("Stopped. There is no table of the answers so far.")

    @property
    def problem_note(self) -> str:
        """Which files have no answer or no copy, and why; "" if there are none."""
        if self.failure is not None:
            return ""  # which says it
        sentences = [problem_sentence(problem) for problem in self.problems]
        others = self._num_problems - len(sentences)
        if others:
            sentences.append(self.tr("And more: {count:,}.").format(count=others))
        return "\n".join(sentences)

    @property
    def suggested_name(self) -> str:
        """File name for the table."""
        return f"{Path(self.run.path).name}.csv" if self.run else "answers.csv"

    def _predict(self, folder: Path, files: Sequence[str]) -> None:
        self._reset()
        job = PredictJob(
            folder=str(folder),
            requested_s=self.now(),
            model=str(self.run.path) if self.run else "",
            files=tuple(files),
            has_thumbnails=True,
        )
        self.start_job(job)

    def _reset(self) -> None:
        self.list = AnswerList()
        self.detail.choose(None)
        self.problems, self._num_problems = (), 0
        self.finished, self.is_stopped = None, False
        self.copies = None
        self._copies_to = self.saved_to = self.note = ""
        self.failure = None
