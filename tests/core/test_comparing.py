"""Whether one run is better than another, or only luckier."""

from dataclasses import replace

import pytest
from scipy.stats import binomtest

from tests.presets import LITE0
from tlgui.core.comparing import (
    Difference,
    Flip,
    compare_answers,
    comparing,
    mcnemar_p_value,
    plan_differences,
)
from tlgui.core.comparing_words import MAX_LISTED, comparison_lines, comparison_sentence
from tlgui.core.evaluation import Prediction
from tlgui.core.plan import Member, ensemble_plan
from tlgui.core.planning import make_plan

PRESETS = {LITE0.id: LITE0}


def answers(*said, true="oak", start=0, digest=""):
    return [
        Prediction(
            file=f"{number}.png",
            true=true,
            predicted=name,
            probability=0.9,
            digest=digest and f"{digest}{number}",
        )
        for number, name in enumerate(said, start)
    ]


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (9, 1), (30, 12), (900, 700)])
def test_p_value_is_that_of_both_sides_of_a_binomial_distribution(won, lost):
    expected = binomtest(won, won + lost).pvalue if won + lost else 1.0
    assert mcnemar_p_value(won, lost) == pytest.approx(expected, abs=1e-9)
    assert mcnemar_p_value(lost, won) == mcnemar_p_value(won, lost)


def test_only_samples_that_both_were_tested_on_are_compared():
    first = answers("oak", "elm", "elm", "oak")
    second = answers("oak", "elm", "oak", start=1)
    found = compare_answers(first, second)
    assert (found.num_samples, found.num_apart) == (3, 1)
    assert found.num_first == 1
    assert found.num_second == 2
    assert found.flips == (Flip(file="1.png", true="oak", first="elm", second="oak"),)


def test_sample_that_has_another_label_by_now_is_another_sample():
    found = compare_answers(answers("oak"), answers("oak", true="elm"))
    assert (found.num_samples, found.num_apart) == (0, 1)
    assert "cannot be compared" in comparison_sentence(found, "image")


def test_other_content_under_the_same_name_is_another_sample():
    first, second = answers("oak", "oak", digest="a"), answers("oak", "oak", digest="b")
    assert compare_answers(first, second).num_samples == 0
    assert compare_answers(first, first).num_samples == 2
    assert compare_answers(first, answers("oak", "oak")).num_samples == 2, "as far as is known"


def test_better_run_is_called_better_only_where_chance_would_hardly_do_it():
    few = compare_answers(answers(*["elm"] * 3), answers(*["oak"] * 3))
    many = compare_answers(answers(*["elm"] * 20), answers(*["oak"] * 20))
    assert not few.is_different
    assert "may well be chance" in comparison_sentence(few, "image")
    assert many.is_different
    assert "the second one is better" in comparison_sentence(many, "text")
    worse = compare_answers(answers(*["oak"] * 20), answers(*["elm"] * 20))
    assert "the first one is better" in comparison_sentence(worse, "text")
    assert "under 0.0001" in comparison_sentence(worse, "text")


def test_flips_are_listed_what_was_won_first_but_not_all_of_them():
    first, second = answers(*["elm"] * 15, "oak"), answers(*["oak"] * 15, "elm", "oak")
    found = compare_answers(first, second)
    assert found.flips[-1].first == "oak"
    lines = [*comparison_lines(found, [Difference(name="seed", first="0", second="1")], "image")]
    assert "Left out, because only one of them has it: 1" in lines[0]
    assert lines[1].endswith(": 0 → 1")
    assert lines[2] == "  0.png (oak): elm → oak"
    assert lines[2 + MAX_LISTED].strip() == "and 6 more that only one gets right"


def test_runs_that_answer_alike_have_nothing_to_list():
    found = compare_answers(answers("oak"), answers("oak"))
    assert len([*comparison_lines(found, [], "image")]) == 1


def test_only_what_differs_in_the_plans_is_listed():
    first = make_plan(LITE0, strategy="full_fine_tuning")
    assert plan_differences(first, first, PRESETS) == ()
    second = make_plan(LITE0, strategy="full_fine_tuning", settings={"seed": "3", "epochs": "2"})
    found = plan_differences(first, second, PRESETS)
    assert {d.name: d.second for d in found} == {"seed": "3", "epochs": "2"}


def test_settings_that_only_one_strategy_has_are_said_by_the_strategies():
    first = make_plan(LITE0, strategy="feature_extraction")
    second = make_plan(LITE0, strategy="full_fine_tuning")
    assert [d.name for d in plan_differences(first, second, PRESETS)] == ["strategy"]


def test_model_that_is_not_in_the_catalog_is_still_named():
    first = make_plan(LITE0)
    other = replace(first, preset="gone", seed=4)
    assert plan_differences(first, other, PRESETS) == (
        Difference(name="preset", first=LITE0.id, second="gone"),
    )


def test_ensemble_names_the_models_of_its_members():
    first = make_plan(LITE0)
    members = tuple(Member(name=n, preset=n, strategy="linear") for n in ("a", "b"))
    found = {d.name: d.second for d in plan_differences(first, ensemble_plan(members), PRESETS)}
    assert found == {"preset": "a + b", "strategy": "ensemble"}


def test_comparison_of_very_many_answers_leaves_the_window_time_in_between():
    first, second = answers(*["oak", "elm"] * 20), answers(*["elm", "elm"] * 20)

    steps = [*comparing(first, second)]

    assert steps[-1] == compare_answers(first, second)
    assert len(steps) > 3 * 40
    assert not any(steps[:-1])
