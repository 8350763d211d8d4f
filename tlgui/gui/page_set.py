"""The pages, each built when it is first needed, and what their wishes lead to."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from tlgui.core.dataset import Modality
from tlgui.gui.path_chooser import PathChooser
from tlgui.gui.theme import Theme
from tlgui.gui.widgets.drop_area import DropArea
from tlgui.viewmodels.device import DeviceViewModel
from tlgui.viewmodels.journey import STAGES, JourneyViewModel, Stage
from tlgui.viewmodels.trials import TrialsViewModel


class PageSet(QStackedWidget):
    """Shows the page of one stage at a time.

    The run page alone costs more to load than the rest of the window, so no page is imported
    before it is shown or ``prepare`` finds the time.
    """

    help_wanted = Signal(str)  # strategy

    def __init__(
        self,
        journey: JourneyViewModel,
        device: DeviceViewModel,
        trials: TrialsViewModel,
        theme: Theme,
        chooser: PathChooser,
        examples: Mapping[Modality, str],
    ) -> None:
        super().__init__()
        self._journey = journey
        self._device = device
        self._trials = trials
        self._theme = theme
        self._chooser = chooser
        self._examples = examples
        self._pages: dict[Stage, QWidget] = {}
        self._builders: dict[Stage, Callable[[], QWidget]] = {
            "start": self._build_start,
            "data": self._build_data,
            "plan": self._build_plan,
            "run": self._build_run,
            "result": self._build_result,
            "use": self._build_use,
        }

    def page(self, stage: Stage) -> QWidget:
        """Return the page of a stage."""
        if stage not in self._pages:
            page = self._builders[stage]()
            self._pages[stage] = page
            self.addWidget(_scrolling(page))
        return self._pages[stage]

    def show_stage(self, stage: Stage) -> None:
        """Show the page of a stage and put the keyboard there."""
        page = self.page(stage)
        index = list(self._pages).index(stage)
        if self.currentIndex() != index or self.focusWidget() is None:
            self.setCurrentIndex(index)
            page.setFocus()

    def show_hover(self, is_hovered: bool) -> None:
        """Show whether something is about to be dropped."""
        for area in self.findChildren(DropArea):
            area.show_hover(is_hovered)

    def prepare_next(self) -> bool:
        """Build one page that is not there yet; False if there is none."""
        missing = [stage for stage in STAGES if stage not in self._pages]
        if missing:
            self.page(missing[0])
        return len(missing) > 1

    def _build_start(self) -> QWidget:
        from tlgui.gui.pages.start_page import StartPage

        page = StartPage(self._device, self._journey.runs, self._theme, self._examples)
        page.run_wanted.connect(self._journey.continue_run)
        page.example_chosen.connect(self._journey.open_example)
        page.folder_wanted.connect(self._chooser.open_folder)
        page.table_wanted.connect(self._chooser.open_table)
        return page

    def _build_data(self) -> QWidget:
        from tlgui.gui.pages.data_page import DataPage

        page = DataPage(self._journey.dataset, self._theme)
        page.folder_wanted.connect(self._chooser.open_folder)
        return page

    def _build_plan(self) -> QWidget:
        from tlgui.gui.pages.plan_page import PlanPage

        page = PlanPage(self._journey.plan, self._trials, self._theme)
        page.help_wanted.connect(self.help_wanted)
        page.folder_wanted.connect(self._chooser.folder_of_setting)
        return page

    def _build_run(self) -> QWidget:
        from tlgui.gui.pages.run_page import RunPage

        page = RunPage(self._journey.run, self._theme)
        page.result_wanted.connect(self._journey.see_result)
        page.plot.save_requested.connect(lambda: self._save_plot(page.plot.save))
        return page

    def _build_result(self) -> QWidget:
        from tlgui.gui.pages.result_page import ResultPage, ResultViewModels

        journey = self._journey
        others = ResultViewModels(
            review=journey.review,
            comparison=journey.comparison,
            ensemble=journey.ensemble,
            explanation=journey.explanation,
            documents=journey.documents,
        )
        page = ResultPage(journey.evaluation, others, self._theme)
        page.use_wanted.connect(lambda: self._journey.go_to("use"))
        page.documents.target_wanted.connect(self._chooser.save_document)
        return page

    def _build_use(self) -> QWidget:
        from tlgui.gui.pages.use_page import UsePage, UseViewModels

        page = UsePage(
            UseViewModels(
                prediction=self._journey.prediction,
                answering=self._journey.answering,
                explanation=self._journey.explanation,
                export=self._journey.export,
            ),
            self._theme,
        )
        page.panel.files_wanted.connect(self._chooser.predict_files)
        page.panel.folder_wanted.connect(self._chooser.predict_folder)
        page.panel.table_target_wanted.connect(self._chooser.save_table)
        page.panel.copies_folder_wanted.connect(self._chooser.sort_copies)
        page.export.folder_wanted.connect(self._chooser.export)
        return page

    def _save_plot(self, save: Callable[[str], None]) -> None:
        target = self._chooser.plot_target()
        if target:
            save(target)


def _scrolling(page: QWidget) -> QScrollArea:
    """Return a frame in which a page scrolls where the screen is too small for it."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(page)
    return area
