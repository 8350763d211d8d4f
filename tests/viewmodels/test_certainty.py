"""What answers are worth where doubtful ones are left open."""

import json
from dataclasses import asdict, replace

import pytest

from tests.core.examples import evaluation
from tlgui.core.evaluation import (
    Answered,
    Calibration,
    Certainty,
    ClassCurves,
    ConfidenceBin,
    Estimate,
    Evaluation,
    Familiarity,
)
from tlgui.viewmodels.certainty import CertaintyViewModel

RIGHT = Estimate(value=0.9, low=0.8, high=0.95)
BIN = ConfidenceBin(num_samples=100, confidence=0.85, accuracy=RIGHT)
CURVES = (
    ClassCurves(
        roc=((0.0, 0.0), (0.0, 1.0), (1.0, 1.0)),
        precision_recall=((0.0, 1.0), (1.0, 0.5)),
        roc_auc=1.0,
        average_precision=0.75,
    ),
    ClassCurves(),
)


def judged() -> Evaluation:
    known = evaluation()
    answered = [
        Answered(threshold=t / 100, num_answered=80 - t // 2, accuracy=RIGHT) for t in range(99)
    ]
    nobody = Answered(threshold=0.99, num_answered=0, accuracy=None)
    return replace(
        known,
        classes=(known.classes[0], known.classes[0]),
        calibration=Calibration(error=RIGHT, uncorrected_error=RIGHT, bins=(BIN,)),
        certainty=Certainty(temperature=1.5, num_samples=80, answered=(*answered, nobody)),
    )


def test_samples_unlike_those_learned_from_are_told(viewmodel):
    assert viewmodel.familiarity_words == ("", "")
    few = Familiarity(num_validation=7)
    viewmodel.open(replace(judged(), familiarity=few), None)
    brief, whole = viewmodel.familiarity_words
    assert brief == "too few to mark strange ones"
    assert "7 unseen pictures" in whole
    enough = Familiarity(num_validation=80, expected=0.01, num_unfamiliar=3, share=RIGHT)
    viewmodel.open(replace(judged(), familiarity=enough), None)
    brief, whole = viewmodel.familiarity_words
    assert brief.startswith("3 of ")
    assert "80 unseen pictures" in whole
    viewmodel.open(None, None)
    assert viewmodel.familiarity_words == ("", "")


@pytest.fixture
def run(make_run):
    run = make_run()
    run.evaluation.mkdir()
    lines = [json.dumps(asdict(curves)) + "\n" for curves in CURVES]
    (run.evaluation / "curves.jsonl").write_text("".join(lines))
    return run


@pytest.fixture
def viewmodel(qapp, run) -> CertaintyViewModel:
    viewmodel = CertaintyViewModel()
    viewmodel.open(judged(), run)
    return viewmodel


def test_every_answer_counts_until_a_person_draws_the_line(viewmodel):
    assert viewmodel.is_known
    assert viewmodel.threshold == 0
    assert viewmodel.chosen_point == (1.0, 0.9)
    assert "Every answer counts" in viewmodel.answered_sentence


def test_threshold_moves_along_what_is_answered(viewmodel, changes):
    heard = changes(viewmodel)
    viewmodel.choose_threshold(80)
    assert viewmodel.chosen_point == (0.5, 0.9)
    assert "40 of 80 unseen pictures" in viewmodel.answered_sentence
    assert len(viewmodel.trade_off) == 99
    assert heard


def test_threshold_that_nothing_reaches_has_no_point(viewmodel):
    viewmodel.choose_threshold(99)
    assert viewmodel.chosen_point is None
    assert "No answer" in viewmodel.answered_sentence


def test_claims_are_told_in_words_and_dots(viewmodel):
    assert viewmodel.bins == (BIN,)
    assert "1.50" in viewmodel.calibration_sentence


def test_curve_of_a_class_comes_with_its_area(viewmodel):
    assert viewmodel.curve == CURVES[0].roc
    assert "ROC AUC) 1.000, n = 50" in viewmodel.curve_sentence
    viewmodel.choose_kind("precision_recall")
    assert viewmodel.curve == CURVES[0].precision_recall
    assert "average precision 0.750" in viewmodel.curve_sentence


def test_class_without_samples_has_no_curve_and_says_why(viewmodel):
    viewmodel.choose_class(1)
    assert viewmodel.curve == ()
    assert viewmodel.curve_sentence.startswith("No curve")


@pytest.mark.parametrize("content", ["", "noise\n", "[]\n"])
def test_damaged_curves_leave_the_rest_readable(viewmodel, run, content):
    (run.evaluation / "curves.jsonl").write_text(content)
    viewmodel.open(judged(), run)
    assert viewmodel.curve == ()
    assert viewmodel.bins


def test_run_of_an_earlier_version_claims_nothing(viewmodel, make_run):
    viewmodel.open(evaluation(), make_run("old-1"))
    assert not viewmodel.is_known
    assert viewmodel.bins == viewmodel.trade_off == viewmodel.curve == ()
    assert viewmodel.chosen_point is None
    assert viewmodel.answered_sentence == viewmodel.calibration_sentence == ""


def test_no_result_shows_nothing(viewmodel):
    viewmodel.open(None, None)
    assert viewmodel.class_names == viewmodel.bins == viewmodel.trade_off == viewmodel.curve == ()
    assert viewmodel.calibration_sentence == viewmodel.curve_sentence == ""


def test_threshold_is_written_down_once_it_rests(viewmodel, run, qtbot):
    viewmodel.choose_threshold(70)
    viewmodel.choose_threshold(80)
    assert run.read_threshold() == 0
    qtbot.waitUntil(lambda: run.read_threshold() == 0.8)


def test_threshold_is_not_lost_when_another_run_is_opened_at_once(viewmodel, run, make_run):
    viewmodel.choose_threshold(80)
    viewmodel.open(judged(), make_run("other-1"))
    assert run.read_threshold() == 0.8
    assert viewmodel.threshold == 0
    viewmodel.open(judged(), run)
    assert viewmodel.threshold == 80


def test_threshold_that_cannot_be_written_or_read_is_told(viewmodel, run):
    (run.path / "threshold.json").mkdir()
    viewmodel.choose_threshold(80)
    viewmodel.keep()
    assert viewmodel.failure is not None
    viewmodel.open(judged(), run)
    assert "threshold.json" in viewmodel.failure.sentence
    assert viewmodel.threshold == 0


def test_threshold_beyond_the_slider_is_its_end(viewmodel, run):
    run.write_threshold(0.999)
    viewmodel.open(judged(), run)
    assert viewmodel.threshold == 99
    assert "No answer" in viewmodel.answered_sentence


def test_failure_is_forgotten_once_the_threshold_is_written(viewmodel, run):
    (run.path / "threshold.json").write_text("noise")
    viewmodel.open(judged(), run)
    assert viewmodel.failure is not None
    viewmodel.choose_threshold(40)
    viewmodel.keep()
    assert viewmodel.failure is None
