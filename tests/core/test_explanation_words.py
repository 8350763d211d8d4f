"""What an explanation says in words."""

from dataclasses import replace
from typing import get_args

import pytest

from tlgui.core.dataset import Modality
from tlgui.core.events import NeighborsFound
from tlgui.core.explanation import Explanation, Method, Neighbor, WordWeight
from tlgui.core.explanation_words import (
    CAVEATS,
    METHODS,
    TITLES,
    answer_sentence,
    compared_sentence,
    explanation_lines,
    finding_sentence,
    limits_sentence,
    neighbor_lines,
)

PICTURE = Explanation(
    file="a.jpg",
    modality="image",
    method="grad_cam",
    predicted="cat",
    target="cat",
    probabilities=(0.9, 0.1),
    overlay="/out/1-cat.png",
)
TEXT = Explanation(
    file="",
    modality="text",
    method="linear",
    predicted="cat",
    target="cat",
    probabilities=(0.9, 0.1),
    text="meow meow, not woof",
    words=(
        WordWeight(start=0, end=4, weight=0.2),
        WordWeight(start=5, end=9, weight=0.3),
        WordWeight(start=15, end=19, weight=-1.0),
    ),
)


def test_every_method_and_modality_has_words():
    assert set(METHODS) == set(get_args(Method))
    assert set(TITLES) == set(CAVEATS) == set(get_args(Modality))


@pytest.mark.parametrize(
    ("true", "sentence"),
    [
        ("", "cat, 90 % sure"),
        ("cat", "cat, 90 % sure, and right"),
        ("dog", "cat, 90 % sure, but it is dog"),
    ],
)
def test_answer_says_whether_it_is_right_where_that_is_known(true, sentence):
    assert answer_sentence(replace(PICTURE, true=true)) == sentence


@pytest.mark.parametrize(
    ("explanation", "sentence"),
    [
        (PICTURE, "Bright places speak for cat."),
        (replace(PICTURE, against="dog"), "Blue places speak for cat, orange ones for dog."),
        (replace(PICTURE, is_blank=True), "Nothing in it speaks for cat."),
        (
            replace(PICTURE, is_blank=True, against="dog"),
            "Nothing in it speaks for cat rather than for dog.",
        ),
        (TEXT, "For cat: “meow”. Against it: “woof”."),
        (replace(TEXT, against="dog"), "For cat: “meow”. For dog: “woof”."),
        (replace(TEXT, words=TEXT.words[:2]), "For cat: “meow”."),
        (
            replace(TEXT, words=(WordWeight(start=9, end=10, weight=0.1),)),
            "For cat: no word alone.",
        ),
    ],
)
def test_finding_names_what_speaks_for_the_class(explanation, sentence):
    assert finding_sentence(explanation) == sentence


def test_long_texts_say_what_was_left_out():
    assert limits_sentence(TEXT) == ""
    long = replace(TEXT, num_cut=1200, num_hidden=3)
    assert limits_sentence(long) == (
        "Too long for this model: the last 1,200 tokens were not read. 3 more characters were read."
    )
    assert limits_sentence(long) in "\n".join(explanation_lines(long))


def test_command_line_names_the_sample_and_the_picture():
    assert [*explanation_lines(PICTURE)] == [
        "a.jpg: cat, 90 % sure",
        "  Bright places speak for cat. (Grad-CAM)",
        "  Heat map: /out/1-cat.png",
    ]
    assert next(explanation_lines(TEXT)).startswith("The text: cat")


def _found(num_compared, *neighbors):
    return NeighborsFound(
        seq=1,
        time_s=1.0,
        question=1,
        file="",
        neighbors=neighbors,
        num_compared=num_compared,
        num_train=5000,
    )


def test_neighbors_are_named_and_what_was_not_compared_is_said():
    cat = Neighbor(file="cat/1.txt", class_name="cat", distance=0.123, text="meow")

    assert [*neighbor_lines(_found(2000, cat))] == [
        "  Most like it, of what it learned from: cat/1.txt (cat, 0.12)",
        "  Compared with 2,000 of 5,000 texts it learned from, picked at random.",
    ]
    assert [*neighbor_lines(_found(5000))] == []
    assert compared_sentence(_found(5000), "image") == ""
