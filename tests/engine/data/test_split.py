import random
import time
from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from tlgui.core.dataset import SPLITS, Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.plan import SplitPlan
from tlgui.core.wording import problem_sentence
from tlgui.engine.data.split import assign_splits, match_classes


def dataset_of(paths: list[str], digests: dict[str, str] | None = None, **fields) -> Dataset:
    """A data set whose classes are the first folders of the paths."""
    classes = sorted({path.split("/")[0] for path in paths})
    return Dataset(
        folder="/data",
        modality="image",
        classes=tuple(classes),
        samples=tuple(
            Sample(path=p, label=classes.index(p.split("/")[0]), digest=(digests or {}).get(p, p))
            for p in paths
        ),
        **fields,
    )


def flat(**counts: int) -> Dataset:
    return dataset_of([f"{name}/{n}.png" for name, count in counts.items() for n in range(count)])


def presplit(*rows: tuple[str, str, str]) -> Dataset:
    """Rows of split, class and digest."""
    classes = sorted({name for _, name, _ in rows})
    samples = [
        Sample(
            path=f"{side}/{name}/{number}.png",
            label=classes.index(name),
            digest=digest or str(number),
            split=side,
        )
        for number, (side, name, digest) in enumerate(rows)
    ]
    return Dataset(
        folder="/data",
        modality="image",
        classes=tuple(classes),
        samples=tuple(samples),
        presplit=True,
    )


def sizes(dataset: Dataset, label: int | None = None) -> tuple[int, ...]:
    counts = Counter(s.split for s in dataset.samples if label in (None, s.label))
    return tuple(counts[split] for split in SPLITS)


def sides_of_groups(dataset: Dataset) -> list[set]:
    sides = defaultdict(set)
    for sample in dataset.samples:
        sides[sample.group or sample.path].add(sample.split)
    return list(sides.values())


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (3, (1, 1, 1)),
        (4, (2, 1, 1)),
        (5, (3, 1, 1)),
        (7, (4, 2, 1)),
        (10, (6, 2, 2)),
        (100, (60, 20, 20)),
        (1003, (602, 201, 200)),
    ],
)
def test_every_class_is_dealt_by_the_shares_and_is_on_every_side(count, expected):
    split = assign_splits(flat(a=count, b=10), SplitPlan(), seed=0)
    assert sizes(split, 0) == expected
    assert sizes(split, 1) == (6, 2, 2)


@pytest.mark.parametrize("shares", [(0.98, 0.01, 0.01), (0.01, 0.01, 0.98), (0.8, 0.1, 0.1)])
@pytest.mark.parametrize("count", [3, 4, 9, 250])
def test_no_side_is_ever_empty_whatever_the_shares(count, shares):
    plan = SplitPlan(
        train_fraction=shares[0], validation_fraction=shares[1], test_fraction=shares[2]
    )
    split = assign_splits(flat(a=count, b=count), plan, seed=1)
    for label in (0, 1):
        assert min(sizes(split, label)) >= 1
        for size, share in zip(sizes(split, label), shares, strict=True):
            assert abs(size - share * count) < 2 or size == 1 or count < 10


def test_the_same_seed_gives_the_same_split_and_another_seed_another():
    dataset = flat(a=50, b=50)
    first = assign_splits(dataset, SplitPlan(), seed=5)
    assert assign_splits(dataset, SplitPlan(), seed=5) == first
    assert assign_splits(dataset, SplitPlan(), seed=6) != first
    assert [s.path for s in first.samples] == [s.path for s in dataset.samples]


def test_the_split_of_a_seed_is_the_same_on_every_computer_and_in_every_version():
    split = assign_splits(flat(a=10, b=4), SplitPlan(), seed=0)
    letters = {"train": "L", "validation": "v", "test": "t"}
    assert "".join(letters[s.split] for s in split.samples) == "LLvttLvLLLvLtL"


def test_exact_copies_never_lie_on_both_sides():
    paths = [f"a/{n}.png" for n in range(40)] + [f"b/{n}.png" for n in range(40)]
    digests = {p: f"{p[0]}{n // 3}" for n, p in enumerate(paths)}
    for seed in range(10):
        split = assign_splits(dataset_of(paths, digests), SplitPlan(), seed)
        sides = defaultdict(set)
        for sample in split.samples:
            sides[sample.digest].add(sample.split)
        assert all(len(s) == 1 for s in sides.values())
        assert min(*sizes(split, 0), *sizes(split, 1)) >= 1


@pytest.mark.parametrize("seed", range(20))
def test_groups_stay_together_and_every_class_is_on_every_side(seed):
    chance = random.Random(seed)
    paths = []
    for patient in range(chance.randint(20, 60)):
        for name in chance.sample("abcd", chance.randint(1, 3)):
            count = chance.choice([1, 1, 2, 5, 30])
            paths += [f"{name}/P{patient:02}_{n}.png" for n in range(count)]
    dataset = dataset_of(paths)
    split = assign_splits(dataset, SplitPlan(group_by="prefix"), seed)
    assert all(len(sides) == 1 for sides in sides_of_groups(split))
    assert all(s.group.startswith("P") for s in split.samples)
    for label in range(len(dataset.classes)):
        assert min(sizes(split, label)) >= 1
    train = sizes(split)[0] / len(paths)
    assert 0.45 < train < 0.75, "the shares are honored as far as groups allow"


@pytest.mark.parametrize("seed", range(5))
def test_three_patients_with_every_class_are_enough(seed):
    chance = random.Random(seed)
    paths = [
        f"{name}/P{patient}_{n}.png"
        for name in "abcdef"
        for patient in range(3)
        for n in range(chance.randint(1, 9))
    ]
    split = assign_splits(dataset_of(paths), SplitPlan(group_by="prefix"), seed)
    assert all(min(sizes(split, label)) >= 1 for label in range(6))


@pytest.mark.parametrize("seed", range(5))
def test_rare_classes_that_share_their_patients_with_common_ones_are_on_every_side(seed):
    paths = [f"common/P{patient:02}_{n}.png" for patient in range(30) for n in range(9)]
    paths += [f"rare/P{patient:02}_x.png" for patient in (3, 4, 5)]
    paths += [f"scarce/P{patient:02}_y.png" for patient in (5, 6, 7, 8)]
    split = assign_splits(dataset_of(paths), SplitPlan(group_by="prefix"), seed)
    assert all(min(sizes(split, label)) >= 1 for label in range(3))


@pytest.mark.parametrize(
    ("group_by", "paths", "groups"),
    [
        ("", ["a/x_1.png"], [""]),
        ("prefix", ["a/P1_1.png", "a/P1-2.png", "a/P1 3.png", "a/no.png"], ["P1"] * 3 + ["no"]),
        ("prefix:__", ["a/P_1__7.png", "a/P_2__7.png"], ["P_1", "P_2"]),
        ("folder", ["a/left/x/1.png", "a/right/1.png", "a/1.png"], ["left", "right", ""]),
    ],
)
def test_what_belongs_together_is_read_from_names_and_folders(group_by, paths, groups):
    more = [f"{name}/z{n}/z{n}.png" for name in "ab" for n in range(5)]
    split = assign_splits(dataset_of(paths + more), SplitPlan(group_by=group_by), seed=0)
    found = {s.path: s.group for s in split.samples}
    assert [found[path] for path in paths] == groups


def test_a_column_of_the_table_keeps_samples_together(tmp_path):
    rows = [f"{name}/{n}.png,{name},patient {n // 3}" for name in "ab" for n in range(15)]
    (tmp_path / "t.csv").write_text("\n".join(["file,label,who", *rows]), encoding="utf-8")
    dataset = dataset_of([row.split(",")[0] for row in rows], table="t.csv")
    dataset = replace(dataset, folder=str(tmp_path))
    split = assign_splits(dataset, SplitPlan(group_by="column:who"), seed=0)
    assert all(len(sides) == 1 for sides in sides_of_groups(split))
    assert {s.group for s in split.samples} == {f"patient {n}" for n in range(5)}
    with pytest.raises(TlguiError, match="column_missing"):
        assign_splits(dataset, SplitPlan(group_by="column:doctor"), seed=0)


def test_too_few_groups_are_refused_with_the_class_and_their_number():
    paths = [f"a/P{n % 2}_{n}.png" for n in range(20)] + [f"b/Q{n}_0.png" for n in range(9)]
    with pytest.raises(TlguiError) as caught:
        assign_splits(dataset_of(paths), SplitPlan(group_by="prefix"), seed=0)
    assert caught.value.code == "group_too_coarse"
    assert caught.value.detail == {"name": "a", "count": 2}


def test_too_few_distinct_pictures_are_not_blamed_on_groups():
    with pytest.raises(TlguiError, match="class_too_small"):
        assign_splits(flat(a=2, b=5), SplitPlan(), seed=0)


def test_a_given_split_is_kept():
    rows = [(side, name, "") for side in SPLITS for name in "ab" for _ in range(3)]
    dataset = presplit(*rows)
    assert assign_splits(dataset, SplitPlan(), seed=0) == dataset


def test_a_missing_validation_part_is_made_from_training_and_never_from_test():
    rows = [("train", name, "") for name in "ab" for _ in range(20)]
    rows += [("test", name, "") for name in "ab" for _ in range(5)]
    split = assign_splits(presplit(*rows), SplitPlan(), seed=0)
    assert sizes(split, 0) == sizes(split, 1) == (15, 5, 5)
    assert all(s.path.startswith("test/") == (s.split == "test") for s in split.samples)


def test_copies_of_test_pictures_are_dropped_from_what_is_learned():
    rows = [("train", name, "") for name in "ab" for _ in range(8)]
    rows += [("test", "a", "leak"), ("train", "a", "leak"), ("train", "a", "leak")]
    rows += [("test", "b", ""), ("validation", "b", "leak2"), ("train", "b", "leak2")]
    split = assign_splits(presplit(*rows), SplitPlan(), seed=0)
    assert sizes(split) == (16, 1, 2)
    (problem,) = split.problems
    assert (problem.code, problem.name, problem.count) == ("duplicates_across_splits", "train", 3)
    assert "test/a/16.png" in problem_sentence(problem)


def test_a_class_that_was_only_copies_of_the_test_part_cannot_be_learned():
    rows = [("train", "a", ""), ("train", "b", "x"), ("test", "b", "x"), ("validation", "a", "")]
    with pytest.raises(TlguiError, match="class_empty"):
        assign_splits(presplit(*rows), SplitPlan(), seed=0)


def test_a_hundred_thousand_samples_are_dealt_in_seconds():
    dataset = flat(**{f"c{n}": 2000 for n in range(50)})
    started = time.monotonic()
    split = assign_splits(dataset, SplitPlan(), seed=0)
    assert time.monotonic() - started < 20
    assert sizes(split) == (60_000, 20_000, 20_000)


def test_another_folder_gets_the_labels_of_the_model():
    dataset = flat(dogs=3, cats=4)
    matched = match_classes(dataset, ("birds", "dogs", "cats"))
    assert matched.classes == ("birds", "dogs", "cats")
    assert matched.class_counts() == (0, 3, 4)


def test_folders_that_the_model_does_not_know_are_named():
    with pytest.raises(TlguiError) as caught:
        match_classes(flat(dogs=3, emus=4), ("cats", "dogs"))
    assert caught.value.code == "classes_do_not_match"
    assert caught.value.detail["unknown"] == "emus"
    assert caught.value.detail["known"] == "cats, dogs"


@pytest.mark.parametrize("group_by", ["prefix:zzz", "folder"])
def test_grouping_that_keeps_nothing_together_is_not_claimed(group_by):
    dataset = flat(cat=6, dog=3)

    with pytest.raises(TlguiError, match="group_meaningless"):
        assign_splits(dataset, SplitPlan(group_by=group_by), seed=0)


def with_clusters(dataset: Dataset, clusters: dict[str, str]) -> Dataset:
    samples = [replace(s, cluster=clusters.get(s.path, "")) for s in dataset.samples]
    return replace(dataset, samples=tuple(samples))


def test_texts_that_are_almost_the_same_are_never_on_two_sides():
    dataset = flat(a=40, b=40)
    paths = [s.path for s in dataset.samples]
    clusters = {path: f"near-{number // 4}" for number, path in enumerate(paths) if number % 2}
    for seed in range(5):
        dealt = assign_splits(with_clusters(dataset, clusters), SplitPlan(), seed)
        sides = defaultdict(set)
        for sample in dealt.samples:
            sides[sample.cluster].add(sample.split)
        assert {len(same) for name, same in sides.items() if name} == {1}
        assert dealt.problems == ()


def test_a_class_of_nothing_but_near_duplicates_is_dealt_all_the_same_and_told():
    dataset = flat(a=10, b=10)
    clusters = {s.path: "near-0" for s in dataset.samples if s.label == 0}
    dealt = assign_splits(with_clusters(dataset, clusters), SplitPlan(), 0)
    assert sizes(dealt, label=0) == (6, 2, 2)
    problems = [(p.code, p.name, p.count) for p in dealt.problems]
    assert problems == [
        ("near_duplicates_across_splits", "train", 6),
        ("near_duplicates_across_splits", "validation", 2),
    ]
    assert "6 of the train part" in problem_sentence(dealt.problems[0])


@pytest.mark.parametrize("num_clusters", [1, 2])
def test_many_near_duplicates_do_not_leave_a_handful_of_texts_to_judge_by(num_clusters):
    dataset = flat(a=1000, b=50)
    own = [s.path for s in dataset.samples if s.label == 0][:990]
    clusters = {path: f"near-{number % num_clusters}" for number, path in enumerate(own)}
    dealt = assign_splits(with_clusters(dataset, clusters), SplitPlan(), 0)
    assert sizes(dealt, label=0) == (600, 200, 200)
    assert [p.code for p in dealt.problems] == ["near_duplicates_across_splits"] * 2


def test_near_duplicates_stay_together_where_enough_others_are_left_to_judge_by():
    dataset = flat(a=100, b=100)
    clusters = {s.path: "near-0" for s in dataset.samples[:75]}
    dealt = assign_splits(with_clusters(dataset, clusters), SplitPlan(), 0)
    assert sizes(dealt, label=0)[0] == 75
    assert min(sizes(dealt, label=0)) >= 10
    assert dealt.problems == ()


def test_near_duplicates_across_given_parts_are_told_and_exact_ones_dropped():
    rows = [(side, name, "") for side in SPLITS for name in "ab" for _ in range(4)]
    dataset = presplit(*rows, ("train", "a", "copy"), ("test", "a", "copy"))
    clusters = {"train/a/0.png": "near-0", "train/a/24.png": "near-1", "test/a/25.png": "near-1"}
    clusters |= {"train/a/1.png": "near-0", "test/a/16.png": "near-0"}
    dealt = assign_splits(with_clusters(dataset, clusters), SplitPlan(), 0)
    assert [(p.code, p.path, p.count) for p in dealt.problems] == [
        ("duplicates_across_splits", "test/a/25.png", 1),
        ("near_duplicates_across_splits", "train/a/0.png", 2),
    ]
