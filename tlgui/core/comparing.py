"""Two runs beside each other: what differs in their plans, and what in their answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import exp, lgamma, log

from tlgui.core.catalog import PresetInfo
from tlgui.core.evaluation import Prediction
from tlgui.core.plan import Plan
from tlgui.core.setting_values import setting_values

MIN_CERTAINTY = 0.05  # of the test, below which a difference is called one

_Key = tuple[str, str, str]  # file, digest, class of a sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A sample that one run gets right and the other does not.

    Attributes:
        file: Its path relative to the data set's folder.
        true: Its class.
        first: What the first run said.
        second: What the second run said.
    """

    file: str
    true: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models on the test samples that both runs have.

    Attributes:
        num_samples: How many these are.
        num_apart: Test samples that only one of the runs has.
        num_first: What the first run got right.
        num_second: What the second run got right.
        p_value: Of McNemar's test: how often chance alone would part them this far.
        flips: What only one of them got right, first what the second one learned to do.
    """

    num_samples: int
    num_apart: int
    num_first: int
    num_second: int
    p_value: float
    flips: tuple[Flip, ...]

    @property
    def is_different(self) -> bool:
        """Whether chance alone would hardly part them this far."""
        return self.p_value < MIN_CERTAINTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A part of two plans that is not the same."""

    name: str
    first: str
    second: str


def compare_answers(first: Iterable[Prediction], second: Iterable[Prediction]) -> Comparison:
    """Compare answers to the same samples.

    A sample is known by its file, its content and its class; where an earlier version has not
    kept what the content was, the other two have to do.
    """
    [comparison] = filter(None, comparing([*first], [*second]))
    return comparison


def comparing(
    first: Sequence[Prediction], second: Sequence[Prediction]
) -> Iterator[Comparison | None]:
    """Do the same bit by bit: yield None after each, and the comparison in the end."""
    has_digests = all(p.digest for p in chain(first, second))
    known, others = dict[_Key, str](), dict[_Key, str]()
    for answers, side in ((known, first), (others, second)):
        for p in side:
            answers[p.file, p.digest if has_digests else "", p.true] = p.predicted
            yield None
    flips: list[_Key] = []
    num_samples = num_first = 0
    for key, said in known.items():
        yield None
        if key not in others:
            continue
        num_samples += 1
        num_first += said == key[2]
        if (said == key[2]) != (others[key] == key[2]):
            flips.append(key)
    won: list[Flip] = []
    lost: list[Flip] = []
    for key in sorted(flips):
        yield None
        flip = Flip(file=key[0], true=key[2], first=known[key], second=others[key])
        (won if flip.second == flip.true else lost).append(flip)
    apart = {key[0] for key in known if key not in others}
    yield None
    apart.update(key[0] for key in others if key not in known)
    yield Comparison(
        num_samples=num_samples,
        num_apart=len(apart),
        num_first=num_first,
        num_second=num_first - len(lost) + len(won),
        p_value=mcnemar_p_value(len(won), len(lost)),
        flips=tuple(chain(won, lost)),
    )


def mcnemar_p_value(num_won: int, num_lost: int) -> float:
    """Return how often chance alone parts two models at least this far, from 0 to 1.

    Args:
        num_won: Samples that only the one gets right.
        num_lost: Samples that only the other gets right.

    Source:
        McNemar 1947, "Note on the sampling error of the difference between correlated
        proportions or percentages", in its exact form: both sides of a binomial distribution.
    """
    total, fewer = num_won + num_lost, min(num_won, num_lost)
    share = lgamma(total + 1) - total * log(2)  # logarithm, of all ways; whole ones get too long
    tail = sum(
        exp(share - lgamma(count + 1) - lgamma(total - count + 1)) for count in range(fewer + 1)
    )
    return min(1.0, 2 * tail)


def plan_differences(
    first: Plan, second: Plan, presets: Mapping[str, PresetInfo]
) -> tuple[Difference, ...]:
    """Return what differs, the model and the strategy first.

    Settings that only one of the strategies has are not listed: the strategies say it.

    Args:
        first: A plan.
        second: Another.
        presets: Has the presets of both; of others the settings are not known.
    """
    ours, theirs = (_values(plan, presets) for plan in (first, second))
    return tuple(
        Difference(name=name, first=value, second=theirs[name])
        for name, value in ours.items()
        if name in theirs and value != theirs[name]
    )


def _values(plan: Plan, presets: Mapping[str, PresetInfo]) -> dict[str, str]:
    info = presets.get(plan.preset)
    known = setting_values(plan, info) if info else {}
    return {"preset": " + ".join(plan.presets), "strategy": plan.strategy, **known}
