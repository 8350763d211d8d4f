"""Honest splits: every class on every side, copies and groups never torn apart."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tlgui.core.dataset import SPLITS, Dataset, Problem, Sample, Split
from tlgui.core.errors import TlguiError
from tlgui.core.plan import SplitPlan
from tlgui.engine.data.groups import groups_of
from tlgui.engine.data.hygiene import near_copies_across_splits

_ATTEMPTS: Final = 20  # other shuffles, where groups of several classes get into each other's way

Shares = Mapping[Split, float]


def assign_splits(dataset: Dataset, split: SplitPlan, seed: int) -> Dataset:
    """Deal the samples to training, validation and test.

    Each class is dealt by the shares of the plan, with at least one sample on every side; exact
    copies stay on one side, and so do groups and near-duplicates, unless a class has hardly
    anything else. A data set that is split already keeps its sides:
    a missing validation part is made from training, and copies of a sample of a later part are
    dropped from the earlier one, with a problem that says so.

    Args:
        dataset: As the scan left it; it has to be usable.
        split: Shares and grouping.
        seed: The same seed gives the same split on every computer.

    Raises:
        TlguiError: a class has fewer groups, or fewer distinct samples, than sides.
    """
    groups = groups_of(dataset, split.group_by)
    if split.group_by and max(Counter(filter(None, groups)).values(), default=0) < 2:
        raise TlguiError("group_meaningless", path=dataset.folder, name=split.group_by)
    samples = [replace(s, group=g) for s, g in zip(dataset.samples, groups, strict=True)]
    shares: Shares = {
        "train": split.train_fraction,
        "validation": split.validation_fraction,
        "test": split.test_fraction,
    }
    if not dataset.presplit:
        return _with_sides(dataset, _dealt(dataset, samples, shares, seed))
    samples, problems = _without_leaks(samples)
    _require_something_to_learn(dataset, samples)
    if not any(s.split == "validation" for s in samples):
        own = [s for s in samples if s.split == "train"]
        two: Shares = {s: shares[s] for s in ("train", "validation")}
        dealt = {s.path: s for s in _dealt(dataset, own, two, seed)}
        samples = [dealt.get(s.path, s) for s in samples]
    return _with_sides(dataset, samples, problems)


def match_classes(dataset: Dataset, classes: Sequence[str]) -> Dataset:
    """Return a data set with its labels in the order of a model's classes.

    Classes that have no samples are fine, and their problems are dropped.

    Raises:
        TlguiError: samples have a class that the model does not know.
    """
    known = {name: label for label, name in enumerate(classes)}
    used = {dataset.classes[s.label] for s in dataset.samples}
    unknown = [name for name in dataset.classes if name in used and name not in known]
    if unknown:
        raise TlguiError(
            "classes_do_not_match",
            path=dataset.folder,
            unknown=", ".join(unknown),
            known=", ".join(classes),
        )
    about_training = ("class_empty", "class_too_small", "class_not_tested", "split_missing")
    return replace(
        dataset,
        classes=tuple(classes),
        samples=tuple(replace(s, label=known[dataset.classes[s.label]]) for s in dataset.samples),
        problems=tuple(p for p in dataset.problems if p.code not in about_training),
    )


def _with_sides(
    dataset: Dataset, samples: Sequence[Sample], problems: Sequence[Problem] = ()
) -> Dataset:
    found = (*dataset.problems, *problems, *near_copies_across_splits(samples))
    return replace(dataset, samples=tuple(samples), problems=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """Samples that stay together, and how many of each class they are."""

    members: tuple[int, ...]
    counts: Mapping[int, int]


def _dealt(
    dataset: Dataset, samples: Sequence[Sample], shares: Shares, seed: int
) -> tuple[Sample, ...]:
    units = _units(samples)
    units_per_class = _units_per_class(units)
    if coarse := {label for label, count in units_per_class.items() if count < len(shares)}:
        # better a problem that says so than no training at all
        units = _units(samples, coarse)
        units_per_class = _units_per_class(units)
    for label, count in sorted(units_per_class.items()):
        if count < len(shares):
            raise _too_coarse(dataset, samples, label, count)
    for attempt in range(_ATTEMPTS):
        dealer = _Dealer(units, units_per_class, shares, random.Random(f"{seed}.{attempt}"))
        sides = dealer.deal()
        if not dealer.left_out:
            break
    else:
        label = dealer.left_out[0]
        raise _too_coarse(dataset, samples, label, units_per_class[label])
    return tuple(replace(s, split=sides[number]) for number, s in enumerate(samples))


class _Dealer:
    """Deals units, the largest first, to the side that needs their classes most.

    The need is the share of a class that a side still lacks, so that the largest unit of the
    squared deviations shrinks most. A side that has nothing of a class goes first as soon as
    there are only as many units of it left as there are such sides.

    Attributes:
        left_out: Classes that some side has nothing of, after ``deal``.
    """

    def __init__(
        self,
        units: Sequence[_Unit],
        units_per_class: Mapping[int, int],
        shares: Shares,
        rng: random.Random,
    ) -> None:
        self.left_out: list[int] = []
        self._sides = tuple(shares)
        self._units = list(units)
        rng.shuffle(self._units)
        self._units.sort(key=lambda unit: -len(unit.members))
        self._units_left = dict(units_per_class)
        self._totals = _totals(units)
        self._needs = {c: _targets(n, shares) for c, n in self._totals.items()}
        self._without = {c: set(self._sides) for c in self._totals}

    def deal(self) -> dict[int, Split]:
        """Return the side of every sample, by its index."""
        sides: dict[int, Split] = {}
        for unit in self._units:
            side = max(self._sides, key=lambda s: self._claim(unit, s))
            sides.update(dict.fromkeys(unit.members, side))
            for label, count in unit.counts.items():
                self._needs[label][side] -= count
                self._without[label].discard(side)
                self._units_left[label] -= 1
        self.left_out = [label for label, lacking in sorted(self._without.items()) if lacking]
        return sides

    def _claim(self, unit: _Unit, side: Split) -> tuple[int, float]:
        urgent, need = 0, 0.0
        for label, count in unit.counts.items():
            without = self._without[label]
            urgent += side in without and self._units_left[label] <= len(without)
            need += count * self._needs[label][side] / self._totals[label] ** 2
        return urgent, need


def _targets(count: int, shares: Shares) -> dict[Split, int]:
    """Return whole numbers in the proportion of the shares, each at least 1 if possible."""
    whole = sum(shares.values())
    exact = {side: count * share / whole for side, share in shares.items()}
    targets = {side: int(value + 1e-9) for side, value in exact.items()}
    by_remainder = sorted(exact, key=lambda side: round(targets[side] - exact[side], 9))
    for side in by_remainder[: count - sum(targets.values())]:
        targets[side] += 1
    for side in targets:
        if targets[side] == 0:
            largest = max(targets, key=lambda s: targets[s])
            targets[largest] -= 1
            targets[side] += 1
    return targets


def _totals(units: Iterable[_Unit]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for unit in units:
        totals.update(unit.counts)
    return totals


def _units_per_class(units: Iterable[_Unit]) -> Counter[int]:
    return Counter(label for unit in units for label in unit.counts)


def _units(samples: Sequence[Sample], loose: Collection[int] = ()) -> list[_Unit]:
    """Return the samples in connected sets: linked by content, group, or almost the same text.

    Args:
        samples: Any.
        loose: Classes whose near-duplicates are not linked.
    """
    parents = list(range(len(samples)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for keys in (
        (sample.digest for sample in samples),
        (sample.group for sample in samples),
        ("" if sample.label in loose else sample.cluster for sample in samples),
    ):
        first: dict[str, int] = {}
        for number, key in enumerate(keys):
            if key:
                parents[root(number)] = root(first.setdefault(key, number))
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(len(samples)):
        members[root(number)].append(number)
    single = {label: Counter([label]) for label in {s.label for s in samples}}  # one for all
    return [
        _Unit(
            members=tuple(same),
            counts=Counter(samples[number].label for number in same)
            if len(same) > 1
            else single[samples[same[0]].label],
        )
        for same in members.values()
    ]


def _without_leaks(samples: Sequence[Sample]) -> tuple[list[Sample], list[Problem]]:
    """Drop from each part the exact copies of samples of a later part."""
    last: dict[str, Sample] = {}
    for side in SPLITS:
        last.update((s.digest, s) for s in samples if s.split == side)
    leaks: dict[Split, list[str]] = defaultdict(list)
    kept: list[Sample] = []
    for sample in samples:
        later = last[sample.digest]
        if sample.split and sample.split != later.split:
            leaks[sample.split].append(later.path)
        else:
            kept.append(sample)
    problems = [
        Problem(code="duplicates_across_splits", path=paths[0], name=side, count=len(paths))
        for side, paths in sorted(leaks.items())
    ]
    return kept, problems


def _require_something_to_learn(dataset: Dataset, samples: Sequence[Sample]) -> None:
    learned = {s.label for s in samples if s.split == "train"}
    for label, name in enumerate(dataset.classes):
        if label not in learned:
            raise TlguiError("class_empty", name=f"train/{name}")


def _too_coarse(dataset: Dataset, samples: Sequence[Sample], label: int, count: int) -> TlguiError:
    grouped = any(s.group for s in samples if s.label == label)
    code = "group_too_coarse" if grouped else "class_too_small"
    return TlguiError(code, name=dataset.classes[label], count=count)
