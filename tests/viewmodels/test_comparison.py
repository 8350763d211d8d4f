"""Two runs beside each other, on the screen."""

import csv
import json
import shutil

import pytest

from tests.core.examples import evaluation
from tests.presets import LITE0
from tlgui.core.plan import Member, ensemble_plan
from tlgui.core.planning import make_plan
from tlgui.core.run_folder import EVENTS, PLAN, RunFolder, create_run
from tlgui.viewmodels.comparison import ComparisonViewModel


@pytest.fixture
def add(app_home, dataset):
    """Write a run with the answers of its evaluation."""

    def write(name: str, *said: str, **settings: str) -> RunFolder:
        plan = make_plan(LITE0, settings=settings)
        run = create_run(app_home.runs / name, dataset, plan)
        (run.evaluation / "thumbnails").mkdir(parents=True)
        (run.evaluation / "thumbnails" / "0.jpg").write_bytes(b"a picture")
        (run.evaluation / "evaluation.json").write_text(evaluation().to_json(), encoding="utf-8")
        with (run.evaluation / "predictions.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("file", "true", "predicted", "probability"))
            writer.writerows((f"{n}.png", "oak", name, 0.9) for n, name in enumerate(said))
        return run

    return write


@pytest.fixture
def viewmodel(qapp, app_home, add) -> ComparisonViewModel:
    viewmodel = ComparisonViewModel({LITE0.id: LITE0}, app_home)
    viewmodel.open_run(add("first-1", "elm", "oak", "oak"), "image")
    return viewmodel


def compare(viewmodel, qtbot):
    viewmodel.look_for_others()
    viewmodel.choose(0)
    qtbot.waitUntil(lambda: not viewmodel._reading.is_running)


def test_first_run_of_all_has_nobody_to_be_compared_with(viewmodel):
    viewmodel.look_for_others()
    assert viewmodel.names == ()
    assert "no other run" in viewmodel.invitation
    viewmodel.choose(0)
    assert viewmodel.sentence == viewmodel.gallery_title == ""
    assert viewmodel.gallery == ()


def test_only_runs_with_a_result_on_the_same_kind_of_samples_are_offered(
    viewmodel, add, make_run, app_home
):
    add("other-1", "oak")
    make_run("not-ended-1")
    (add("damaged-1", "oak").path / "plan.json").write_text("noise")
    viewmodel.look_for_others()
    assert viewmodel.names == ("other-1",)
    assert "Which of two runs" in viewmodel.invitation
    texts = ComparisonViewModel({LITE0.id: LITE0}, app_home)
    texts.open_run(viewmodel.run, "text")
    texts.look_for_others()
    assert texts.names == ()


def test_difference_is_told_in_words_settings_and_samples(viewmodel, add, qtbot):
    add("other-1", "oak", "oak", "elm", seed="3")
    compare(viewmodel, qtbot)
    assert "on the same 3 test pictures" in viewmodel.sentence
    assert "chance" in viewmodel.sentence
    assert viewmodel.invitation == ""
    assert [line.endswith("0 → 3") for line in viewmodel.differences] == [True]
    assert [shown.caption for shown in viewmodel.gallery] == ["oak: elm → oak", "oak: oak → elm"]
    assert viewmodel.gallery[0].thumbnail.endswith("0.jpg")
    assert viewmodel.gallery[1].thumbnail == ""
    assert "2, first what is won" in viewmodel.gallery_title


def test_curves_of_both_runs_are_laid_over_each_other(viewmodel, add, qtbot, story):
    other = add("other-1", "oak")
    story.start()
    story.epoch(1)
    story.epoch(2)
    lines = [event.to_json() + "\n" for event in story.events]
    (other.path / EVENTS).write_text("".join(lines), encoding="utf-8")
    compare(viewmodel, qtbot)
    mine, others = viewmodel.curves
    assert mine == ()
    assert [x for x, _ in others] == [0.5, 1.0]
    assert viewmodel.curve_names == ("first-1", "other-1")
    viewmodel.choose(-1)
    assert viewmodel.curves == ((), ())
    assert viewmodel.curve_names == ("first-1", "")


def test_other_choice_forgets_the_one_before(viewmodel, add, qtbot):
    add("other-1", "oak", "oak", "oak")
    compare(viewmodel, qtbot)
    viewmodel.choose(-1)
    assert viewmodel.comparison is None
    assert viewmodel.differences == ()


def test_run_that_is_opened_again_keeps_its_comparison(viewmodel, add, qtbot):
    other = add("other-1", "oak", "oak", "oak")
    compare(viewmodel, qtbot)
    viewmodel.open_run(viewmodel.run, "image")
    assert viewmodel.comparison is not None
    viewmodel.open_run(other, "image")
    assert viewmodel.comparison is None


def test_damaged_answers_are_told_in_place(viewmodel, add, qtbot):
    other = add("other-1", "oak")
    (other.evaluation / "predictions.csv").write_text("noise\n1\n")
    compare(viewmodel, qtbot)
    assert "predictions.csv" in viewmodel.failure.sentence
    assert viewmodel.sentence == ""


def test_run_that_is_gone_is_no_longer_compared(viewmodel, add, qtbot):
    add("other-1", "oak", "oak", "oak")
    compare(viewmodel, qtbot)
    viewmodel.clear()
    assert viewmodel.comparison is None
    assert viewmodel.gallery == viewmodel.names == ()


def test_other_run_that_was_deleted_meanwhile_is_let_go(viewmodel, add, qtbot):
    other = add("other-1", "oak", "oak", "oak")
    compare(viewmodel, qtbot)
    viewmodel.look_for_others()
    assert viewmodel.comparison is not None, "it is still there"
    shutil.rmtree(other.path)
    viewmodel.look_for_others()
    assert viewmodel.other is None
    assert viewmodel.comparison is None


def test_texts_that_only_one_gets_right_can_be_read(viewmodel, add, qtbot):
    add("other-1", "oak", "oak", "oak")
    snippet = json.dumps({"row": 0, "text": "Dear Sir"})
    (viewmodel.run.evaluation / "snippets.jsonl").write_text(snippet, encoding="utf-8")
    compare(viewmodel, qtbot)
    viewmodel.modality = "text"
    viewmodel._on_read()
    assert viewmodel.gallery[0].text == "Dear Sir"


def test_ensemble_is_offered_by_what_its_models_sort(viewmodel, add, qtbot):
    other = add("together-1", "oak", "oak", "oak")
    members = tuple(Member(name=n, preset=LITE0.id, strategy="s") for n in ("a", "b"))
    (other.path / PLAN).write_text(ensemble_plan(members).to_json(), encoding="utf-8")
    compare(viewmodel, qtbot)
    assert viewmodel.names == ("together-1",)
    assert viewmodel.differences[0] == f"Model: {LITE0.id} → {LITE0.id} + {LITE0.id}"
