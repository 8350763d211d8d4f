"""No sample judges runs together that one of them has learned from."""

from dataclasses import replace

import pytest

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.engine.results.joint_deal import joint_deal

SPLITS = {"r": "train", "v": "validation", "t": "test"}


def deal(letters: str, **changes: dict[int, str]) -> Dataset:
    """Return a data set whose samples are dealt as the letters say, with their other fields."""
    samples = [
        Sample(path=f"{n}.png", label=n % 2, digest=str(n), split=SPLITS[letter])
        for n, letter in enumerate(letters)
    ]
    for name, values in changes.items():
        for number, value in values.items():
            samples[number] = replace(samples[number], **{name: value})
    return Dataset(folder="/p", modality="image", classes=("elm", "oak"), samples=tuple(samples))


def dealt(*datasets: Dataset) -> str:
    return "".join({v: k for k, v in SPLITS.items()}[s.split] for s in joint_deal(datasets).samples)


def test_runs_that_were_dealt_alike_are_judged_by_all_their_test_samples():
    first = deal("rrvvtt", group={0: "a", 4: "a"})  # as the folder says, which may leak
    assert joint_deal([first, deal("rrvvtt")]) == first


def test_sample_that_one_run_has_learned_from_or_was_chosen_by_tests_none():
    found = joint_deal([deal("rvttvt"), deal("ttvrvt")])
    assert dealt(deal("rvttvt"), deal("ttvrvt")) == "rvvrvt"
    [problem] = found.problems
    assert (problem.code, problem.count) == ("deals_differ", 1)


def test_what_belongs_with_something_that_was_learned_from_is_learned_from_too():
    plain, grouped = deal("trtvtt"), deal("vtttvt", group={0: "a", 1: "a"})
    assert dealt(plain, grouped) == "rrtvvt"
    alike = deal("trtvtt", cluster={1: "c", 2: "c"})
    assert dealt(alike, grouped) == "rrrvvt", "also in two steps"


def test_sample_that_a_run_does_not_know_or_knows_as_another_class_judges_nothing():
    other = deal("rvvttt", digest={4: "new"}, label={3: 0})
    assert dealt(deal("rvvttt"), other) == "rvvrrt"


def test_runs_of_other_data_have_nothing_to_be_judged_by():
    other = deal("rvtrvt", digest={n: f"other {n}" for n in range(6)})
    with pytest.raises(TlguiError, match="ensemble_untested") as error:
        joint_deal([deal("rvtrvt"), other])
    assert error.value.detail["name"] == "test"


def test_runs_whose_certainty_nobody_could_tell_are_refused():
    with pytest.raises(TlguiError, match="ensemble_untested") as error:
        joint_deal([deal("rvt"), deal("vrt")])
    assert error.value.detail["name"] == "validation"
