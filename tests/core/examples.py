"""A value of any type that a record may hold, made from its type hint."""

import types
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from tlgui.core.dataset import Dataset, Sample
from tlgui.core.evaluation import ClassScore, Estimate, Evaluation

TEXT = "Große Katze 猫\n“x”\\"
_SCALARS = {str: TEXT, int: 3, float: 0.1 + 0.2, bool: True, types.NoneType: None}


def example(hint: Any) -> Any:
    """Return a value of the type that no default hides."""
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)[-1]
    if origin in (Union, types.UnionType):
        return example(get_args(hint)[0])
    if origin is tuple:
        hints = [h for h in get_args(hint) if h is not Ellipsis]
        return tuple(example(h) for h in hints)
    if origin is dict:
        return {TEXT: example(get_args(hint)[1])}
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{f.name: example(hints[f.name]) for f in fields(hint)})
    return _SCALARS[hint]


def nothing(cls: type) -> Any:
    """Return a dataclass with None wherever that is allowed, and only what is required."""
    hints = get_type_hints(cls)
    required = [f.name for f in fields(cls) if f.default is MISSING]
    empty = {n: None for n in required if types.NoneType in get_args(hints[n])}
    return cls(**{n: example(hints[n]) for n in required if n not in empty}, **empty)


def dataset(num_per_class: int = 4, classes: tuple[str, ...] = ("cat", "dög")) -> Dataset:
    """Return a small data set that can be trained on."""
    samples = tuple(
        Sample(path=f"{name}/{n}.png", label=label, digest=f"{label}{n}")
        for label, name in enumerate(classes)
        for n in range(num_per_class)
    )
    return Dataset(folder="/pictures", modality="image", classes=classes, samples=samples)


def evaluation() -> Evaluation:
    """Return an evaluation of 100 samples in two classes."""
    estimate = Estimate(value=0.93, low=0.89, high=0.96)
    score = ClassScore(name="cat", num_samples=50, precision=0.9, recall=0.96, f1=0.93)
    return Evaluation(
        split="test",
        num_samples=100,
        accuracy=estimate,
        balanced_accuracy=estimate,
        macro_f1=estimate,
        majority_baseline=0.5,
        majority_class="cat",
        classes=(score, score),
        confusion=((48, 2), (5, 45)),
    )
