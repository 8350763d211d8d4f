"""Evaluations on their way to the disk and back."""

import pytest

from tests.core.examples import evaluation, example
from tlgui.core.evaluation import Evaluation, evaluation_from_json


def test_an_evaluation_survives_the_disk():
    assert evaluation_from_json(evaluation().to_json()) == evaluation()
    assert evaluation_from_json(example(Evaluation).to_json()) == example(Evaluation)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_what_is_no_evaluation_is_refused(text):
    with pytest.raises(ValueError, match=r"Evaluation|Expecting value"):
        evaluation_from_json(text)
