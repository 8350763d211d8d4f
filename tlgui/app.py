"""The composition root of the window: builds everything, connects everything, owns shutdown."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from tlgui.core.catalog import PresetInfo, preset_folder, read_catalog
from tlgui.core.dataset import Modality
from tlgui.core.errors import NOT_USABLE
from tlgui.core.imported import with_imported
from tlgui.core.settings import (
    Home,
    application_home,
    model_folders,
    read_settings,
    resources_folder,
)
from tlgui.core.wording import SAMPLES
from tlgui.gui.dialogs import Dialogs
from tlgui.gui.garbage import GarbageCollector
from tlgui.gui.main_window import MainWindow, WindowViewModels
from tlgui.gui.theme import Theme
from tlgui.jobs.standby import Engines
from tlgui.viewmodels.advising import AdvisingViewModel
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.appearance import AppearanceViewModel
from tlgui.viewmodels.augmentation_preview import AugmentationPreviewViewModel
from tlgui.viewmodels.comparison import ComparisonViewModel
from tlgui.viewmodels.dataset import DatasetViewModel
from tlgui.viewmodels.device import DeviceViewModel
from tlgui.viewmodels.documents import DocumentsViewModel
from tlgui.viewmodels.ensemble import EnsembleViewModel
from tlgui.viewmodels.evaluation import EvaluationViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.export import ExportViewModel
from tlgui.viewmodels.journey import JourneyViewModel, StageViewModels
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.range_test import RangeTestViewModel
from tlgui.viewmodels.review import ReviewViewModel
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.runs import RunsViewModel
from tlgui.viewmodels.shutdown import ShutdownViewModel
from tlgui.viewmodels.trials import TrialsViewModel

MODALITIES: Final[tuple[Modality, ...]] = get_args(Modality)
PREPARE_AFTER_MS = 300  # the window is on the screen and has answered its first events
ENGINE_AFTER_MS = 100


class Desk(QObject):
    """Everything behind one window, and its way to the end."""

    def __init__(
        self, application: QApplication, home: Home, engines: Engines, dialogs: Dialogs
    ) -> None:
        super().__init__()
        self._application = application
        self.engines = engines
        resources = resources_folder()
        self.examples = {modality: example_source(modality) for modality in MODALITIES}
        settings = read_settings(home.settings)
        self.appearance = AppearanceViewModel(settings, home.settings)
        self.theme = Theme(application, settings.theme)
        self.device = DeviceViewModel()
        self.journey = _journey(engines, home, _presets(resources, home))
        self.trials = TrialsViewModel(
            self.journey.plan,
            self.journey.dataset,
            AugmentationPreviewViewModel(engines, home),
            RangeTestViewModel(engines, home),
        )
        self.shutdown = _shutdown(self.journey, self.trials)
        viewmodels = WindowViewModels(
            journey=self.journey,
            trials=self.trials,
            device=self.device,
            appearance=self.appearance,
            shutdown=self.shutdown,
        )
        self.window = MainWindow(viewmodels, self.theme, dialogs, self.examples)
        self._connect()

    def open(self, argv: Sequence[str]) -> None:
        """Show the window and do what the command line says: an example, a folder, a run."""
        self.window.show()
        self.journey.refresh_runs()
        if list(argv[:1]) == ["--example"]:
            self.journey.open_example(self.examples["image"])
        elif argv:
            self.journey.open_path(str(Path(argv[0]).absolute()))
        QTimer.singleShot(ENGINE_AFTER_MS, self, self._warm_up)
        QTimer.singleShot(PREPARE_AFTER_MS, self.window, self.window.prepare_pages)

    def _connect(self) -> None:
        self.appearance.theme_chosen.connect(self.theme.choose)
        self.engines.device_reported.connect(self.device.on_device_reported)
        # a run that starts before any engine is warm is the first to know the device
        self.journey.run.device_reported.connect(self.device.on_device_reported)
        journey = self.journey
        trials = (journey.advising, self.trials.preview, self.trials.rates)
        results = (journey.review, journey.ensemble, journey.prediction, journey.export)
        loose = (journey.answering, journey.explanation, journey.documents)
        for job in (journey.run, *trials, *results, *loose):
            job.job_ended.connect(self._warm_up)
        self.shutdown.closed.connect(self._on_closed)

    @Slot()
    def _warm_up(self) -> None:
        # a run needs the computer more than whatever comes after it
        if self.shutdown.step not in ("waiting", "closed") and not self.journey.run.is_busy:
            self.engines.warm_up()

    @Slot()
    def _on_closed(self) -> None:
        self.journey.evaluation.certainty.keep()
        self.window.close()
        self._application.quit()


def main(argv: Sequence[str]) -> int:
    """Open the window and return the exit code once it is closed.

    Args:
        argv: Nothing, ``--example``, a folder of pictures or texts, a table, or a run folder.
    """
    if not _has_display():
        sys.stderr.write("No window can be opened here: there is no display. See tlgui --help.\n")
        return NOT_USABLE
    application = QApplication([sys.argv[0]])
    application.setApplicationName("tlgui")
    application.setWindowIcon(QIcon(str(resources_folder() / "icons" / "tlgui.svg")))
    # a hidden window may still be saving; Desk ends the program
    application.setQuitOnLastWindowClosed(False)
    home = application_home(os.environ)
    engines = Engines(home)
    desk = Desk(application, home, engines, Dialogs())
    desk.window.prepared.connect(GarbageCollector(desk.window).start)
    desk.open(argv)
    try:
        return application.exec()
    finally:
        engines.shut_down()


def _has_display() -> bool:
    """Whether Qt can open a window; without a display it would abort the process."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def example_source(modality: Modality) -> str:
    """Return the folder of the example of a modality, "" where none is installed."""
    folder = resources_folder() / "examples" / SAMPLES[modality]
    return str(folder) if folder.is_dir() else ""


def _journey(engines: Engines, home: Home, presets: dict[str, PresetInfo]) -> JourneyViewModel:
    stages = StageViewModels(
        dataset=DatasetViewModel(engines, home),
        advising=AdvisingViewModel(engines, home),
        plan=PlanViewModel(presets, home),
        run=RunViewModel(engines, home),
        evaluation=EvaluationViewModel(),
        review=ReviewViewModel(engines, home),
        comparison=ComparisonViewModel(presets, home),
        ensemble=EnsembleViewModel(engines, home),
        prediction=PredictionViewModel(engines, home),
        answering=AnsweringViewModel(engines, home),
        explanation=ExplanationViewModel(engines, home),
        export=ExportViewModel(engines, home),
        documents=DocumentsViewModel(engines, home),
    )
    return JourneyViewModel(stages, RunsViewModel(home))


def _shutdown(journey: JourneyViewModel, trials: TrialsViewModel) -> ShutdownViewModel:
    results = (journey.review, journey.ensemble, journey.prediction, journey.export)
    loose = (journey.answering, journey.explanation, journey.advising, trials)
    stages = (journey.dataset, *results, journey.documents)
    return ShutdownViewModel(journey.run, stages, loose)


def _presets(resources: Path, home: Home) -> dict[str, PresetInfo]:
    """Return the presets whose files are on this computer."""
    try:
        catalog = read_catalog(resources / "models.toml")
    except (OSError, ValueError):
        return {}  # the plan page says that there is no model
    search_path = model_folders(home, resources, os.environ)
    known = with_imported(catalog, search_path[1:])
    return {k: v for k, v in known.items() if preset_folder(v, search_path) is not None}
