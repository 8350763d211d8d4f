import json
import shutil

import pytest

from tests.core.examples import example
from tests.presets import LITE0
from tests.stories import Story
from tlgui.core.advice import advise as advised
from tlgui.core.dataset_summary import summary_of
from tlgui.core.events import AdviceReady, ScanFinished
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.review import Review
from tlgui.viewmodels.advising import AdvisingViewModel
from tlgui.viewmodels.answering import AnsweringViewModel
from tlgui.viewmodels.comparison import ComparisonViewModel
from tlgui.viewmodels.dataset import DatasetViewModel
from tlgui.viewmodels.documents import DocumentsViewModel
from tlgui.viewmodels.ensemble import EnsembleViewModel
from tlgui.viewmodels.evaluation import EvaluationViewModel
from tlgui.viewmodels.explanation import ExplanationViewModel
from tlgui.viewmodels.export import ExportViewModel
from tlgui.viewmodels.journey import STAGES, JourneyViewModel, StageViewModels
from tlgui.viewmodels.plan import PlanViewModel
from tlgui.viewmodels.prediction import PredictionViewModel
from tlgui.viewmodels.review import ReviewViewModel
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.runs import RunsViewModel

EVALUATION = {
    "split": "test",
    "num_samples": 2,
    "accuracy": {"value": 0.5, "low": 0.1, "high": 0.9},
    "balanced_accuracy": {"value": 0.5, "low": 0.1, "high": 0.9},
    "macro_f1": {"value": 0.5, "low": 0.1, "high": 0.9},
    "majority_baseline": 0.5,
    "majority_class": "oak",
    "classes": [],
    "confusion": [],
}


@pytest.fixture
def journey(engines, app_home) -> JourneyViewModel:
    stages = StageViewModels(
        dataset=DatasetViewModel(engines, app_home),
        advising=AdvisingViewModel(engines, app_home),
        plan=PlanViewModel({LITE0.id: LITE0}, app_home),
        run=RunViewModel(engines, app_home),
        evaluation=EvaluationViewModel(),
        review=ReviewViewModel(engines, app_home),
        comparison=ComparisonViewModel({LITE0.id: LITE0}, app_home),
        ensemble=EnsembleViewModel(engines, app_home),
        prediction=PredictionViewModel(engines, app_home),
        answering=AnsweringViewModel(engines, app_home),
        explanation=ExplanationViewModel(engines, app_home),
        export=ExportViewModel(engines, app_home),
        documents=DocumentsViewModel(engines, app_home),
    )
    return JourneyViewModel(stages, RunsViewModel(app_home))


@pytest.fixture
def scan(engines, dataset, tmp_path, story):
    """End the running scan with the data set."""

    def finish() -> None:
        file = tmp_path / "dataset.json"
        file.write_text(dataset.to_json(), encoding="utf-8")
        engines.running[-1].say(
            story.tell(
                ScanFinished,
                dataset=str(file),
                folder=dataset.folder,
                classes=dataset.classes,
                class_counts=dataset.class_counts(),
                num_samples=20,
                num_unreadable=0,
                num_ignored=0,
                usable=True,
                summary=summary_of(dataset, file),
            )
        )
        engines.running[-1].end()

    return finish


@pytest.fixture
def finished_run(make_run, story):
    story.start()
    story.epoch(1)
    story.finish()
    run = make_run("done-1", story)
    run.evaluation.mkdir()
    (run.evaluation / "evaluation.json").write_text(json.dumps(EVALUATION), encoding="utf-8")
    (run.evaluation / "predictions.csv").write_text("file,true,predicted,probability\n")
    return run


def test_new_person_starts_at_the_start(journey):
    assert journey.stage == "start"
    assert [stage for stage in STAGES if journey.is_reachable(stage)] == ["start"]
    journey.go_to("result")
    assert journey.stage == "start", "there is no result to show"


def test_folder_leads_to_data_then_plan_then_run(journey, scan, engines):
    journey.open_path("/data/trees")
    assert journey.stage == "data"
    scan()
    journey.dataset.accept()
    assert journey.stage == "plan"
    assert journey.is_done("data")
    assert not journey.is_done("plan")
    journey.plan.train()
    assert journey.stage == "run"
    assert engines.jobs[-1].kind == "train"
    assert [s.status for s in journey.runs.runs] == ["running"]
    assert journey.plan.is_blocked


def test_answer_about_groups_reaches_the_plan(journey, scan):
    journey.open_path("/data/trees")
    scan()
    journey.dataset.keep_together()
    journey.dataset.accept()
    assert journey.plan.plan.split.group_by == "prefix"


def test_example_trains_without_a_further_question(journey, scan, engines):
    journey.open_example("/example")
    scan()
    assert journey.stage == "run"
    assert [job.kind for job in engines.jobs] == ["scan", "train"]


def test_other_folder_calls_the_example_off(journey, scan, engines):
    journey.open_example("/example")
    journey.open_source("/data/trees")
    scan()
    assert journey.stage == "data"
    assert "train" not in [job.kind for job in engines.jobs]


def test_example_does_not_disturb_a_run_in_training(journey, scan, engines, make_run):
    journey.run.start(make_run())
    journey.open_example("/example")
    scan()
    assert journey.stage == "data"
    assert [job.kind for job in engines.jobs] == ["train", "scan"]


def test_finished_training_opens_its_result(journey, finished_run, engines, story, qtbot):
    events = finished_run.path / "events.jsonl"
    events.unlink()
    journey.run.start(finished_run)
    engines.running[0].say(*story.events)
    qtbot.waitUntil(lambda: journey.is_reachable("result"))
    assert journey.run.is_busy, "nobody may have to wait until the engine is gone"
    engines.running[0].end()
    assert journey.evaluation.run == finished_run
    assert journey.prediction.run == journey.export.run == finished_run
    journey.see_result()
    assert journey.stage == "result"
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)


def test_recent_run_opens_at_its_result(journey, finished_run, qtbot):
    journey.open_path(str(finished_run.path))
    qtbot.waitUntil(lambda: journey.stage == "result")
    assert journey.is_reachable("use")
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)


def test_run_without_a_result_opens_at_the_run(journey, finished_run, make_run, qtbot):
    journey.open_path(str(finished_run.path))
    qtbot.waitUntil(lambda: journey.stage == "result")
    with qtbot.waitSignal(journey.run.opened, timeout=5000):
        journey.open_run(make_run("broken-off-1"))
    assert journey.stage == "run"
    assert not journey.is_reachable("result"), "another run's result must not be shown"


def test_training_that_ends_elsewhere_leaves_the_result_on_the_screen(
    journey, finished_run, make_run, engines, qtbot
):
    journey.run.start(make_run("mine-1"))
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)
    engines.running[0].end()
    assert journey.stage == "result"
    assert journey.evaluation.run == finished_run


def test_broken_off_run_goes_on_with_one_click(journey, make_run, engines, story, qtbot):
    story.start()
    story.epoch(1)
    run = make_run("broken-off-1", story)
    journey.continue_run(run)
    qtbot.waitUntil(lambda: bool(engines.jobs))
    assert engines.jobs[0].folder == str(run.path)
    qtbot.waitUntil(lambda: len(journey.run.state.epochs) == 1)
    assert journey.stage == "run"


def test_finished_run_is_not_trained_again(journey, finished_run, engines, qtbot):
    journey.continue_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)
    assert engines.jobs == []


def test_drop_opens_data_or_sorts_pictures(journey, finished_run, engines, qtbot):
    journey.take_drop([])
    assert journey.stage == "start"
    journey.take_drop(["/data/trees", "/ignored"])
    assert engines.jobs[-1].source == "/data/trees"
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    journey.go_to("use")
    journey.take_drop(["/new/1.png", "/new/2.png"])
    assert engines.jobs[-1].files == ("/new/1.png", "/new/2.png")


def test_discarded_run_leaves_the_list_and_its_result(journey, finished_run, qtbot):
    journey.refresh_runs()
    assert len(journey.runs.runs) == 1
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    journey.run.discard()
    assert journey.stage == "run"
    assert journey.runs.runs == ()
    assert not journey.is_reachable("result")
    journey.run.undo_discard()
    assert len(journey.runs.runs) == 1
    qtbot.waitUntil(lambda: journey.evaluation.run == finished_run)
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)


def test_next_run_does_not_show_what_was_found_in_a_discarded_one(journey, finished_run, qtbot):
    finished_run.review.mkdir()
    found = example(Review).to_json()
    (finished_run.review / "review.json").write_text(found, encoding="utf-8")
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.review.review is not None)
    journey.run.discard()
    assert journey.review.review is None
    assert journey.comparison.run is None


def test_view_beside_another_run_looks_for_others_when_the_run_changes(
    journey, finished_run, make_run, story, qtbot
):
    journey.evaluation.choose_lens("comparison")
    other = make_run("other-1", story)
    shutil.copytree(finished_run.evaluation, other.evaluation)
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.comparison.names == ("other-1",))


@pytest.mark.parametrize("source", ["/data/trees", "/data/elsewhere"])
def test_corrected_data_is_looked_through_again(journey, scan, engines, source):
    journey.open_source("/data/trees")
    scan()
    journey.review.again_wanted.emit(source)
    assert journey.stage == "data"
    assert engines.jobs[-1].kind == "scan"
    assert engines.jobs[-1].source == journey.dataset.source == source


def test_accepting_without_data_leads_nowhere(journey):
    journey._on_dataset_accepted()
    assert journey.stage == "start"


@pytest.fixture
def text_run(finished_run):
    judged = json.dumps({**EVALUATION, "modality": "text"})
    (finished_run.evaluation / "evaluation.json").write_text(judged, encoding="utf-8")
    return finished_run


@pytest.fixture
def at_result(journey, text_run, qtbot):
    journey.open_run(text_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)
    return journey


def test_model_of_texts_is_loaded_while_its_page_is_on_the_screen(at_result, engines, text_run):
    assert engines.jobs == []
    assert at_result.prediction.modality == at_result.export.modality == "text"
    at_result.go_to("use")
    assert [job.kind for job in engines.jobs] == ["answer"]
    assert engines.jobs[0].model == str(text_run.path)
    at_result.go_to("result")
    assert engines.running[0].requests == ["stop"]
    assert not at_result.answering.is_open


def test_model_of_pictures_has_nothing_to_be_typed(journey, finished_run, engines, qtbot):
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    qtbot.waitUntil(lambda: not journey.evaluation._reading.is_running)
    journey.go_to("use")
    assert engines.jobs == []


def test_training_gets_the_memory_that_answering_held(at_result, engines, make_run):
    at_result.go_to("use")
    at_result.run.start(make_run("new-1"))
    assert engines.running[0].requests == ["stop"]
    assert [job.kind for job in engines.jobs] == ["answer", "train"]


FACTS = Facts(
    modality="image",
    num_train=1200,
    num_validation=400,
    num_test=400,
    num_classes=2,
    smallest_class=600,
    chance=0.5,
    presets=(PresetFacts(preset=LITE0.id, samples_per_s=100.0, accuracy=0.7),),
)


@pytest.fixture
def advise(engines):
    """Let the engine that looks at the samples find facts."""

    def find() -> None:
        told = Story()
        advice = advised(FACTS, [LITE0])
        engines.running[-1].say(told.tell(AdviceReady, facts=FACTS, advice=advice))
        engines.running[-1].end()

    return find


def test_models_are_tried_while_a_person_looks_at_the_data(journey, scan, engines, advise):
    journey.open_source("/data/trees")
    scan()
    assert [job.kind for job in engines.jobs] == ["scan", "advise"]
    assert journey.plan.is_advising
    advise()
    assert not journey.plan.is_advising
    journey.dataset.accept()
    assert journey.plan.reasons, "what was found before is known when the plan is made"
    assert len(engines.jobs) == 2, "the same data are not looked at twice"


def test_only_samples_that_would_be_learned_from_are_tried(journey, scan, engines):
    journey.plan.change_setting("seed", "7")
    journey.plan.change_setting("split", "80/10/10")
    journey.open_source("/data/trees")
    scan()
    job = engines.jobs[-1]
    assert (job.kind, job.seed, job.split.train_fraction) == ("advise", 7, 0.8)
    assert job.split.group_by == journey.dataset.group_by


def test_advice_that_comes_later_reaches_the_plan(journey, scan, advise):
    journey.open_source("/data/trees")
    scan()
    journey.dataset.accept()
    assert journey.plan.strategy == "feature_extraction"
    advise()
    assert journey.plan.reasons


def test_training_does_not_share_the_computer_with_a_look_at_samples(journey, scan, engines):
    journey.open_source("/data/trees")
    scan()
    journey.dataset.accept()
    journey.plan.train()
    assert [job.kind for job in engines.jobs] == ["scan", "advise", "train"]
    assert engines.running[1].requests == ["stop"]
    journey.dataset.announce_now()
    assert len(engines.jobs) == 3


@pytest.mark.parametrize(("stage", "shown"), [("result", "together-1"), ("data", "done-1")])
def test_ensemble_is_opened_unless_a_person_is_elsewhere_by_now(
    journey, finished_run, make_run, qtbot, stage, shown
):
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    assert journey.ensemble.run == finished_run
    if stage == "data":
        journey.open_source("/data/trees")
    ensemble = make_run("together-1")
    shutil.copytree(finished_run.path, ensemble.path, dirs_exist_ok=True)
    journey.ensemble.made.emit(ensemble)
    qtbot.waitUntil(lambda: not journey.run._loading.is_running)
    assert journey.run.run.path.name == shown
    assert journey.stage == stage
    assert "together-1" in [summary.name for summary in journey.runs.runs]


def test_esc_hides_an_explanation_before_it_ends_a_scan(journey, engines, finished_run, qtbot):
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    journey.explanation.explain_file("oak/1.png")
    journey.step_back()
    assert not journey.explanation.is_open
    journey.open_path("/data/trees")
    journey.step_back()
    assert engines.running[-1].requests == ["stop"]


def test_explaining_model_is_kept_for_the_use_page_only(journey, engines, finished_run, qtbot):
    journey.open_run(finished_run)
    qtbot.waitUntil(lambda: journey.stage == "result")
    journey.explanation.explain_file("oak/1.png")
    engine = engines.running[-1]
    journey.go_to("use")
    assert not journey.explanation.is_open
    assert engine.requests == []
    journey.go_to("run")
    assert engine.requests == ["stop"]
