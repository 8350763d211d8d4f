"""What is wrong with samples that were read: copies, and classes with too few of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tlgui.core.dataset import MIN_SAMPLES_PER_CLASS, Problem, Sample, Split

_NUM_NAMED = 4  # copies that a sentence names


def without_contradictions(
    samples: Sequence[Sample], classes: Sequence[str]
) -> tuple[tuple[Sample, ...], tuple[Problem, ...]]:
    """Leave out every copy of a picture that lies in two classes: nobody knows which is right.

    Returns:
        The other samples in their order, and one problem per picture left out.
    """
    copies: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        copies[sample.digest].append(sample)
    contradictions = {d: c for d, c in copies.items() if len({s.label for s in c}) > 1}
    problems = tuple(_contradiction(same, classes) for same in contradictions.values())
    return tuple(s for s in samples if s.digest not in contradictions), problems


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
    return Counter(label for label, _ in {(s.label, s.digest) for s in samples})
