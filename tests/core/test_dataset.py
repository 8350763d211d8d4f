"""The data set: what it counts, refuses and keeps on disk."""

import json
from dataclasses import replace

import pytest

from tests.core.examples import dataset
from tlgui.core.dataset import PROBLEMS, SPLITS, Problem, dataset_from_json
from tlgui.core.errors import EXIT_CODES, TlguiError


def _split(data, *splits):
    samples = tuple(replace(s, split=p) for s, p in zip(data.samples, splits, strict=True))
    return replace(data, samples=samples)


def test_counts_follow_the_order_of_the_classes_and_show_empty_ones():
    data = replace(dataset(num_per_class=4), classes=("cat", "dög", "empty"))
    assert data.class_counts() == (4, 4, 0)


def test_a_split_holds_its_own_samples_only():
    data = _split(dataset(num_per_class=2), "train", "test", "train", None)
    assert [s.path for s in data.of_split("train")] == ["cat/0.png", "dög/0.png"]
    assert data.of_split("validation") == ()


def test_the_baseline_is_the_most_frequent_class_of_the_split():
    data = _split(dataset(num_per_class=3), "test", "train", "train", "test", "test", "train")
    assert data.majority("test") == ("dög", 2 / 3)


def test_a_good_data_set_is_usable():
    dataset().require_usable()


@pytest.mark.parametrize(("code", "blocks"), PROBLEMS.items())
def test_only_blocking_problems_forbid_training(code, blocks):
    problem = Problem(code=code, path="x.png", name="cat", count=2, reason="why")
    data = replace(dataset(), problems=(problem,))
    if not blocks:
        data.require_usable()
        return
    with pytest.raises(TlguiError) as caught:
        data.require_usable()
    assert caught.value.code == code
    assert caught.value.detail == {"path": "x.png", "name": "cat", "count": 2, "reason": "why"}


@pytest.mark.parametrize("code", [code for code, blocks in PROBLEMS.items() if blocks])
def test_what_forbids_training_can_end_a_command(code):
    assert code in EXIT_CODES


def test_a_problem_that_only_a_later_version_knows_forbids_nothing():
    replace(dataset(), problems=(Problem(code="from_the_future"),)).require_usable()


def test_a_blocking_problem_without_a_path_names_the_folder():
    data = replace(dataset(), problems=(Problem(code="split_missing", name="test"),))
    with pytest.raises(TlguiError) as caught:
        data.require_usable()
    assert caught.value.detail["path"] == "/pictures"


def test_one_class_alone_cannot_be_learned():
    with pytest.raises(TlguiError, match="one_class") as caught:
        dataset(classes=("cat",)).require_usable()
    assert caught.value.detail["name"] == "cat"


def test_a_data_set_survives_the_disk():
    data = replace(
        _split(dataset(num_per_class=2), *SPLITS, None),
        problems=(Problem(code="duplicates", path="x", name="cat", reason="“y”", count=2),),
        num_ignored=3,
        presplit=True,
        table="labels.csv",
        suggested_group="prefix",
    )
    data = replace(data, samples=(*data.samples[:-1], replace(data.samples[-1], group="P07")))
    assert dataset_from_json(data.to_json()) == data


def test_a_file_name_that_is_no_unicode_does_not_stop_a_scan():
    data = dataset()
    odd = replace(data.samples[0], path=b"cat/caf\xe9.png".decode("utf-8", "surrogateescape"))
    data = replace(data, samples=(odd, *data.samples[1:]))
    assert dataset_from_json(data.to_json().encode().decode()) == data


@pytest.mark.parametrize(
    "row",
    [
        5,
        [],
        ["x.png", 0, "d", "train"],
        [1, 0, "d", None, ""],
        ["x.png", 2, "d", None, ""],
        ["x.png", -1, "d", None, ""],
        ["x.png", 1.0, "d", None, ""],
        ["x.png", "0", "d", None, ""],
        ["x.png", 0, "d", "dev", ""],
        ["x.png", 0, "d", ["train"], ""],
    ],
)
def test_a_damaged_sample_is_refused(row):
    record = {**json.loads(dataset().to_json()), "samples": [row]}
    with pytest.raises(ValueError, match="no s"):
        dataset_from_json(json.dumps(record))


@pytest.mark.parametrize("text", ["", "[]", "5", '"samples"', "{}", '{"samples": 5}', "null"])
def test_what_is_no_data_set_is_refused(text):
    with pytest.raises(ValueError, match=r"no data set|Expecting value"):
        dataset_from_json(text)
