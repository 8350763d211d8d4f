"""What can be tried out on the plan page before anything is trained."""

from PySide6.QtCore import QObject, Slot

from tlgui.core.run_folder import RunFolder
from tlgui.viewmodels.augmentation_preview import AugmentationPreviewViewModel, wish_of
from tlgui.viewmodels.dataset import DatasetViewModel
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.range_test import RangeTestViewModel, rate_text


class TrialsViewModel(QObject):
    """Keeps the trials at the plan on the page, and takes what comes of them into it."""

    def __init__(
        self,
        plan: PlanViewModel,
        dataset: DatasetViewModel,
        preview: AugmentationPreviewViewModel,
        rates: RangeTestViewModel,
    ) -> None:
        super().__init__()
        self.plan, self.preview, self.rates = plan, preview, rates
        self._dataset = dataset
        self._file = ""  # dataset.json of the data that the plan is for
        plan.opened.connect(self._on_plan_opened)
        plan.changed.connect(self._on_plan_changed)
        plan.run_created.connect(self._on_run_created)
        rates.rate_chosen.connect(self._on_rate_chosen)

    @property
    def are_possible(self) -> bool:
        """Whether there is a plan to try, and a computer that is not busy with a run."""
        return bool(self._file) and self.plan.plan is not None and not self.plan.is_blocked

    def show_pictures(self) -> None:
        """Show how the plan varies pictures."""
        if self.are_possible:
            self.preview.open()

    def find_rate(self) -> None:
        """Try rates for the plan as it is on the page."""
        plan = self.plan.plan
        if self.are_possible and plan is not None:
            self.rates.start(self._file, plan)

    def close(self) -> None:
        """Let the engines go: what comes now needs the computer more."""
        self.preview.close()
        self.rates.stop()

    @Slot()
    def _on_plan_opened(self) -> None:
        finished = self._dataset.finished
        file = finished.dataset if finished else ""
        if file != self._file:
            self._file = file
            self.preview.close()
            self.rates.reset()
        self._on_plan_changed()

    @Slot()
    def _on_plan_changed(self) -> None:
        plan, info = self.plan.plan, self.plan.info
        if not self.are_possible or plan is None or info is None:
            return  # a value that is being typed shall not take away what is looked at
        self.preview.follow(wish_of(self._file, plan) if info.task == "image" else None)
        self.rates.follow(plan)

    @Slot(object)
    def _on_run_created(self, _run: RunFolder) -> None:
        self.close()

    @Slot(float)
    def _on_rate_chosen(self, rate: float) -> None:
        self.plan.change_setting("learning_rate", rate_text(rate))
