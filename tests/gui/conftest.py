"""Real widgets offscreen, on view-models whose engines only remember what was asked of them."""

import csv
import gc
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from tests.presets import CATALOG, LITE0, PLAIN, TEXT
from tests.stories import TEXTS, FakeEngines, Story, messages, snippets, trees
from tlgui.core import events
from tlgui.core.dataset import Problem
from tlgui.core.dataset_summary import summary_of
from tlgui.core.evaluation import (
    Answered,
    Calibration,
    Certainty,
    ClassScore,
    ConfidenceBin,
    Estimate,
    Evaluation,
    Familiarity,
    Reference,
)
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import EVENTS, RunFolder, create_run
from tlgui.core.settings import Home, Settings
from tlgui.gui.dialogs import Dialogs
from tlgui.gui.main_window import MainWindow, WindowViewModels
from tlgui.gui.theme import Theme
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

SENTENCES = replace(
    TEXT,
    id="sentences",
    title="MiniLM",
    num_parameters=22_700_000,
    num_bytes=45_000_000,
    trained_on="one billion pairs of English sentences, mostly from the web",
)
WORDS = replace(
    TEXT,
    id="words",
    title="GloVe",
    num_parameters=5_000_000,
    num_bytes=10_000_000,
    trained_on="six billion English words of Wikipedia and newspapers",
    num_groups=0,
    sequence_length=0,
    max_sequence_length=0,
    poolings=("mean",),
    fine_tuning=None,
)
COUNTS = replace(
    PLAIN,
    id="counts",
    title="Word counts (TF-IDF)",
    num_parameters=0,
    num_bytes=0,
    num_groups=0,
    sequence_length=0,
    trained_on="nothing but your texts",
    languages=(),
)
OURS = [info for info in CATALOG.values() if info.task == "image" and not info.handle]
PRESETS = {info.id: info for info in OURS}
PRESETS |= {info.id: info for info in (SENTENCES, WORDS, COUNTS)}

ESTIMATE = Estimate(value=0.75, low=0.5, high=0.9)
BIN = ConfidenceBin(num_samples=4, confidence=0.8, accuracy=ESTIMATE)
ROWS = (
    ("oak/0.png", "oak", "oak", 0.9),
    ("oak/1.png", "oak", "elm", 0.6),
    ("elm/2.png", "elm", "elm", 0.8),
    ("elm/3.png", "elm", "oak", 0.97),
)
TEXT_ROWS = (
    ("row 2", "ham", "ham", 0.9),
    ("row 9", "ham", "spam", 0.6),
    ("row 12", "spam", "spam", 0.8),
    ("row 40", "spam", "ham", 0.97),
)


class Answers(Dialogs):
    """Answers that a test puts in place of a person's."""

    def __init__(self) -> None:
        self.path = ""
        self.files: list[str] = []

    def choose_folder(self, parent, title, start):
        return self.path

    def choose_table(self, parent, title, start):
        return self.path

    def choose_files(self, parent, title, start):
        return self.files

    def choose_target(self, parent, title, suggestion):
        return self.path


@pytest.fixture(scope="module", autouse=True)
def no_window_outlives_its_file() -> Iterator[None]:
    """A closed window is a knot of references; ``no_qt_leaks`` looks at whatever is alive."""
    yield
    gc.collect()


@pytest.fixture
def theme(qapp) -> Theme:
    theme = Theme(QApplication.instance(), "light")
    yield theme
    qapp.styleHints().colorSchemeChanged.disconnect(theme._on_system_changed)
    theme.setParent(None)


@pytest.fixture
def engines(qapp) -> FakeEngines:
    return FakeEngines()


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def app_home(home: Path) -> Home:
    home.mkdir()
    return Home(home)


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def desk(engines, app_home, theme, answers, qtbot) -> SimpleNamespace:
    """A whole window; its engines are fakes."""
    stages = StageViewModels(
        dataset=DatasetViewModel(engines, app_home),
        advising=AdvisingViewModel(engines, app_home),
        plan=PlanViewModel(PRESETS, app_home),
        run=RunViewModel(engines, app_home),
        evaluation=EvaluationViewModel(),
        review=ReviewViewModel(engines, app_home),
        comparison=ComparisonViewModel(PRESETS, app_home),
        ensemble=EnsembleViewModel(engines, app_home),
        prediction=PredictionViewModel(engines, app_home),
        answering=AnsweringViewModel(engines, app_home),
        explanation=ExplanationViewModel(engines, app_home),
        export=ExportViewModel(engines, app_home),
        documents=DocumentsViewModel(engines, app_home),
    )
    journey = JourneyViewModel(stages, RunsViewModel(app_home))
    preview = AugmentationPreviewViewModel(engines, app_home)
    trials = TrialsViewModel(
        stages.plan, stages.dataset, preview, RangeTestViewModel(engines, app_home)
    )
    loose = (stages.answering, stages.advising, trials)
    results = (stages.review, stages.ensemble, stages.prediction, stages.export, stages.documents)
    viewmodels = WindowViewModels(
        journey=journey,
        trials=trials,
        device=DeviceViewModel(),
        appearance=AppearanceViewModel(Settings(theme="light"), app_home.settings),
        shutdown=ShutdownViewModel(stages.run, (stages.dataset, *results), loose),
    )
    window = MainWindow(viewmodels, theme, answers, {"image": "/the/example", "text": "/the/texts"})
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    return SimpleNamespace(
        window=window,
        journey=journey,
        trials=trials,
        page=window.pages.page,
        device=viewmodels.device,
        appearance=viewmodels.appearance,
        shutdown=viewmodels.shutdown,
    )


@pytest.fixture
def thumbnail(tmp_path) -> str:
    file = tmp_path / "thumbnail.png"
    image = QImage(16, 12, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    assert image.save(str(file))
    return str(file)


@pytest.fixture
def pixel_file(tmp_path) -> Callable[[str, str], str]:
    """Return a function that writes a picture of one color."""

    def write(name: str, color: str) -> str:
        image = QImage(40, 40, QImage.Format.Format_RGB32)
        image.fill(QColor(color))
        assert image.save(str(tmp_path / name))
        return str(tmp_path / name)

    return write


@pytest.fixture
def make_run(app_home, thumbnail) -> Callable[..., RunFolder]:
    """Write a run with the events of a story and, if it is finished, an evaluation."""

    def make(
        name: str, told: Story, *, has_result: bool = False, is_text: bool = False
    ) -> RunFolder:
        dataset, info = (messages(), SENTENCES) if is_text else (trees(), LITE0)
        run = create_run(app_home.runs / name, dataset, make_plan(info))
        lines = [event.to_json() + "\n" for event in told.events]
        (run.path / EVENTS).write_text("".join(lines), encoding="utf-8")
        if has_result and is_text:
            _write_text_evaluation(run.evaluation)
        elif has_result:
            _write_evaluation(run.evaluation, Path(thumbnail))
        return run

    return make


def _write_evaluation(folder: Path, thumbnail: Path) -> None:
    (folder / "thumbnails").mkdir(parents=True)
    (folder / "thumbnails" / "3.jpg").write_bytes(thumbnail.read_bytes())
    _write_judgment(folder, _evaluation(("oak", "elm")), ROWS)


def _write_text_evaluation(folder: Path) -> None:
    folder.mkdir(parents=True)
    plain = Reference(name="counts", accuracy=ESTIMATE, macro_f1=ESTIMATE)
    names = ("ham", "spam", *(f"kind {number}" for number in range(3, 9)))
    evaluation = replace(_evaluation(names), modality="text", reference=plain)
    _write_judgment(folder, evaluation, TEXT_ROWS)
    lines = [json.dumps({"row": n, "text": TEXTS[n % 2] * 2}) for n in (1, 3)]
    (folder / "snippets.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _evaluation(names: tuple[str, ...]) -> Evaluation:
    scores = tuple(
        ClassScore(name=name, num_samples=2, precision=0.5, recall=0.5, f1=0.5) for name in names
    )
    return Evaluation(
        split="test",
        num_samples=4,
        accuracy=ESTIMATE,
        balanced_accuracy=ESTIMATE,
        macro_f1=ESTIMATE,
        majority_baseline=0.5,
        majority_class=names[0],
        classes=scores,
        confusion=((1,) * len(names),) * len(names),
        calibration=Calibration(error=ESTIMATE, uncorrected_error=ESTIMATE, bins=(BIN,)),
        certainty=Certainty(
            temperature=1.5,
            num_samples=4,
            answered=tuple(
                Answered(threshold=t / 100, num_answered=4 - t // 25, accuracy=ESTIMATE)
                for t in range(100)
            ),
        ),
        familiarity=Familiarity(num_validation=4, expected=0.01, num_unfamiliar=1, share=ESTIMATE),
    )


def _write_judgment(folder: Path, evaluation: Evaluation, rows: tuple) -> None:
    (folder / "evaluation.json").write_text(evaluation.to_json(), encoding="utf-8")
    with (folder / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "true", "predicted", "probability", "strangeness"))
        writer.writerows((*row, number / 2) for number, row in enumerate(rows))


@pytest.fixture
def scan(desk, engines, story, tmp_path, thumbnail):
    """Play a scan of the trees; ``problems`` are found on the way."""

    def play(*problems: Problem, usable: bool = True, count: int = 20) -> None:
        dataset = trees()
        file = tmp_path / "dataset.json"
        file.write_text(dataset.to_json(), encoding="utf-8")
        desk.journey.open_source("/data/trees")
        engines.running[-1].say(
            *(
                story.tell(
                    events.ThumbnailReady, path=f"oak/{n}.png", class_name="oak", file=thumbnail
                )
                for n in range(count)
            ),
            *(story.tell(events.ProblemFound, problem=problem) for problem in problems),
            story.tell(
                events.ScanFinished,
                dataset=str(file),
                folder=dataset.folder,
                classes=dataset.classes,
                class_counts=(10, 10),
                num_samples=20,
                num_unreadable=len(problems),
                num_ignored=0,
                usable=usable,
                summary=summary_of(dataset, file),
            ),
        )
        engines.running[-1].end()

    return play


@pytest.fixture
def scan_texts(desk, engines, tmp_path):
    """Play a scan of the messages, changed in some way."""

    def play(count: int = 20, **changes) -> None:
        dataset, told = replace(messages(), **changes), Story()
        file = tmp_path / "texts.json"
        file.write_text(dataset.to_json(), encoding="utf-8")
        desk.journey.open_source("/data/messages.csv")
        engines.running[-1].say(
            *snippets(told, count),
            told.tell(
                events.ScanFinished,
                dataset=str(file),
                folder=dataset.folder,
                classes=dataset.classes,
                class_counts=(10, 10),
                num_samples=20,
                num_unreadable=0,
                num_ignored=0,
                usable=True,
                modality="text",
                summary=summary_of(dataset, file),
            ),
        )
        engines.running[-1].end()

    return play


@pytest.fixture
def train(scan, desk, engines):
    """Play the journey up to a running training and return its story."""

    def play(**changes) -> Story:
        scan()
        desk.journey.dataset.accept()
        desk.journey.plan.choose_strategy("head_then_all")
        desk.journey.plan.train()
        told = Story()
        told.start(**changes)
        told.device()
        told.phase("head", 0, epochs=1, trained_groups=(False,) * 9 + (True,))
        told.epoch(1, 0.7)
        told.first_result()
        told.phase(trained_groups=(True,) * 10)
        for step in range(1, 5):
            told.step(2, step)
        told.epoch(2, 0.6, val_accuracy=0.9)
        engines.running[-1].say(*told.events)
        desk.journey.run.announce_now()
        return told

    return play


@pytest.fixture
def open_result(desk, make_run, qtbot):
    """Show the result of a finished run."""

    def play(*, is_text: bool = False) -> RunFolder:
        told = Story()
        told.start(modality="text" if is_text else "image")
        told.epoch(1)
        told.finish()
        run = make_run("done-1", told, has_result=True, is_text=is_text)
        desk.journey.refresh_runs()
        desk.journey.open_run(run)
        qtbot.waitUntil(lambda: desk.journey.stage == "result")
        qtbot.waitUntil(lambda: not desk.journey.evaluation._reading.is_running)
        assert len(desk.journey.evaluation.gallery) == 2
        return run

    return play
