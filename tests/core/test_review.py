"""Reviews on their way to the disk and back."""

import pytest

from tests.core.examples import example
from tlgui.core.review import Review, review_from_json


def test_a_review_survives_the_disk():
    assert review_from_json(example(Review).to_json()) == example(Review)


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_what_is_no_review_is_refused(text):
    with pytest.raises(ValueError, match=r"Review|Expecting value"):
        review_from_json(text)
