import random

import pytest

from tlgui.engine.data.near_duplicates import NearDuplicates

LONG = (
    "Dear customer, your parcel {number} could not be delivered to {name} this morning; please "
    "call our service line within ten days so that we can arrange another day for the delivery"
)


def clusters_of(*texts: str) -> list[str]:
    near = NearDuplicates()
    for text in texts:
        near.add(text)
    return near.clusters()


def test_a_template_with_another_number_and_name_stays_together():
    texts = [LONG.format(number=n * 977, name=name) for n, name in enumerate(("Ann", "Bo", "Cy"))]
    assert clusters_of("something else", *texts) == ["", "near-1", "near-1", "near-1"]


def test_case_space_and_punctuation_hide_no_duplicate():
    assert clusters_of("Yes, I will come!", "yes  i will\ncome") == ["near-0", "near-0"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ok", "no"),
        ("see you", "see me"),
        ("12345", "678"),
        ("!!!", "???"),
        ("😀", "😢"),
        ("今天天气很好", "明天天气不好"),
        ("the cat sat on the mat", "on the mat the dog lay"),
        ("", "a"),
    ],
)
def test_short_texts_that_mean_something_else_stay_apart(one, other):
    assert clusters_of(one, other) == ["", ""]


def test_one_sign_of_difference_in_a_script_without_spaces_is_found():
    text = "今天天气很好我们一起去河边的公园散步然后在湖边的小饭馆吃午饭再回家"
    assert clusters_of(text, text + "吧") == ["near-0", "near-0"]


def test_many_copies_are_one_cluster():
    assert set(clusters_of(*["the very same words"] * 3000)) == {"near-0"}


def test_texts_of_one_vocabulary_do_not_grow_into_one_cluster():
    chance = random.Random(3)
    words = [f"word{chr(97 + i)}" for i in range(26)]
    assert set(clusters_of(*(" ".join(chance.choices(words, k=20)) for _ in range(2000)))) == {""}


def test_batches_make_no_difference():
    chance = random.Random(4)
    words = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    texts = [" ".join(chance.choices(words, k=40)) for _ in range(2000)]
    clusters = clusters_of(*texts, *texts)
    assert clusters[:2000] == clusters[2000:] == [f"near-{i}" for i in range(2000)]


def test_it_can_be_asked_again():
    near = NearDuplicates()
    assert near.clusters() == []
    near.add("a b c")
    assert near.clusters() == [""]
    near.add("A, B, C")
    assert near.clusters() == near.clusters() == ["near-0", "near-0"]
