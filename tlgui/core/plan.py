"""What will be trained and how: everything a run needs to be repeated."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final, get_args

from tlgui.core.catalog import Pooling, PresetInfo
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record, json_text
from tlgui.core.strategies import STRATEGIES, Phase, Strategy

DEFAULT_PRESETS: Final[dict[Modality, str]] = {
    "image": "efficientnet_lite0_imagenet",
    "text": "all_minilm_l6_v2_en",
}
DEFAULT_STRATEGY: Final = "feature_extraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """How samples are dealt to training, validation and test.

    Attributes:
        train_fraction: Share of the samples, in (0, 1); the three sum to 1.
        validation_fraction: Likewise.
        test_fraction: Likewise.
        group_by: What keeps samples together: "" nothing, "prefix" or "prefix:X" the file
            name up to its first separator (or X), "folder" the folder inside the class
            folder, "column:NAME" a column of the table.
    """

    train_fraction: float = 0.6
    validation_fraction: float = 0.2
    test_fraction: float = 0.2
    group_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The content of ``plan.json``; never edited after the run has started.

    Attributes:
        preset: Id of the pretrained model.
        strategy: Id of the strategy the phases came from.
        phases: What is really done, in order.
        split: How samples are dealt.
        batch_size: Samples per step of a gradient phase.
        sequence_length: Tokens of a text that are read, the first ones; 0 is all, and for
            pictures.
        pooling: From features of every place to one vector: their mean, those of the first
            token, or a learned mixture of the layers' means.
        seed: Decides the split, the order of samples and every random number.
    """

    preset: str
    strategy: str
    phases: tuple[Phase, ...]
    split: SplitPlan = SplitPlan()
    batch_size: int = 32
    sequence_length: int = 0
    pooling: Pooling = "mean"
    seed: int = 0

    def to_json(self) -> str:
        """Return the plan as indented JSON, for people too."""
        return json_text(asdict(self), indent=2)

    @property
    def max_epochs(self) -> int:
        """Upper bound of the epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)


def plan_from_json(text: str) -> Plan:
    """Return the plan that ``Plan.to_json`` wrote.

    Raises:
        ValueError: the text is not such a plan.
    """
    return from_record(Plan, json.loads(text))


def make_plan(
    preset: PresetInfo,
    *,
    strategy: str = DEFAULT_STRATEGY,
    settings: Mapping[str, str] | None = None,
) -> Plan:
    """Return the strategy's plan for a preset, with some of its ``SETTINGS`` changed.

    Raises:
        TlguiError: the strategy or a setting is unknown, the preset cannot be trained that way,
            or a value is out of its range.
    """
    if strategy not in STRATEGIES:
        raise TlguiError("strategy_unknown", name=strategy, known=", ".join(STRATEGIES))
    plan = Plan(
        preset=preset.id,
        strategy=strategy,
        phases=_phases(STRATEGIES[strategy], preset),
        sequence_length=preset.sequence_length,
        pooling=preset.poolings[0],
    )
    for name, text in (settings or {}).items():
        plan = _with_setting(plan, name, text)
    return _checked(plan, preset)


def possible_strategies(preset: PresetInfo) -> tuple[Strategy, ...]:
    """Return the strategies that a preset can be trained with."""
    return tuple(s for s in STRATEGIES.values() if preset.fine_tuning or not s.needs_gradients)


def possible_settings(preset: PresetInfo, strategy: str) -> frozenset[str]:
    """Return the names of the ``SETTINGS`` that change something for a preset and a strategy."""
    names = set(SETTINGS)
    if not STRATEGIES[strategy].needs_gradients:
        names -= {"batch_size", "epochs", "learning_rate", "patience"}
    if not preset.max_sequence_length:
        names -= {"sequence_length"}
    if len(preset.poolings) < 2:
        names -= {"pooling"}
    return frozenset(names)


def _phases(strategy: Strategy, preset: PresetInfo) -> tuple[Phase, ...]:
    if strategy not in possible_strategies(preset):
        raise TlguiError("strategy_not_possible", name=strategy.id, preset=preset.id)
    return strategy.phases_for(preset.fine_tuning, preset.l2_strengths)


def _with_setting(plan: Plan, name: str, text: str) -> Plan:
    if name not in SETTINGS:
        raise TlguiError("setting_unknown", name=name, known=", ".join(SETTINGS))
    try:
        return SETTINGS[name](plan, text)
    except ValueError as error:
        raise _invalid(name, text, str(error)) from error


def _checked(plan: Plan, preset: PresetInfo) -> Plan:
    _check_split(plan.split)
    longest = preset.max_sequence_length
    if plan.sequence_length > longest:
        rule = f"this model reads {longest} tokens at most" if longest else "this model has none"
        raise _invalid("sequence_length", str(plan.sequence_length), rule)
    if plan.pooling not in preset.poolings:
        raise _invalid("pooling", plan.pooling, f"this model has {', '.join(preset.poolings)}")
    return plan


def _check_split(split: SplitPlan) -> None:
    fractions = (split.train_fraction, split.validation_fraction, split.test_fraction)
    if not abs(sum(fractions) - 1) < 1e-6:  # also where a share is no number
        value = " / ".join(f"{fraction:g}" for fraction in fractions)
        raise _invalid("split", value, "the three shares must sum to 1")


def _invalid(name: str, value: str, rule: str) -> TlguiError:
    return TlguiError("setting_invalid", name=name, value=value, rule=rule)


def _whole_number(text: str, low: int, high: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ValueError(f"a whole number from {low} to {high}")
    return number


def _number(text: str, low: float, high: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = low
    if not low < number < high:
        raise ValueError(f"a number between {low:g} and {high:g}")
    return number


def _with_gradient_phases(plan: Plan, change: Callable[[Phase], Phase]) -> Plan:
    changed = tuple(change(p) if p.solver == "gradient" else p for p in plan.phases)
    return replace(plan, phases=changed)


def _epochs(plan: Plan, text: str) -> Plan:
    epochs = _whole_number(text, 1, 10_000)
    return _with_gradient_phases(plan, lambda phase: replace(phase, epochs=epochs))


def _learning_rate(plan: Plan, text: str) -> Plan:
    rate = _number(text, 0, 1)
    return _with_gradient_phases(plan, lambda phase: replace(phase, learning_rate=rate))


def _patience(plan: Plan, text: str) -> Plan:
    patience = _whole_number(text, 1, 10_000)
    return _with_gradient_phases(plan, lambda phase: replace(phase, patience=patience))


def _split(plan: Plan, text: str) -> Plan:
    parts = [float(part) for part in text.split("/")] if _is_split(text) else []
    if len(parts) != 3 or min(parts) <= 0:
        raise ValueError("three shares above 0 such as 60/20/20")
    train, validation, test = (part / sum(parts) for part in parts)
    return replace(
        plan,
        split=replace(
            plan.split,
            train_fraction=train,
            validation_fraction=validation,
            test_fraction=test,
        ),
    )


def _is_split(text: str) -> bool:
    return all(part.strip().replace(".", "", 1).isdecimal() for part in text.split("/"))


def _group_by(plan: Plan, text: str) -> Plan:
    kind, _, rest = text.partition(":")
    if text in ("", "prefix", "folder") or (kind in ("prefix", "column") and rest):
        return replace(plan, split=replace(plan.split, group_by=text))
    raise ValueError("prefix, prefix:X, folder or column:NAME")


def _pooling(plan: Plan, text: str) -> Plan:
    for pooling in get_args(Pooling):
        if text == pooling:
            return replace(plan, pooling=pooling)
    raise ValueError(", ".join(get_args(Pooling)))


SETTINGS: Final[dict[str, Callable[[Plan, str], Plan]]] = {
    "batch_size": lambda plan, text: replace(plan, batch_size=_whole_number(text, 1, 4096)),
    "epochs": _epochs,
    "group_by": _group_by,
    "learning_rate": _learning_rate,
    "patience": _patience,
    "pooling": _pooling,
    "seed": lambda plan, text: replace(plan, seed=_whole_number(text, 0, 2**31 - 1)),
    "sequence_length": lambda plan, text: replace(
        plan, sequence_length=_whole_number(text, 4, 100_000)
    ),
    "split": _split,
}
