from tests.stories import summary
from tlgui.core.dataset import PROBLEMS, Problem
from tlgui.viewmodels.dataset import DECISIONS
from tlgui.viewmodels.dataset_words import group_question, problem_summary


def test_every_problem_is_in_the_summary():
    # told by evaluating, by training and by joining runs, or a person's own decisions
    elsewhere = {"seen_in_training", "language_differs", "mask_missing", "replay_left_out"}
    elsewhere |= {"deals_differ", "not_copied", *DECISIONS}
    for code in sorted(PROBLEMS.keys() - elsewhere):
        assert problem_summary([Problem(code=code)], "texts"), f"nobody would hear of {code}"


def test_problem_that_stands_for_many_texts_counts_them():
    problems = [Problem(code="near_duplicates", count=40), Problem(code="class_empty", count=0)]
    assert problem_summary(problems, "texts") == (
        "Kinds without texts: 1 · texts almost like another: 40"
    )


def test_problems_of_a_later_version_disturb_nothing():
    assert problem_summary([Problem(code="from_the_future")], "texts") == ""


def test_question_names_what_the_samples_are(dataset):
    assert "Keep texts with the same beginning" in group_question(summary(dataset), "texts")
