"""What the advisor recommends: model, strategy and epochs, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tlgui.core.advised_preset import choose_pooling, choose_preset
from tlgui.core.advised_strategy import choose_strategy
from tlgui.core.budget import with_budget
from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import (
    budgeted_seconds,
    expected_memory_bytes,
    expected_seconds,
)
from tlgui.core.errors import Detail
from tlgui.core.facts import Facts
from tlgui.core.ladder import (
    ENOUGH_SOURCE,
    ENOUGH_STEPS,
    LEVELS,
    MOST_EPOCHS,
    RECOMMENDED,
    UNEQUAL,
)
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import gradient_phases, num_thaw_steps
from tlgui.core.planning import make_plan
from tlgui.core.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is recommended, and why.

    Attributes:
        level: The stop of the slider that it belongs to.
        preset: Id of the model.
        strategy: Id of the way to train it.
        settings: What to change of the strategy's plan, see ``SETTINGS``.
        plan: All of that together, within the time of the level.
        expected_s: From the start to the result, at most.
        memory_bytes: Roughly.
        reasons: Model first, then strategy, then epochs.
    """

    level: int
    preset: str
    strategy: str
    settings: dict[str, str]
    plan: Plan
    expected_s: float
    memory_bytes: int
    reasons: tuple[Reason, ...]


def advise(
    facts: Facts,
    presets: Sequence[PresetInfo],
    level: int = RECOMMENDED,
    *,
    strategy: str = "",
    settings: Mapping[str, str] | None = None,
) -> Advice:
    """Return the recommended model, strategy and epochs, and the plan that they make.

    Args:
        facts: Of the data and of each preset.
        presets: That may be recommended; at least one that was looked at.
        level: Index into ``LEVELS``, from Quick to Thorough.
        strategy: Id of the strategy that a person insists on; "" leaves it to the advisor.
        settings: That a person insists on, see ``SETTINGS``.

    Raises:
        TlguiError: the strategy or a setting is unknown, none of the presets can be trained
            that way, or nobody looked at any of them.
    """
    own = dict(settings or {})
    preset, model_reason = choose_preset(facts, presets, level, strategy, own)
    own, model_reasons = choose_pooling(facts, preset, own)
    if strategy:
        chosen, reasons = strategy, [Reason(about="strategy", code="strategy_given", detail={})]
    else:
        chosen, reasons = choose_strategy(facts, preset, level, own)
    merged, epochs_reason = _choose_epochs(facts, preset, chosen, level, own)
    plan = make_plan(preset, strategy=chosen, settings=merged)
    unlabeled = _unlabeled_reasons(facts, preset, plan)
    balance = _balance_reasons(facts)
    return Advice(
        level=level,
        preset=preset.id,
        strategy=chosen,
        settings=merged,
        plan=plan,
        expected_s=expected_seconds(plan, preset, facts.work(preset.id)),
        memory_bytes=expected_memory_bytes(plan, preset),
        reasons=(model_reason, *model_reasons, *reasons, epochs_reason, *unlabeled, *balance),
    )


def _plan_within(
    facts: Facts, preset: PresetInfo, strategy: str, level: int, settings: Mapping[str, str]
) -> Plan:
    plan = make_plan(preset, strategy=strategy, settings=settings)
    return with_budget(plan, preset, facts.work(preset.id), LEVELS[level].budget_s)


def _choose_epochs(
    facts: Facts, preset: PresetInfo, strategy: str, level: int, settings: Mapping[str, str]
) -> tuple[dict[str, str], Reason]:
    """Return the settings with epochs that fit into the time of a level, and why so many."""
    plan = make_plan(preset, strategy=strategy, settings=settings)
    if not gradient_phases(plan):
        return dict(settings), Reason(about="epochs", code="epochs_once", detail={})
    if "epochs" in settings:
        return dict(settings), Reason(about="epochs", code="epochs_given", detail={})
    usual = gradient_phases(plan)[-1].epochs
    enough = min(MOST_EPOCHS, -(-ENOUGH_STEPS // -(-facts.num_train // plan.batch_size)))
    long = round(LEVELS[level].epochs_factor * usual)
    wanted = max(usual, enough, long)
    asked = {**settings, "epochs": str(wanted)}
    fitting = _plan_within(facts, preset, strategy, level, asked)
    epochs, steps = gradient_phases(fitting)[-1].epochs, num_thaw_steps(fitting)
    is_shorter = steps < num_thaw_steps(plan) and "thaw_steps" not in settings
    thawed = {"thaw_steps": str(steps)} if is_shorter else {}
    merged = {**settings, **thawed, "epochs": str(epochs)}
    chosen = make_plan(preset, strategy=strategy, settings=merged)
    budget_s = LEVELS[level].budget_s
    code, source = "epochs_usual", ""
    if budgeted_seconds(chosen, preset, facts.work(preset.id)) > budget_s:
        code = "epochs_fewest"
    elif epochs < wanted:
        code = "epochs_cut"
    elif enough > max(usual, long):
        code, source = "epochs_more", ENOUGH_SOURCE
    elif long > usual:
        code = "epochs_long"
    detail: dict[str, Detail] = {"epochs": epochs, "budget_s": budget_s}
    reason = Reason(about="epochs", code=code, detail=detail, source=source)
    return merged, reason


def _unlabeled_reasons(facts: Facts, preset: PresetInfo, plan: Plan) -> tuple[Reason, ...]:
    """Return what learning without labels adds to the time, which no budget bounds."""
    work = facts.work(preset.id)
    added_s = expected_seconds(plan, preset, work) - budgeted_seconds(plan, preset, work)
    if added_s <= 0:
        return ()
    detail: dict[str, Detail] = {"added_s": added_s}
    reasons = [Reason(about="epochs", code="unlabeled_added", detail=detail)]
    if plan.adapt_folder:
        uncounted: dict[str, Detail] = {"folder": plan.adapt_folder}
        reasons.append(Reason(about="epochs", code="unlabeled_uncounted", detail=uncounted))
    return tuple(reasons)


def _balance_reasons(facts: Facts) -> tuple[Reason, ...]:
    even = facts.num_train / facts.num_classes
    if facts.smallest_class >= UNEQUAL * even:
        return ()
    detail: dict[str, Detail] = {"smallest_class": facts.smallest_class, "even": round(even)}
    return (Reason(about="balance", code="unequal", detail=detail),)
