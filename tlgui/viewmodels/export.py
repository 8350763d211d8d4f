"""Exporting a model: one bundle, proven in a fresh process."""

import time
from collections.abc import Callable
from pathlib import Path

from tlgui.core.dataset import Modality
from tlgui.core.events import Event, ExportFinished
from tlgui.core.export_formats import EXPORT_FORMATS, Quantization, formats_for
from tlgui.core.export_words import (
    FORMAT_WORDS,
    QUANTIZATION_WORDS,
    FormatWords,
    cost_sentence,
)
from tlgui.core.job import ExportJob
from tlgui.core.run_folder import RunFolder, free_name
from tlgui.core.settings import Home
from tlgui.core.wording import size
from tlgui.viewmodels.job_view_model import JobStarter, JobViewModel
from tlgui.viewmodels.samples import samples_word


class ExportViewModel(JobViewModel):
    """Writes the model of one run in one format."""

    def __init__(
        self, engines: JobStarter, home: Home, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(engines, clock)
        self._home = home
        self.run: RunFolder | None = None
        self.modality: Modality = "image"
        self.format = "keras"
        self.quantize: Quantization = ""
        self.finished: ExportFinished | None = None

    def open_run(self, run: RunFolder, modality: Modality) -> None:
        """Export this run's model from now on."""
        if run == self.run:
            return
        self.cancel()
        self.modality = modality
        self.run, self.finished, self.failure = run, None, None
        if self.format not in dict(self.formats):
            self.format = "keras"
        self._keep_possible()
        self.announce_now()

    def choose_format(self, name: str) -> None:
        """Export in this format."""
        self.format = name
        self._keep_possible()
        self.announce_now()

    def choose_quantization(self, name: Quantization) -> None:
        """Store the weights like this."""
        self.quantize = name
        self.announce_now()

    @property
    def formats(self) -> tuple[tuple[str, FormatWords], ...]:
        """The formats that there are for what the model sorts, and their words."""
        return tuple((f.id, FORMAT_WORDS[f.id]) for f in formats_for(self.modality))

    @property
    def storages(self) -> tuple[tuple[Quantization, FormatWords], ...]:
        """How the chosen format can store weights, and the words for it."""
        known = EXPORT_FORMATS[self.format].quantizations(self.modality)
        return tuple((name, QUANTIZATION_WORDS[name]) for name in known)

    @property
    def format_words(self) -> FormatWords:
        """What the chosen format is."""
        return FORMAT_WORDS[self.format]

    @property
    def storage_words(self) -> FormatWords:
        """How weights will be stored."""
        return QUANTIZATION_WORDS[self.quantize]

    def export(self, parent_folder: str) -> None:
        """Write the bundle into a new folder inside the given one."""
        if self.run is None:
            return
        self.finished = None
        parts = (self.run.path.name, self.format, self.quantize)
        target = free_name(Path(parent_folder), "-".join(filter(None, parts)))
        job = ExportJob(
            folder=str(free_name(self._home.jobs, "export")),
            requested_s=self.now(),
            run=str(self.run.path),
            format=self.format,
            to=str(target),
            quantize=self.quantize,
        )
        self.start_job(job)

    def take_in(self, event: Event) -> None:
        """Fold one event of the export."""
        super().take_in(event)
        if isinstance(event, ExportFinished):
            self.finished = event

    @property
    def result(self) -> str:
        """What was proven about the bundle."""
        if self.finished is None:
            return ""
        total = self.finished.num_samples
        return self.tr(
            "The exported model gave the same answer for {same:,} of {total:,} test {samples}."
        ).format(
            same=round(self.finished.label_agreement * total),
            total=total,
            samples=samples_word(self.modality),
        )

    @property
    def cost(self) -> str:
        """What smaller weights cost and bring."""
        return cost_sentence(self.finished) if self.finished else ""

    @property
    def result_note(self) -> str:
        """Size and closeness of the bundle."""
        if self.finished is None:
            return ""
        return self.tr("{size} · largest difference of a probability {difference:.1g}").format(
            size=size(self.finished.num_bytes),
            difference=self.finished.max_probability_difference,
        )

    def _keep_possible(self) -> None:
        if self.quantize not in dict(self.storages):
            self.quantize = ""
