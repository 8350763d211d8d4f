"""What can be saved of a run to hand it on: a report, a model card, a script."""

import time
from collections.abc import Callable
from typing import Final

from tlgui.core.energy_words import energy_basis, energy_line, energy_value
from tlgui.core.errors import TlguiError
from tlgui.core.events import DocumentWritten, Event
from tlgui.core.job import DocumentId, DocumentJob
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel

ENDS: Final[dict[DocumentId, str]] = {
    "report": "-report.html",
    "card": "-card.md",
    "script": "-train.py",
}


class DocumentsViewModel(JobViewModel):
    """Writes documents about one run, and knows what the run took.

    Attributes:
        written: The latest one.
        energy: What the run took, as short as can be; "" where nobody knows.
        energy_basis: The same at length.
    """

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.run: RunFolder | None = None
        self.written: DocumentWritten | None = None
        self.energy = ""
        self.energy_basis = ""

    def open_run(self, run: RunFolder | None) -> None:
        """Write about this run from now on; None is no run."""
        self.cancel()
        self.run, self.written, self.failure = run, None, None
        self.energy = self.energy_basis = ""
        self._read_energy()
        self.announce_now()

    def save(self, document: DocumentId, file: str) -> None:
        """Write a document into a file."""
        if self.run is None:
            return
        self.written = None
        job = DocumentJob(
            folder=str(free_name(self._home.jobs, "document")),
            requested_s=self.now(),
            run=str(self.run.path),
            document=document,
            to=file,
        )
        self.start_job(job)

    def take_in(self, event: Event) -> None:
        """Fold one event of the job."""
        super().take_in(event)
        if isinstance(event, DocumentWritten):
            self.written = event

    def suggested_name(self, document: DocumentId) -> str:
        """Return a name for the file."""
        return f"{self.run.path.name if self.run else 'run'}{ENDS[document]}"

    @property
    def note(self) -> str:
        """What is being written, where it went, or what the run took."""
        if self.is_busy:
            return self.tr("Writing …")
        if self.written is not None:
            return self.tr("Saved: {file}").format(file=self.written.file)
        return self.energy

    def _read_energy(self) -> None:
        try:
            energy = self.run.read_energy() if self.run else None
        except TlguiError:
            return  # a line less, and nothing that a person could do about it
        if energy is not None:
            self.energy = energy_value(energy, is_short=True)
            self.energy_basis = f"{energy_line(energy)}. {energy_basis(energy)}"
