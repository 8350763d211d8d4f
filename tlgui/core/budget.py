"""A plan is made to fit into a time."""

from dataclasses import replace

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import (
    DEFAULT_BUDGET_S,
    MIN_EPOCHS,
    Work,
    budgeted_seconds,
    epoch_seconds,
)
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import num_thaw_steps, with_thaw_steps


def with_budget(
    plan: Plan, preset: PresetInfo, work: Work, budget_s: float = DEFAULT_BUDGET_S
) -> Plan:
    """Return the plan with as many epochs as fit into a budget, or with the fewest possible.

    Long phases are shortened first, in proportion. Where that does not suffice, a row of phases
    that thaw one group after the other becomes shorter: some thaw several groups at once.
    Phases without labels stay and do not count: a person asked for them.
    """
    for smaller in _ever_smaller(plan):
        fitting = _shortened(smaller, preset, work, budget_s)
        if budgeted_seconds(fitting, preset, work) <= budget_s:
            return fitting
    return fitting


def _ever_smaller(plan: Plan) -> list[Plan]:
    """Return the plan, then plans with ever shorter rows of phases that thaw group by group."""
    counts = range(num_thaw_steps(plan) - 1, 0, -1)
    return [plan, *(with_thaw_steps(plan, count) for count in counts)]


def _shortened(plan: Plan, preset: PresetInfo, work: Work, budget_s: float) -> Plan:
    """Return the plan with fewer epochs in phases of gradient steps, never below the minimum."""
    long = [phase for phase in plan.phases if _is_long(phase)]
    epochs_s = sum(p.epochs * epoch_seconds(p, plan, preset, work) for p in long)
    over_s = budgeted_seconds(plan, preset, work) - budget_s
    if not long or over_s <= 0:
        return plan
    share = max(0.0, 1 - over_s / epochs_s)

    def shorter(phase: Phase) -> Phase:
        epochs = max(MIN_EPOCHS, int(share * phase.epochs))
        return replace(phase, epochs=epochs) if _is_long(phase) else phase

    return _shortened(
        replace(plan, phases=tuple(map(shorter, plan.phases))), preset, work, budget_s
    )


def _is_long(phase: Phase) -> bool:
    """Return whether a phase can be shortened; those without labels a person asked for."""
    return phase.solver == "gradient" and phase.epochs > MIN_EPOCHS
