"""What a person may change of a plan: every setting by name, with its rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, get_args

from tlgui.core.catalog import Pooling, PresetInfo
from tlgui.core.dataset import Modality
from tlgui.core.phase import ADAPT, HEAD, AugmentationId, Part, Phase, ScheduleId, Targets
from tlgui.core.plan import ClassBalance, Plan
from tlgui.core.strategies import STRATEGIES, Strategy

Parse = Callable[[str], Any]
MAX_NUMBER: Final = 1e6

# of the rate for learning with labels, as measured on messages and on pictures of hands
_ADAPT_FACTORS: Final[Mapping[Modality, float]] = {"text": 3.0, "image": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that can be changed.

    Attributes:
        parse: From what a person writes to a value; ValueError tells the rule.
        change: Returns the plan with the value.
        fits: Whether it changes anything for a preset and a strategy.
    """

    parse: Parse
    change: Callable[[Plan, PresetInfo, Any], Plan]
    fits: Callable[[PresetInfo, Strategy], bool]


def gradient_phases(plan: Plan) -> tuple[Phase, ...]:
    """Return the phases that learn from labels by gradient steps."""
    return tuple(phase for phase in plan.phases if phase.solver == "gradient")


def varied_phases(plan: Plan) -> tuple[Phase, ...]:
    """Return the phases that can vary pictures.

    They are those of gradient steps; where there are none, the head can be solved on variants.
    """
    return gradient_phases(plan) or tuple(p for p in plan.phases if p.solver == "convex")


def _always(_preset: PresetInfo, _strategy: Strategy) -> bool:
    return True


def _gradients(_preset: PresetInfo, strategy: Strategy) -> bool:
    return strategy.needs_gradients


def _pictures(preset: PresetInfo, strategy: Strategy) -> bool:
    return preset.task == "image" and strategy.needs_gradients


def _varied_pictures(preset: PresetInfo, strategy: Strategy) -> bool:
    solvers = {phase.solver for phase in strategy.phases}
    return preset.task == "image" and bool(solvers & {"gradient", "convex"})


def _tokens(preset: PresetInfo, strategy: Strategy) -> bool:
    return preset.task == "text" and strategy.needs_gradients


def _pretrained(_preset: PresetInfo, strategy: Strategy) -> bool:
    return strategy.is_pretrained and strategy.needs_gradients


def _pulls(_preset: PresetInfo, strategy: Strategy) -> bool:
    """Whether pretrained weights learn, that could be pulled back to where they were."""
    parts = {p.trains.part for p in strategy.phases if p.solver == "gradient"}
    return strategy.is_pretrained and bool(parts & {"all", "bias_and_norm"})


def _remembers(preset: PresetInfo, strategy: Strategy) -> bool:
    """Likewise, and a head that is found first tells which of them matter."""
    has_head = any(phase.solver == "convex" for phase in strategy.phases)
    return has_head and _pulls(preset, strategy)


def _adaptable(preset: PresetInfo, strategy: Strategy) -> bool:
    """Whether there is a way to learn without labels."""
    known = preset.task == "image" or preset.architecture == "transformer"
    return strategy.is_pretrained and bool(preset.num_groups) and known


def _with_part(part: Part) -> Callable[[PresetInfo, Strategy], bool]:
    return lambda _preset, strategy: any(p.trains.part == part for p in strategy.phases)


def whole_number(low: int, high: int) -> Parse:
    """Return a parser of whole numbers within bounds that are both allowed."""

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return parse


def number(low: float, high: float, *, with_low: bool = False) -> Parse:
    """Return a parser of numbers below ``high``, and above ``low`` or equal to it."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = high
        if not (low < value < high or (with_low and value == low)):
            between = f"from {low:g} to below" if with_low else f"between {low:g} and"
            raise ValueError(f"a number {between} {high:g}")
        return value

    return parse


def choice(of: Any) -> Parse:
    """Return a parser of one of the values of a Literal."""

    def parse(text: str) -> str:
        if text not in get_args(of):
            raise ValueError(", ".join(get_args(of)))
        return text

    return parse


def _with_phases(plan: Plan, change: Callable[[Phase], Phase]) -> Plan:
    changed = tuple(change(p) if p.solver == "gradient" else p for p in plan.phases)
    return replace(plan, phases=changed)


def _with_regularization(plan: Plan, **fields: Any) -> Plan:
    return _with_phases(
        plan, lambda p: replace(p, regularization=replace(p.regularization, **fields))
    )


def _of_plan(
    field: str, parse: Parse, fits: Callable[[PresetInfo, Strategy], bool] = _always
) -> Setting:
    def change(plan: Plan, _preset: PresetInfo, value: Any) -> Plan:
        return replace(plan, **{field: value})

    return Setting(parse=parse, change=change, fits=fits)


def _of_phases(
    field: str, parse: Parse, fits: Callable[[PresetInfo, Strategy], bool] = _gradients
) -> Setting:
    def change(plan: Plan, _preset: PresetInfo, value: Any) -> Plan:
        return _with_phases(plan, lambda phase: replace(phase, **{field: value}))

    return Setting(parse=parse, change=change, fits=fits)


def _of_selection(field: str, parse: Parse, part: Part) -> Setting:
    def change(plan: Plan, _preset: PresetInfo, value: Any) -> Plan:
        return _with_phases(
            plan, lambda phase: replace(phase, trains=replace(phase.trains, **{field: value}))
        )

    return Setting(parse=parse, change=change, fits=_with_part(part))


def _of_regularization(
    field: str, parse: Parse, fits: Callable[[PresetInfo, Strategy], bool] = _gradients
) -> Setting:
    def change(plan: Plan, _preset: PresetInfo, value: Any) -> Plan:
        return _with_regularization(plan, **{field: value})

    return Setting(parse=parse, change=change, fits=fits)


def _with_augmentation(plan: Plan, _preset: PresetInfo, augmentation: AugmentationId) -> Plan:
    varied = varied_phases(plan)

    def changed(phase: Phase) -> Phase:
        rules = replace(phase.regularization, augmentation=augmentation)
        return replace(phase, regularization=rules) if phase in varied else phase

    return replace(plan, phases=tuple(map(changed, plan.phases)))


def _with_epochs(plan: Plan, _preset: PresetInfo, epochs: int) -> Plan:
    """Change the last phase: those that thaw one group take one epoch each."""
    last = gradient_phases(plan)[-1:]
    return _with_phases(plan, lambda p: replace(p, epochs=epochs) if p in last else p)


def _with_patience(plan: Plan, _preset: PresetInfo, patience: int) -> Plan:
    last = gradient_phases(plan)[-1:]
    return _with_phases(plan, lambda p: replace(p, patience=patience) if p in last else p)


def _with_groups(plan: Plan, preset: PresetInfo, count: int) -> Plan:
    groups = min(count, preset.num_groups)
    return _with_phases(
        plan, lambda phase: replace(phase, trains=replace(phase.trains, num_groups=groups))
    )


def with_thaw_steps(plan: Plan, count: int) -> Plan:
    """Return the plan with at most so many phases in a row that thaw one group after the other.

    Fewer thaw several groups at once, at even distances.
    """
    rows = [tuple(row) for _, row in groupby(plan.phases, key=lambda phase: phase.id)]
    phases = tuple(phase for row in rows for phase in _evenly(row, count))
    return replace(plan, phases=phases)


def num_thaw_steps(plan: Plan) -> int:
    """Return the length of the longest row of such phases."""
    return max(len(tuple(row)) for _, row in groupby(plan.phases, key=lambda phase: phase.id))


def _evenly(row: tuple[Phase, ...], count: int) -> tuple[Phase, ...]:
    """Return some phases of a row, the last one always, at even distances."""
    if len(row) <= count:
        return row
    return tuple(row[(number + 1) * len(row) // count - 1] for number in range(count))


def _thaws(_preset: PresetInfo, strategy: Strategy) -> bool:
    return any(draft.one_by_one for draft in strategy.drafts)


def _chooses_groups(_preset: PresetInfo, strategy: Strategy) -> bool:
    return any(draft.share_of_groups for draft in strategy.drafts)


def _decays(_preset: PresetInfo, strategy: Strategy) -> bool:
    return any(phase.rate_decay_per_group > 1 for phase in strategy.phases)


def _adapted(plan: Plan, preset: PresetInfo, epochs: int) -> Plan:
    """Put a phase without labels before all others, or take it away."""
    others = tuple(phase for phase in plan.phases if phase.has_labels)
    is_possible = _adaptable(preset, STRATEGIES[plan.strategy])
    if not epochs or preset.fine_tuning is None or not is_possible:
        return replace(plan, phases=others)
    adapt = Phase(
        id=ADAPT,
        trains=replace(HEAD, num_groups=None),
        solver="masked_language" if preset.task == "text" else "contrastive",
        learning_rate=_ADAPT_FACTORS[preset.task] * preset.fine_tuning.learning_rate,
        weight_decay=preset.fine_tuning.weight_decay,
        schedule="linear",
        warmup_fraction=0.1,
        epochs=epochs,
    )
    return replace(plan, phases=(adapt, *others))


def with_companions(settings: Mapping[str, str]) -> dict[str, str]:
    """Return settings and, for a folder, how much of it is used where nobody says so.

    That is one epoch without labels, and the usual share of a batch for older samples.
    """
    usual = {
        amount: text
        for folder, (amount, text) in _COMPANIONS.items()
        if settings.get(folder) and amount not in settings
    }
    return {**settings, **usual}


def _shares(text: str) -> tuple[float, float, float]:
    parts = [float(part) for part in text.split("/")] if _is_split(text) else []
    if len(parts) != 3 or min(parts) <= 0:
        raise ValueError("three shares above 0 such as 60/20/20")
    train, validation, test = (part / sum(parts) for part in parts)
    return train, validation, test


def _is_split(text: str) -> bool:
    return all(part.strip().replace(".", "", 1).isdecimal() for part in text.split("/"))


def _with_split(plan: Plan, _preset: PresetInfo, shares: tuple[float, float, float]) -> Plan:
    train, validation, test = shares
    split = replace(
        plan.split, train_fraction=train, validation_fraction=validation, test_fraction=test
    )
    return replace(plan, split=split)


def _group_by(text: str) -> str:
    kind, _, rest = text.partition(":")
    if text in ("", "prefix", "folder") or (kind in ("prefix", "column") and rest):
        return text
    raise ValueError("prefix, prefix:X, folder or column:NAME")


def _with_grouping(plan: Plan, _preset: PresetInfo, group_by: str) -> Plan:
    return replace(plan, split=replace(plan.split, group_by=group_by))


_COMPANIONS: Final[Mapping[str, tuple[str, str]]] = {
    "adapt_folder": ("adapt", "1"),
    "replay_folder": ("replay_fraction", "0.25"),
}

_SHARE: Final = number(0, 1, with_low=True)
_STRENGTH: Final = number(0, MAX_NUMBER, with_low=True)

SETTINGS: Final[Mapping[str, Setting]] = {
    "adapt": Setting(parse=whole_number(0, 10_000), change=_adapted, fits=_adaptable),
    "adapt_folder": _of_plan("adapt_folder", str, _adaptable),
    "adapter_size": _of_selection("size", whole_number(1, 4096), "adapter"),
    "augmentation": Setting(
        parse=choice(AugmentationId), change=_with_augmentation, fits=_varied_pictures
    ),
    "batch_size": _of_plan("batch_size", whole_number(1, 4096), _gradients),
    "class_balance": _of_plan("class_balance", choice(ClassBalance)),
    "dropout": _of_regularization("dropout", _SHARE),
    "ema": _of_regularization("ema", _SHARE),
    "epochs": Setting(parse=whole_number(1, 10_000), change=_with_epochs, fits=_gradients),
    "ewc": _of_regularization("ewc", _STRENGTH, _remembers),
    "group_by": Setting(parse=_group_by, change=_with_grouping, fits=_always),
    "l2_sp": _of_regularization("l2_sp", _STRENGTH, _pulls),
    "label_smoothing": _of_regularization("label_smoothing", _SHARE),
    "learning_rate": _of_phases("learning_rate", number(0, 1)),
    "lora_rank": _of_selection("size", whole_number(1, 1024), "low_rank"),
    "lora_targets": _of_selection("targets", choice(Targets), "low_rank"),
    "mixup": _of_regularization("mixup", number(0, 100, with_low=True), _pictures),
    "patience": Setting(parse=whole_number(1, 10_000), change=_with_patience, fits=_gradients),
    "pooling": _of_plan(
        "pooling", choice(Pooling), lambda preset, _strategy: len(preset.poolings) > 1
    ),
    "prompt_tokens": _of_selection("size", whole_number(1, 256), "prompt"),
    "rate_decay": _of_phases("rate_decay_per_group", number(1, 1000, with_low=True), _decays),
    "replay_folder": _of_plan("replay_folder", str, _gradients),
    "replay_fraction": _of_regularization("replay_fraction", _SHARE),
    "schedule": _of_phases("schedule", choice(ScheduleId)),
    "seed": _of_plan("seed", whole_number(0, 2**31 - 1)),
    "sequence_length": _of_plan(
        "sequence_length",
        whole_number(4, 100_000),
        lambda preset, _strategy: bool(preset.max_sequence_length),
    ),
    "split": Setting(parse=_shares, change=_with_split, fits=_always),
    "thaw_steps": Setting(
        parse=whole_number(1, 1000),
        change=lambda plan, _preset, count: with_thaw_steps(plan, count),
        fits=_thaws,
    ),
    "top_groups": Setting(parse=whole_number(1, 1000), change=_with_groups, fits=_chooses_groups),
    "warmup": _of_phases("warmup_fraction", _SHARE),
    "weight_decay": _of_phases("weight_decay", _SHARE),
    "word_dropout": _of_regularization("word_dropout", _SHARE, _tokens),
}
