"""Which way to train the advisor recommends: how much of a model learns."""

from collections.abc import Mapping

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import MIN_EPOCHS, budgeted_seconds
from tlgui.core.errors import Detail
from tlgui.core.facts import Facts
from tlgui.core.ladder import (
    FAR,
    FAR_SHIFT,
    FAR_SOURCE,
    FEWEST,
    FEWEST_PER_CLASS,
    JUDGED_PER_CLASS,
    LADDERS,
    LEVELS,
    SIZE_RULES,
    TOP_RUNG,
)
from tlgui.core.planning import make_plan, possible_settings, possible_strategies
from tlgui.core.reason import Reason
from tlgui.core.strategies import STRATEGIES


def choose_strategy(
    facts: Facts, preset: PresetInfo, level: int, settings: Mapping[str, str]
) -> tuple[str, list[Reason]]:
    """Return a strategy that has a use for the settings, and why this one.

    Args:
        facts: Of the data and the preset.
        preset: The model.
        level: Index into ``LEVELS``.
        settings: That a person insists on.

    Raises:
        TlguiError: a setting is unknown or out of its range.
    """
    names = _telling(preset, settings)
    if not names:
        return _climbed(facts, preset, level, settings)
    # where none has a use for all of them, the plan of the last one says so
    belonging = belonging_strategies(preset, settings) or LADDERS[preset.architecture][TOP_RUNG:]
    detail: dict[str, Detail] = {"settings": ", ".join(sorted(names))}
    return belonging[0], [Reason(about="strategy", code="strategy_of_settings", detail=detail)]


def belonging_strategies(preset: PresetInfo, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Return the strategies that have a use for the settings, those of the ladder first."""
    names = _telling(preset, settings)
    possible = [strategy.id for strategy in possible_strategies(preset)]
    ordered = dict.fromkeys((*LADDERS[preset.architecture], *possible))
    return tuple(s for s in ordered if names <= possible_settings(preset, s))


def _telling(preset: PresetInfo, settings: Mapping[str, str]) -> frozenset[str]:
    """Return the names of those settings that not every way of the ladder with steps can use.

    The others, such as the size of a batch, say nothing about the way: where no steps are taken,
    they change nothing and are not refused either, see ``make_plan``.
    """
    ways = [name for name in LADDERS[preset.architecture] if STRATEGIES[name].needs_gradients]
    if not ways:
        return frozenset()
    common = frozenset.intersection(*(possible_settings(preset, name) for name in ways))
    return frozenset(settings) - common


def _climbed(
    facts: Facts, preset: PresetInfo, level: int, settings: Mapping[str, str]
) -> tuple[str, list[Reason]]:
    """Return the strategy of the ladder that data, level and time lead to."""
    rung, reasons = _suggested_rung(facts, preset)
    wanted = min(TOP_RUNG, max(0, rung + LEVELS[level].shift))
    if _strategy(facts, preset, wanted) != _strategy(facts, preset, rung):
        code = "level_quick" if wanted < rung else "level_thorough"
        reasons.append(Reason(about="strategy", code=code, detail={}))
    rung = wanted
    while rung and not _fits(facts, preset, _strategy(facts, preset, rung), level, settings):
        rung -= 1
    chosen = _strategy(facts, preset, rung)
    if chosen != _strategy(facts, preset, wanted):
        detail: dict[str, Detail] = {"budget_s": LEVELS[level].budget_s}
        reasons.append(Reason(about="strategy", code="too_slow", detail=detail))
    if chosen == FEWEST:
        reasons.append(_about_fewest())
    return chosen, reasons


def _suggested_rung(facts: Facts, preset: PresetInfo) -> tuple[int, list[Reason]]:
    """Return how much should learn, from the number of samples and how near they are."""
    if preset.fine_tuning is None:
        return 0, [Reason(about="strategy", code="nothing_to_adapt", detail={})]
    rule = next(rule for rule in SIZE_RULES if facts.num_train < rule.below)
    is_words = preset.architecture == "embedding" and rule.rung > 0
    code = "size_words" if is_words else rule.code  # word vectors have no blocks
    size: dict[str, Detail] = {"num_train": facts.num_train, "modality": facts.modality}
    reasons = [Reason(about="strategy", code=code, detail=size, source=rule.source)]
    is_judged = facts.num_train >= JUDGED_PER_CLASS * facts.num_classes
    if not is_judged or facts.nearness(preset.id) >= FAR:
        return rule.rung, reasons
    shifted = min(TOP_RUNG, rule.rung + FAR_SHIFT)
    if _strategy(facts, preset, shifted) != _strategy(facts, preset, rule.rung):
        detail: dict[str, Detail] = {
            "accuracy_fraction": facts.of_preset(preset.id).accuracy or 0.0,
            "chance_fraction": facts.chance,
        }
        reasons.append(Reason(about="strategy", code="far", detail=detail, source=FAR_SOURCE))
    return shifted, reasons


def _strategy(facts: Facts, preset: PresetInfo, rung: int) -> str:
    is_fewest = facts.num_train < FEWEST_PER_CLASS * facts.num_classes
    if rung == 0 and is_fewest and preset.architecture in STRATEGIES[FEWEST].architectures:
        return FEWEST
    return LADDERS[preset.architecture][rung]


def _about_fewest() -> Reason:
    detail: dict[str, Detail] = {"per_class": FEWEST_PER_CLASS}
    return Reason(about="strategy", code="fewest", detail=detail, source=STRATEGIES[FEWEST].source)


def _fits(
    facts: Facts, preset: PresetInfo, strategy: str, level: int, settings: Mapping[str, str]
) -> bool:
    """Return whether a strategy's fewest useful epochs fit into the time of a level."""
    fewest = {**settings, "epochs": str(MIN_EPOCHS)}
    plan = make_plan(preset, strategy=strategy, settings=fewest)
    return budgeted_seconds(plan, preset, facts.work(preset.id)) <= LEVELS[level].budget_s
