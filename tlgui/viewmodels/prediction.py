"""Using a model: files in, a table of answers out."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.events import Event, PredictionFinished, SamplePredicted
from tlgui.core.job import PredictJob
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import failure_of_error
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel


class PredictionViewModel(JobViewModel):
    """Lets the model of one run sort files and collects its answers."""

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.answers: list[SamplePredicted] = []
        self.finished: PredictionFinished | None = None
        self.saved_to = ""

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Use this run's model from now on."""
        if run == self.run:
            return
        self.cancel()
        self.modality = modality
        self.run = run
        self._reset()
        self.announce_now()

    def predict(self, files: Sequence[str]) -> None:
        """Sort files; folders are searched for what the model knows."""
        if self.run is None or not files:
            return
        self._reset()
        job = PredictJob(
            folder=str(free_name(self._home.jobs, "predict")),
            requested_s=self.now(),
            model=str(self.run.path),
            files=tuple(files),
        )
        self.start_job(job)

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
            self.failure, self.saved_to = None, path
        self.announce_now()

    def take_in(self, event: Event) -> None:
        """Fold one event of the prediction."""
        super().take_in(event)
        if isinstance(event, SamplePredicted):
            self.answers.append(event)
        elif isinstance(event, PredictionFinished):
            self.finished = event

    @property
    def summary(self) -> str:
        """What came of it, in a sentence."""
        if self.saved_to:
            return self.tr("Saved to {path}").format(path=self.saved_to)
        if self.finished is None:
            return ""
        text = self.tr("Sorted: {count:,}").format(count=self.finished.num_samples)
        if self.finished.num_unreadable:
            text += self.tr(" · could not be read: {count:,}").format(
                count=self.finished.num_unreadable
            )
        return text

    @property
    def suggested_name(self) -> str:
        """File name for the table."""
        return f"{Path(self.run.path).name}.csv" if self.run else "answers.csv"

    def _reset(self) -> None:
        self.answers = []
        self.finished = None
        self.saved_to = ""
        self.failure = None
