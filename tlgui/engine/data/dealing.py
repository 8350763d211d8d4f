"""Dealing samples to the sides of a split, those that belong together to one side."""

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tlgui.core.dataset import Dataset, Sample, Split
from tlgui.core.errors import TlguiError

_ATTEMPTS: Final = 20  # other shuffles, where groups of several classes get into each other's way

Shares = Mapping[Split, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """Samples that stay together, and how many of each class they are."""

    members: tuple[int, ...]
    counts: Mapping[int, int]


def deal(
    dataset: Dataset, samples: Sequence[Sample], shares: Shares, seed: int
) -> tuple[Sample, ...]:
    """Return the samples, each with its side.

    Exact copies and groups are never torn apart; near-duplicates are where nothing or too little
    of their class would be left for a side.

    Args:
        dataset: Whose samples they are.
        samples: With their groups.
        shares: Of each side; every class is dealt by them as well as what belongs together allows.
        seed: The same seed gives the same sides on every computer.

    Raises:
        TlguiError: a class has fewer groups, or fewer distinct samples, than sides.
    """
    units = _units(samples)
    num_units = _units_per_class(units)
    # better a problem that says so than no training at all, or a handful of samples to judge by
    if loose := {label for label, count in num_units.items() if count < len(shares)}:
        units = _units(samples, loose)
    sides = _sides(dataset, samples, units, shares, seed)
    if torn := _short_classes(samples, sides, shares) & {s.label for s in samples if s.cluster}:
        sides = _sides(dataset, samples, _units(samples, loose | torn), shares, seed)
    return tuple(replace(s, split=sides[number]) for number, s in enumerate(samples))


def _sides(
    dataset: Dataset, samples: Sequence[Sample], units: Sequence[_Unit], shares: Shares, seed: int
) -> dict[int, Split]:
    """Return the side of every sample, by its index."""
    units_per_class = _units_per_class(units)
    for label, count in sorted(units_per_class.items()):
        if count < len(shares):
            raise _too_coarse(dataset, samples, label, count)
    for attempt in range(_ATTEMPTS):
        dealer = _Dealer(units, units_per_class, shares, random.Random(f"{seed}.{attempt}"))
        sides = dealer.deal()
        if not dealer.left_out:
            return sides
    label = dealer.left_out[0]
    raise _too_coarse(dataset, samples, label, units_per_class[label])


def _short_classes(
    samples: Sequence[Sample], sides: Mapping[int, Split], shares: Shares
) -> set[int]:
    """Return the classes of which some side has less than half of its share."""
    found = Counter((samples[number].label, side) for number, side in sides.items())
    return {
        label
        for label, count in Counter(s.label for s in samples).items()
        for side, target in _targets(count, shares).items()
        if 2 * found[label, side] < target
    }


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


def unit_numbers(samples: Sequence[Sample]) -> list[int]:
    """Return a number for each sample that it shares with those that belong together with it."""
    numbers = [0] * len(samples)
    for number, unit in enumerate(_units(samples)):
        for member in unit.members:
            numbers[member] = number
    return numbers


def _units(samples: Sequence[Sample], loose: Collection[int] = ()) -> list[_Unit]:
    """Return the samples in connected sets: linked by content, group, or almost the same text.

    Args:
        samples: Any.
        loose: Classes whose near-duplicates are not linked.
    """
    single = {label: Counter([label]) for label in {s.label for s in samples}}  # one for all
    return [
        _Unit(
            members=tuple(same),
            counts=Counter(samples[number].label for number in same)
            if len(same) > 1
            else single[samples[same[0]].label],
        )
        for same in _connected(
            (
                (sample.digest for sample in samples),
                (sample.group for sample in samples),
                ("" if sample.label in loose else sample.cluster for sample in samples),
            ),
            len(samples),
        )
    ]


def _connected(links: Iterable[Iterable[str]], count: int) -> Iterable[Sequence[int]]:
    """Return the numbers below ``count`` in sets that share a key of any link; "" is no key."""
    parents = list(range(count))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for keys in links:
        first: dict[str, int] = {}
        for number, key in enumerate(keys):
            if key:
                parents[root(number)] = root(first.setdefault(key, number))
    members: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        members[root(number)].append(number)
    return members.values()


def _too_coarse(dataset: Dataset, samples: Sequence[Sample], label: int, count: int) -> TlguiError:
    grouped = any(s.group for s in samples if s.label == label)
    code = "group_too_coarse" if grouped else "class_too_small"
    return TlguiError(code, name=dataset.classes[label], count=count)
