"""What a person reads about how good a model is."""

from dataclasses import replace

import pytest

from tests.core.examples import evaluation
from tlgui.core.evaluation import (
    Answered,
    BestMember,
    Calibration,
    Certainty,
    Estimate,
    Familiarity,
)
from tlgui.core.evaluation_words import (
    answered_sentence,
    best_member_sentence,
    calibration_sentence,
    caution,
    evaluation_lines,
    familiarity_sentence,
    verdict,
)

SURE = Answered(threshold=0.8, num_answered=60, accuracy=Estimate(value=0.97, low=0.9, high=0.99))


def judged():
    return replace(
        evaluation(),
        calibration=Calibration(
            error=Estimate(value=0.03, low=0.01, high=0.06),
            uncorrected_error=Estimate(value=0.12, low=0.08, high=0.15),
            bins=(),
        ),
        certainty=Certainty(temperature=2.5, num_samples=80, answered=(SURE,)),
    )


def test_a_verdict_stands_beside_its_interval_and_its_baseline():
    estimate = Estimate(value=0.9, low=0.8, high=0.95)
    title, sentence = verdict(replace(evaluation(), balanced_accuracy=estimate))
    assert title == "Right on 93 % of pictures it never saw"
    for part in ("100 test pictures", "89 %", "96 %", "cat would give 50 %", "accuracy 90 %"):
        assert part in sentence


def test_a_model_that_may_only_be_guessing_is_called_that():
    lucky = replace(
        evaluation(), accuracy=Estimate(value=0.55, low=0.45, high=0.64), majority_baseline=0.5
    )
    assert "cannot be told from always guessing cat" in caution(lucky)
    assert "100 test pictures" in caution(lucky)
    assert caution(evaluation()) == ""


def test_gap_between_claim_and_truth_is_told_with_what_was_done_about_it():
    sentence = calibration_sentence(judged())
    for part in ("3 % on average", "n = 100", "12 % before", "2.50", "80 unseen pictures"):
        assert part in sentence
    assert calibration_sentence(evaluation()) == ""


def test_what_is_unlike_the_training_samples_is_counted_beside_what_chance_would_flag():
    share = Estimate(value=0.03, low=0.01, high=0.08)
    found = Familiarity(num_validation=80, expected=0.012, num_unfamiliar=3, share=share)
    sentence = familiarity_sentence(replace(evaluation(), familiarity=found))
    for part in ("3 of 100 test pictures", "between 1 % and 8 %", "about 1 %", "80 unseen"):
        assert part in sentence
    too_few = replace(evaluation(), familiarity=Familiarity(num_validation=7))
    assert "7 unseen pictures are too few" in familiarity_sentence(too_few)
    assert familiarity_sentence(evaluation()) == ""


def test_answers_that_are_sure_enough_are_counted_and_judged():
    sentence = answered_sentence(judged(), SURE)
    for part in ("60 of 80 unseen pictures", "80 % sure", "97 % are right", "90 %", "99 %"):
        assert part in sentence


@pytest.mark.parametrize("known", [judged(), evaluation()])
def test_threshold_that_no_answer_reaches_is_told(known):
    nobody = Answered(threshold=0.99, num_answered=0, accuracy=None)
    assert answered_sentence(known, nobody).startswith("No answer on")


def test_the_gist_comes_first_and_nothing_is_empty():
    lines = [*evaluation_lines(judged())]
    assert lines[0] == verdict(judged())[0]
    assert all(lines)
    assert any("temperature" in line for line in lines)


@pytest.mark.parametrize(
    ("won", "lost", "p_value", "finding"),
    [
        (6, 2, 0.29, "may well be chance"),
        (20, 2, 0.0001, "together they are better"),
        (2, 20, 0.0001, "this one alone is better"),
    ],
)
def test_an_ensemble_is_called_better_than_its_best_member_only_where_it_is(
    won, lost, p_value, finding
):
    best = BestMember(
        name="leaves-2",
        accuracy=Estimate(value=0.9, low=0.8, high=0.95),
        num_won=won,
        num_lost=lost,
        p_value=p_value,
    )
    judged = replace(evaluation(), best_member=best)
    sentence = best_member_sentence(judged)
    assert sentence in [*evaluation_lines(judged)]
    for part in ("leaves-2: 90 % right", f"right on {won} of", finding, f"p = {p_value}"):
        assert part in sentence
    assert "none of them has learned" not in sentence
    told = best_member_sentence(replace(judged, deals_differ=True))
    assert "Only 100 test pictures could judge them" in told
    assert best_member_sentence(evaluation()) == ""
