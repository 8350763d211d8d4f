"""What will be trained and how: everything a run needs to be repeated."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

from tlgui.core.errors import TlguiError
from tlgui.core.records import from_record, json_text
from tlgui.core.strategies import STRATEGIES, Phase

DEFAULT_PRESET: Final = "efficientnet_lite0_imagenet"
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
        seed: Decides the split, the order of samples and every random number.
    """

    preset: str
    strategy: str
    phases: tuple[Phase, ...]
    split: SplitPlan = SplitPlan()
    batch_size: int = 32
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
    *,
    preset: str = DEFAULT_PRESET,
    strategy: str = DEFAULT_STRATEGY,
    settings: Mapping[str, str] | None = None,
) -> Plan:
    """Return the strategy's plan with some of its ``SETTINGS`` changed.

    Raises:
        TlguiError: the strategy or a setting is unknown, or a value is out of its range.
    """
    if strategy not in STRATEGIES:
        raise TlguiError("strategy_unknown", name=strategy, known=", ".join(STRATEGIES))
    plan = Plan(preset=preset, strategy=strategy, phases=STRATEGIES[strategy].phases)
    for name, text in (settings or {}).items():
        plan = _with_setting(plan, name, text)
    return _checked(plan)


def _with_setting(plan: Plan, name: str, text: str) -> Plan:
    if name not in SETTINGS:
        raise TlguiError("setting_unknown", name=name, known=", ".join(SETTINGS))
    try:
        return SETTINGS[name](plan, text)
    except ValueError as error:
        raise TlguiError("setting_invalid", name=name, value=text, rule=str(error)) from error


def _checked(plan: Plan) -> Plan:
    split = plan.split
    fractions = (split.train_fraction, split.validation_fraction, split.test_fraction)
    if not abs(sum(fractions) - 1) < 1e-6:  # also where a share is no number
        raise TlguiError(
            "setting_invalid",
            name="split",
            value=" / ".join(f"{fraction:g}" for fraction in fractions),
            rule="the three shares must sum to 1",
        )
    return plan


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


SETTINGS: Final[dict[str, Callable[[Plan, str], Plan]]] = {
    "batch_size": lambda plan, text: replace(plan, batch_size=_whole_number(text, 1, 4096)),
    "epochs": _epochs,
    "group_by": _group_by,
    "learning_rate": _learning_rate,
    "patience": _patience,
    "seed": lambda plan, text: replace(plan, seed=_whole_number(text, 0, 2**31 - 1)),
    "split": _split,
}
