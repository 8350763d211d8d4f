"""Honest splits: every class on every side, copies and groups never torn apart."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tlgui.core.dataset import SPLITS, Dataset, Problem, Sample, Split
from tlgui.core.errors import TlguiError
from tlgui.core.plan import SplitPlan
from tlgui.engine.data.dealing import Shares, deal
from tlgui.engine.data.groups import groups_of
from tlgui.engine.data.hygiene import near_copies_across_splits

MAX_NAMED: Final = 20  # classes that an error lists


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
        return _with_sides(dataset, deal(dataset, samples, shares, seed))
    samples, problems = _without_leaks(samples)
    _require_something_to_learn(dataset, samples)
    if not any(s.split == "validation" for s in samples):
        own = [s for s in samples if s.split == "train"]
        two: Shares = {s: shares[s] for s in ("train", "validation")}
        dealt = {s.path: s for s in deal(dataset, own, two, seed)}
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
            unknown=_first_few(unknown),
            known=_first_few(classes),
        )
    about_training = ("class_empty", "class_too_small", "class_not_tested", "split_missing")
    return replace(
        dataset,
        classes=tuple(classes),
        samples=tuple(replace(s, label=known[dataset.classes[s.label]]) for s in dataset.samples),
        problems=tuple(p for p in dataset.problems if p.code not in about_training),
    )


def _first_few(names: Sequence[str]) -> str:
    told = ", ".join(names[:MAX_NAMED])
    return told if len(names) <= MAX_NAMED else f"{told} and {len(names) - MAX_NAMED} more"


def _with_sides(
    dataset: Dataset, samples: Sequence[Sample], problems: Sequence[Problem] = ()
) -> Dataset:
    found = (*dataset.problems, *problems, *near_copies_across_splits(samples))
    return replace(dataset, samples=tuple(samples), problems=found)


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
