"""The sentences about two runs beside each other."""

from collections.abc import Iterable, Iterator
from typing import Final

from tlgui.core.comparing import Comparison, Difference
from tlgui.core.dataset import Modality
from tlgui.core.setting_words import SETTING_WORDS
from tlgui.core.wording import SAMPLES, percent

MAX_LISTED: Final = 10
_LABELS: Final = {"preset": "Model", "strategy": "Strategy"}


def comparison_lines(
    comparison: Comparison, differences: Iterable[Difference], modality: Modality
) -> Iterator[str]:
    """Yield what a person should know, the gist first."""
    yield comparison_sentence(comparison, modality)
    yield from (f"  {difference_sentence(found)}" for found in differences)
    for flip in comparison.flips[:MAX_LISTED]:
        yield f"  {flip.file} ({flip.true}): {flip.first} → {flip.second}"
    if len(comparison.flips) > MAX_LISTED:
        yield f"  and {len(comparison.flips) - MAX_LISTED:,} more that only one gets right"


def comparison_sentence(comparison: Comparison, modality: Modality) -> str:
    """Return which of two runs is better, if that can be told at all."""
    samples = SAMPLES[modality]
    if not comparison.num_samples:
        return f"The two runs were not tested on the same {samples}, so they cannot be compared"
    first, second = (
        percent(count / comparison.num_samples)
        for count in (comparison.num_first, comparison.num_second)
    )
    told = (
        f"{first} and {second} right on the same {comparison.num_samples:,} test {samples}; "
        f"{_finding(comparison)} (McNemar's test, p = {p_text(comparison.p_value)})"
    )
    if comparison.num_apart:
        told += f". Left out, because only one of them has it: {comparison.num_apart:,}"
    return told


def difference_sentence(difference: Difference) -> str:
    """Return what of a plan differs from another."""
    first, second = (value or "none" for value in (difference.first, difference.second))
    return f"{setting_label(difference.name)}: {first} → {second}"


def setting_label(name: str) -> str:
    """Return what a person calls a part of a plan."""
    return _LABELS.get(name) or SETTING_WORDS[name].label


def p_text(p_value: float) -> str:
    """Return a p-value with as many digits as mean something."""
    return f"{p_value:.2g}" if p_value >= 0.0001 else "under 0.0001"


def _finding(comparison: Comparison) -> str:
    won = sum(flip.second == flip.true for flip in comparison.flips)
    lost = len(comparison.flips) - won
    counts = f"the second alone is right on {won:,} of them, the first alone on {lost:,}"
    if not comparison.is_different:
        return f"{counts}, which may well be chance"
    better = "second" if won > lost else "first"
    return f"{counts}: the {better} one is better, and hardly by chance"
