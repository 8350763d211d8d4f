"""Where a person is on the way from a folder to a model, and where they can go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, get_args

from PySide6.QtCore import Slot

from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts
from tlgui.core.run_folder import RunFolder, open_run
from tlgui.viewmodels.advising import AdvisingViewModel
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.comparison import ComparisonViewModel
from tlgui.viewmodels.dataset import DatasetViewModel
from tlgui.viewmodels.documents import DocumentsViewModel
from tlgui.viewmodels.ensemble import EnsembleViewModel
from tlgui.viewmodels.evaluation import EvaluationViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.export import ExportViewModel
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.review import ReviewViewModel
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.runs import RunsViewModel
from tlgui.viewmodels.view_model import ViewModel

Stage = Literal["start", "data", "plan", "run", "result", "use"]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageViewModels:
    """The state behind every stage."""

    dataset: DatasetViewModel
    advising: AdvisingViewModel
    plan: PlanViewModel
    run: RunViewModel
    evaluation: EvaluationViewModel
    review: ReviewViewModel
    comparison: ComparisonViewModel
    ensemble: EnsembleViewModel
    prediction: PredictionViewModel
    answering: AnsweringViewModel
    explanation: ExplanationViewModel
    export: ExportViewModel
    documents: DocumentsViewModel


class JourneyViewModel(ViewModel):
    """Leads from stage to stage; every arrow of the journey is one method here."""

    def __init__(self, stages: StageViewModels, runs: RunsViewModel) -> None:
        super().__init__()
        self.dataset, self.plan, self.run = stages.dataset, stages.plan, stages.run
        self.evaluation, self.prediction = stages.evaluation, stages.prediction
        self.review, self.comparison = stages.review, stages.comparison
        self.ensemble = stages.ensemble
        self.answering, self.export = stages.answering, stages.export
        self.explanation, self.documents = stages.explanation, stages.documents
        self.advising = stages.advising
        self.dataset.tokens_read = self.plan.tokens_read("text")
        self.runs = runs
        self.stage: Stage = "start"
        self._trains_at_once = False
        self._jumps_to_result = False
        self._resumes_at_once = False
        self.dataset.changed.connect(self._on_dataset_changed)
        self.dataset.accepted.connect(self._on_dataset_accepted)
        self.advising.facts_found.connect(self._on_facts_found)
        self.advising.changed.connect(self._on_advising_changed)
        self.plan.run_created.connect(self._on_run_created)
        self.review.again_wanted.connect(self._on_again_wanted)
        self.ensemble.made.connect(self._on_ensemble_made)
        self.run.opened.connect(self._on_run_opened)
        self.run.changed.connect(self._on_run_changed)
        self.run.job_ended.connect(self._on_training_ended)
        self.run.moved.connect(self._on_training_ended)

    def go_to(self, stage: Stage) -> None:
        """Show a stage that can be reached."""
        if self.is_reachable(stage):
            self.evaluation.certainty.keep()  # what comes next may use it
            if stage == "result":
                self.review.read_decisions()
            self.stage = stage
            self._open_or_close_answering()
            self._hide_or_close_explanation()
            self.announce_now()

    def step_back(self) -> None:
        """End what Esc ends: an explanation that is looked at, or else a scan."""
        if self.explanation.is_open:
            self.explanation.hide()
        else:
            self.dataset.cancel()

    def is_reachable(self, stage: Stage) -> bool:
        """Whether there is anything to show on a stage."""
        return {
            "start": True,
            "data": bool(self.dataset.source),
            "plan": self.plan.dataset is not None,
            "run": self.run.run is not None or self.run.discarded is not None,
            "result": self.evaluation.run is not None,
            "use": self.evaluation.evaluation is not None,
        }[stage]

    def is_done(self, stage: Stage) -> bool:
        """Whether a stage lies behind the one on the screen."""
        return self.is_reachable(stage) and STAGES.index(stage) < STAGES.index(self.stage)

    def open_path(self, path: str) -> None:
        """Open what a path holds: a run, or else a folder or table to learn from."""
        try:
            self.open_run(open_run(Path(path)))
        except TlguiError:
            self.open_source(path)

    def open_source(self, source: str) -> None:
        """Look through a folder or a table."""
        self._trains_at_once = False
        self._scan(source)

    def open_example(self, source: str) -> None:
        """Look through the example and train on it without a further question."""
        self._trains_at_once = not self.run.is_busy
        self._scan(source)

    def open_run(self, run: RunFolder) -> None:
        """Show a run as it stands; its result, once it is read and has one."""
        self._jumps_to_result = True
        self.run.open_run(run)
        self.go_to("run")

    def continue_run(self, run: RunFolder) -> None:
        """Show a run that broke off, and go on with it."""
        self._resumes_at_once = True
        self.open_run(run)

    def take_drop(self, paths: Sequence[str]) -> None:
        """Take what was dropped on the window; where a model is used, it sorts them."""
        if not paths:
            return
        if self.stage == "use":
            self.prediction.predict(paths)
        else:
            self.open_path(paths[0])

    def see_result(self) -> None:
        """Show the result of the run on the screen."""
        self.go_to("result")

    def refresh_runs(self) -> None:
        """Read the recent runs again."""
        self.runs.refresh(self.run.training)

    def _scan(self, source: str) -> None:
        self.dataset.open_source(source)
        self.go_to("data")

    @Slot()
    def _on_dataset_changed(self) -> None:
        if self._trains_at_once and self.dataset.is_usable:
            self._trains_at_once = False
            self.dataset.accept()
            self.plan.train()
        finished = self.dataset.finished
        if finished is not None and self.dataset.is_usable and not self.run.is_busy:
            split, seed = self.plan.choices.dealing
            grouped = replace(split, group_by=self.dataset.group_by)
            self.advising.look(finished.dataset, grouped, seed)
        self.announce_now()

    @Slot()
    def _on_dataset_accepted(self) -> None:
        viewmodel = self.dataset
        if viewmodel.dataset is None:
            return
        self.plan.open_dataset(
            viewmodel.dataset,
            source=viewmodel.source,
            name=viewmodel.name,
            group_by=viewmodel.group_by,
        )
        if self.advising.facts is not None:
            self.plan.take_facts(self.advising.facts)
        self.go_to("plan")

    @Slot(object)
    def _on_facts_found(self, facts: Facts) -> None:
        if self.plan.dataset is not None and self.plan.dataset is self.dataset.dataset:
            self.plan.take_facts(facts)

    @Slot()
    def _on_advising_changed(self) -> None:
        self.plan.set_advising(self.advising.is_busy)

    @Slot(object)
    def _on_run_created(self, run: RunFolder) -> None:
        self._jumps_to_result = False
        self.advising.close()
        self.run.start(run)
        self.refresh_runs()
        self.go_to("run")

    @Slot(str)
    def _on_again_wanted(self, source: str) -> None:
        if source in (self.dataset.source, self._opened_source):
            self._trains_at_once = False
            self.dataset.scan_again()
            self.go_to("data")
        else:
            self.open_source(source)

    @Slot(object)
    def _on_ensemble_made(self, run: RunFolder) -> None:
        self.refresh_runs()
        if self.stage == "result":  # else a person is about something else by now
            self.open_run(run)

    @property
    def _opened_source(self) -> str:
        return self.dataset.dataset.source if self.dataset.dataset else ""

    @Slot()
    def _on_run_opened(self) -> None:
        self._take_result()
        jumps, self._jumps_to_result = self._jumps_to_result, False
        if jumps and self.run.has_result:
            self.go_to("result")
        resumes, self._resumes_at_once = self._resumes_at_once, False
        if resumes and self.run.can_resume:
            self.run.resume()

    @Slot()
    def _on_run_changed(self) -> None:
        self.plan.set_blocked(self.run.is_busy)
        if self.run.has_result and self.evaluation.run != self.run.run:
            self._take_result()  # on disk a moment before the engine is gone
        if self.stage == "result" and self.run.discarded is not None:
            self.stage = "run"
        self._open_or_close_answering()
        self.announce()

    @Slot()
    def _on_training_ended(self) -> None:
        self._take_result()
        self.refresh_runs()

    def _take_result(self) -> None:
        run = self.run.run
        if run is None or not self.run.has_result:
            self.evaluation.clear()
            self.explanation.close()
            self.review.clear()  # the next run may get the name of one that was discarded
            self.comparison.clear()
            self.ensemble.open_run(None)
            self.documents.open_run(None)
        elif run != self.evaluation.run:
            self.evaluation.open_run(run)
            self.review.open_run(run, self.evaluation.modality)
            self.comparison.open_run(run, self.evaluation.modality)
            self.ensemble.open_run(run)
            self.documents.open_run(run)
            if self.evaluation.lens == "comparison":
                self.comparison.look_for_others()
            self.prediction.open_run(run, self.evaluation.modality)
            self.export.open_run(run, self.evaluation.modality)
            self.explanation.open_run(run, self.evaluation.modality)
        self._open_or_close_answering()
        self.announce_now()

    def _hide_or_close_explanation(self) -> None:
        """Keep a model loaded only while one of the pages that ask it is on the screen."""
        if self.stage in ("result", "use"):
            self.explanation.hide()
        else:
            self.explanation.close()

    def _open_or_close_answering(self) -> None:
        """Keep a model of texts loaded only while its page is on the screen."""
        run = self.prediction.run
        is_wanted = self.stage == "use" and self.prediction.modality == "text"
        if is_wanted and run is not None and not self.run.is_busy:
            self.answering.open(run)
        else:
            self.answering.close()
