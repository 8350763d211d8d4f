"""What is wrong with samples that were read: copies, and classes with too few of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from tlgui.core.dataset import MIN_SAMPLES_PER_CLASS, SPLITS, Problem, Sample, Split

MAX_TOLD: Final = 100
_NUM_NAMED: Final = 4  # copies that a sentence names


def without_contradictions(
    samples: Sequence[Sample], classes: Sequence[str]
) -> tuple[tuple[Sample, ...], tuple[Problem, ...]]:
    """Leave out every copy of a sample that lies in two classes: nobody knows which is right.

    Returns:
        The other samples in their order, and one problem per sample left out, or a single one
        for those beyond ``MAX_TOLD``.
    """
    labels: dict[str, int] = {}
    doubtful = {s.digest for s in samples if labels.setdefault(s.digest, s.label) != s.label}
    if not doubtful:
        return tuple(samples), ()
    copies: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.digest in doubtful:
            copies[sample.digest].append(sample)
    contradictions = list(copies.values())
    told = contradictions[:MAX_TOLD]
    if rest := contradictions[MAX_TOLD:]:
        told.append([sample for same in rest for sample in same])
    problems = tuple(_contradiction(same, classes) for same in told)
    return tuple(s for s in samples if s.digest not in doubtful), problems


def copies_within_classes(samples: Sequence[Sample], classes: Sequence[str]) -> tuple[Problem, ...]:
    """Return one problem per class that holds exact copies, with the first that has one."""
    first: dict[str, Sample] = {}
    copied: dict[int, list[str]] = defaultdict(list)
    for sample in samples:
        original = first.setdefault(sample.digest, sample)
        if original is not sample:
            copied[sample.label].append(original.path)
    return tuple(
        Problem(code="duplicates", path=paths[0], name=classes[label], count=len(paths))
        for label, paths in sorted(copied.items())
    )


def classes_alike(samples: Sequence[Sample], classes: Sequence[str]) -> tuple[Problem, ...]:
    """Return one problem for each name that several classes have but for upper and lower case."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for label in sorted({sample.label for sample in samples}):
        spellings[classes[label].casefold()].append(classes[label])
    alike = (names for names in spellings.values() if len(names) > 1)
    return tuple(
        Problem(code="classes_alike", name=", ".join(names), count=len(names)) for names in alike
    )


def near_copies(samples: Sequence[Sample]) -> tuple[Problem, ...]:
    """Return one problem for all samples that are almost, but not exactly, like an earlier one."""
    first: dict[str, str] = {}
    different: dict[str, set[str]] = defaultdict(set)
    paths: list[str] = []
    for sample in samples:
        if not sample.cluster or sample.digest in different[sample.cluster]:
            continue
        different[sample.cluster].add(sample.digest)
        if first.setdefault(sample.cluster, sample.path) != sample.path:
            paths.append(sample.path)
    return (Problem(code="near_duplicates", path=paths[0], count=len(paths)),) if paths else ()


def near_copies_across_splits(samples: Sequence[Sample]) -> tuple[Problem, ...]:
    """Return the parts with samples that are almost like one of a later part."""
    rank = {split: number for number, split in enumerate(SPLITS)}
    last: dict[str, int] = {}
    for sample in samples:
        if sample.cluster and sample.split:
            last[sample.cluster] = max(last.get(sample.cluster, 0), rank[sample.split])
    near: dict[Split, list[str]] = defaultdict(list)
    for sample in samples:
        if sample.cluster and sample.split and rank[sample.split] < last[sample.cluster]:
            near[sample.split].append(sample.path)
    return tuple(
        Problem(code="near_duplicates_across_splits", path=near[s][0], name=s, count=len(near[s]))
        for s in SPLITS
        if s in near
    )


def small_classes(
    samples: Sequence[Sample], classes: Sequence[str], presplit: bool
) -> tuple[Problem, ...]:
    """Return the classes that cannot be trained on; exact copies count once.

    Args:
        samples: Every usable sample.
        classes: Names in the order of the labels.
        presplit: Samples know their split; then each class also needs enough of its own
            samples to learn from.
    """
    distinct = _num_distinct(samples)
    own = _num_distinct(s for s in samples if s.split == "train")
    has_validation = any(s.split == "validation" for s in samples)
    num_to_learn = 0 if not presplit else 1 if has_validation else 2
    problems: list[Problem] = []
    for label, name in enumerate(classes):
        count = distinct[label]
        if count == 0 or (presplit and own[label] == 0):
            where = f"train/{name}" if count else name
            problems.append(Problem(code="class_empty", name=where, count=0))
        elif count < MIN_SAMPLES_PER_CLASS or own[label] < num_to_learn:
            problems.append(Problem(code="class_too_small", name=name, count=count))
    return tuple(problems)


def missing_splits(samples: Sequence[Sample]) -> tuple[Problem, ...]:
    """Return the parts that a data set with splits of its own has to have and lacks."""
    present = {s.split for s in samples}
    needed: tuple[Split, ...] = ("train", "test")
    return tuple(Problem(code="split_missing", name=s) for s in needed if s not in present)


def unjudged_classes(samples: Sequence[Sample], classes: Sequence[str]) -> tuple[Problem, ...]:
    """Return the classes without a sample in the test part of a data set that is split."""
    judged = {s.label for s in samples if s.split == "test"}
    names = [name for label, name in enumerate(classes) if judged and label not in judged]
    return tuple(Problem(code="class_not_tested", name=name, count=0) for name in names)


def _contradiction(copies: Sequence[Sample], classes: Sequence[str]) -> Problem:
    names = [classes[label] for label in sorted({s.label for s in copies})]
    paths = [s.path for s in copies[:_NUM_NAMED]]
    more = ", ..." if len(copies) > _NUM_NAMED else ""
    return Problem(
        code="duplicates_in_two_classes",
        path=paths[0],
        name=", ".join(names),
        reason=", ".join(paths) + more,
        count=len(copies),
    )


def _num_distinct(samples: Iterable[Sample]) -> Counter[int]:
    digests: dict[int, set[str]] = defaultdict(set)
    for sample in samples:
        digests[sample.label].add(sample.digest)
    return Counter({label: len(same) for label, same in digests.items()})
