"""A look at a few samples in the background, so that the plan page can give advice."""

import time
from collections.abc import Callable

from PySide6.QtCore import Signal

from tlgui.core.events import AdviceReady, Event
from tlgui.core.facts import Facts
from tlgui.core.job import AdviseJob
from tlgui.core.plan import SplitPlan
from tlgui.core.run_folder import free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel


class AdvisingViewModel(JobViewModel):
    """Measures the models on one data set; without it the plan page works, but knows less.

    What goes wrong here is told nowhere: whoever trains meets it again, and then it matters.
    """

    facts_found = Signal(object)  # Facts

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.dataset = ""  # path of the dataset.json that is or was looked at
        self.facts: Facts | None = None

    def look(self, dataset: str, split: SplitPlan, seed: int = 0) -> None:
        """Look at a data set, unless that has been done.

        Args:
            dataset: Path of its ``dataset.json``.
            split: How its samples would be dealt now.
            seed: Likewise.
        """
        # Another way to deal is no reason to look again: it would cost seconds at every change,
        # and what is found, a pace and how near the kinds are, hardly depends on who was asked.
        # Nothing of a model is learned here, so that its test stays a test.
        if dataset == self.dataset:
            return
        self.dataset, self.facts = dataset, None
        job = AdviseJob(
            folder=str(free_name(self._home.jobs, "advise")),
            requested_s=self.now(),
            dataset=dataset,
            split=split,
            seed=seed,
        )
        self.start_job(job)

    def close(self) -> None:
        """Let the engine go: what comes now needs the computer more."""
        if not self.is_busy:
            return
        self.dataset = ""
        self._forget_job()
        self.announce_now()
        self.job_ended.emit()

    def take_in(self, event: Event) -> None:
        """Fold one event of the job."""
        super().take_in(event)
        if isinstance(event, AdviceReady):
            self.facts = event.facts
            self.facts_found.emit(event.facts)
