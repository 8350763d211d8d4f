"""What a person reads about labels and shortcuts."""

import pytest

from tlgui.core.evaluation import Estimate
from tlgui.core.review import Review, Shortcut, Suspect
from tlgui.core.review_words import HINTS, MAX_LISTED, SEEN, review_lines

AREA = Estimate(value=0.98, low=0.95, high=0.99)


def review(num_suspects=0, shortcuts=()):
    suspects = tuple(
        Suspect(file=f"{number}.png", label="cat", digest="", suggested="dog", quality=0.1)
        for number in range(num_suspects)
    )
    return Review(
        source="/pictures",
        modality="image",
        classes=("cat", "dog"),
        num_samples=1200,
        num_suspects=num_suspects,
        suspects=suspects,
        hints=("border", "exif"),
        num_hinted=1000,
        shortcuts=shortcuts,
    )


def test_clean_data_is_called_clean_with_what_was_tried():
    lines = [*review_lines(review())]
    assert lines[0].startswith("None of 1,200 pictures")
    assert lines[1].startswith("No shortcut found in 1,000 pictures")
    assert HINTS["border"] in lines[1]
    assert len(lines) == 2


def test_suspects_are_listed_with_what_they_look_like_but_not_all_of_them():
    lines = [*review_lines(review(num_suspects=15))]
    assert "15 of 1,200 pictures" in lines[0]
    assert lines[1] == "  0.png: labeled cat, looks like dog"
    assert lines[1 + MAX_LISTED] == "  and 5 more"


@pytest.mark.parametrize("hint", HINTS)
def test_every_shortcut_says_what_it_tells_how_well_and_what_to_do(hint):
    shortcut = Shortcut(hint=hint, class_name="cat", roc_auc=AREA)
    line = [*review_lines(review(shortcuts=(shortcut,)))][-1]
    for part in ("alone tells cat", "0.98", "0.95", "0.99", HINTS[hint][1:]):
        assert part in line
    assert ("even it out" in line) == (hint in SEEN)
