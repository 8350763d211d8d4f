"""Which samples may judge several runs together: none of them may have learned from those."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tlgui.core.dataset import SPLITS, Dataset, Problem, Sample, Split
from tlgui.core.errors import TlguiError
from tlgui.engine.data.dealing import unit_numbers

_ROLES: Final = {split: role for role, split in enumerate(SPLITS)}  # the least is the worst
_Key = tuple[str, int]


def joint_deal(datasets: Sequence[Dataset]) -> Dataset:
    """Return the samples of the first run, dealt so that they judge all runs.

    Where all runs have dealt alike, that is their deal. Else a sample tests if it tests every
    run, validates if no run has learned from it, and is learned from in all other cases: also
    where a run does not know it, or knows it as another class. What belongs together with a
    sample that was learned from, in whatever run, counts as learned from.

    Raises:
        TlguiError: no sample is left to test, or none to validate.
    """
    first, *others = datasets
    if all(_deal(other) == _deal(first) for other in others):
        return first
    roles = _worst_roles(datasets)
    samples = tuple(_dealt(sample, roles) for sample in first.samples)
    count = sum(sample.split == "test" for sample in samples)
    problem = Problem(code="deals_differ", count=count)
    dealt = replace(first, samples=samples, problems=(*first.problems, problem))
    for split, reason in (("test", " or was chosen by"), ("validation", "")):
        if not any(sample.split == split for sample in samples):
            raise TlguiError("ensemble_untested", name=split, reason=reason)
    return dealt


def _deal(dataset: Dataset) -> set[tuple[_Key, Split | None]]:
    return {(_key(sample), sample.split) for sample in dataset.samples}


def _key(sample: Sample) -> _Key:
    return sample.digest, sample.label


def _dealt(sample: Sample, roles: dict[_Key, int]) -> Sample:
    return replace(sample, split=SPLITS[roles[_key(sample)]])


def _worst_roles(datasets: Sequence[Dataset]) -> dict[_Key, int]:
    """Return for each sample of any run as what the runs have used it at worst."""
    roles = {_key(sample): _ROLES["test"] for dataset in datasets for sample in dataset.samples}
    for dataset in datasets:
        own = {_key(sample): _ROLES[sample.split or "train"] for sample in dataset.samples}
        for key, role in roles.items():
            roles[key] = min(role, own.get(key, _ROLES["train"]))
    while _spread(roles, datasets):
        pass
    return roles


def _spread(roles: dict[_Key, int], datasets: Sequence[Dataset]) -> bool:
    """Let what belongs together share the worst role; return whether that changed anything."""
    before = dict(roles)
    for dataset in datasets:
        worst: dict[int, int] = {}
        units = unit_numbers(dataset.samples)
        for unit, sample in zip(units, dataset.samples, strict=True):
            worst[unit] = min(worst.get(unit, _ROLES["test"]), roles[_key(sample)])
        for unit, sample in zip(units, dataset.samples, strict=True):
            roles[_key(sample)] = worst[unit]
    return roles != before
