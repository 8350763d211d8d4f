"""What the advisor recommends: model, strategy and epochs, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import (
    MIN_EPOCHS,
    expected_memory_bytes,
    expected_seconds,
    with_budget,
)
from tlgui.core.errors import Detail
from tlgui.core.facts import Facts
from tlgui.core.ladder import (
    CLEARLY_BETTER,
    ENOUGH_SOURCE,
    ENOUGH_STEPS,
    FAR,
    FAR_SHIFT,
    FAR_SOURCE,
    FEWEST,
    FEWEST_PER_CLASS,
    JUDGED_PER_CLASS,
    LADDERS,
    LEVELS,
    MIXTURE_BETTER,
    MOST_EPOCHS,
    RECOMMENDED,
    SIZE_RULES,
    TOP_RUNG,
    UNEQUAL,
)
from tlgui.core.plan import Plan
from tlgui.core.plan_settings import gradient_phases, num_thaw_steps
from tlgui.core.planning import DEFAULT_PRESETS, make_plan, possible_strategies
from tlgui.core.strategies import STRATEGIES

Subject = Literal["model", "strategy", "epochs", "balance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something is recommended; ``advice_words.py`` has the sentence.

    Attributes:
        about: What it explains.
        code: Key of the sentence.
        detail: What the sentence names.
        source: Where the rule was found; "" for what needs none.
    """

    about: Subject
    code: str
    detail: dict[str, Detail]
    source: str = ""


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
    preset, model_reason = _choose_preset(facts, presets, level, strategy)
    own, model_reasons = _choose_pooling(facts, preset, dict(settings or {}))
    if strategy:
        chosen, reasons = strategy, [Reason(about="strategy", code="strategy_given", detail={})]
    else:
        chosen, reasons = _choose_strategy(facts, preset, level)
    merged, epochs_reason = _choose_epochs(facts, preset, chosen, level, own)
    plan = make_plan(preset, strategy=chosen, settings=merged)
    return Advice(
        level=level,
        preset=preset.id,
        strategy=chosen,
        settings=merged,
        plan=plan,
        expected_s=expected_seconds(plan, preset, facts.work(preset.id)),
        memory_bytes=expected_memory_bytes(plan, preset),
        reasons=(model_reason, *model_reasons, *reasons, epochs_reason, *_balance_reasons(facts)),
    )


def _plan_within(
    facts: Facts, preset: PresetInfo, strategy: str, level: int, settings: Mapping[str, str]
) -> Plan:
    plan = make_plan(preset, strategy=strategy, settings=settings)
    return with_budget(plan, preset, facts.work(preset.id), LEVELS[level].budget_s)


def _choose_preset(
    facts: Facts, presets: Sequence[PresetInfo], level: int, strategy: str
) -> tuple[PresetInfo, Reason]:
    candidates = _candidates(facts, presets, strategy)
    pretrained = [info for info in candidates if info.architecture != "counts"]
    speaking = [info for info in pretrained if _speaks(info, facts.language)]
    if not speaking:
        plain = [info for info in candidates if info not in pretrained] or pretrained
        return plain[0], _model_reason("model_language", plain[0], language=facts.language)
    fast = [info for info in speaking if _has_time(facts, info, level)]
    if not fast:
        fastest = max(speaking, key=lambda info: facts.of_preset(info.id).samples_per_s)
        return fastest, _model_reason("model_fast", fastest)
    usual = next((info for info in fast if info.id in DEFAULT_PRESETS.values()), fast[0])
    best = max(fast, key=lambda info: facts.nearness(info.id))
    if facts.nearness(best.id) > facts.nearness(usual.id) + CLEARLY_BETTER:
        accuracy = facts.of_preset(best.id).accuracy or 0.0
        return best, _model_reason("model_nearer", best, accuracy_fraction=accuracy)
    return usual, _model_reason("model_usual", usual, trained_on=usual.trained_on)


def _candidates(
    facts: Facts, presets: Sequence[PresetInfo], strategy: str
) -> tuple[PresetInfo, ...]:
    """Return the presets that were looked at and can be trained that way."""
    looked_at = {found.preset for found in facts.presets}
    known = tuple(info for info in presets if info.id in looked_at)
    if not known:
        facts.of_preset(presets[0].id)  # raises and says what was looked at
    if not strategy:
        return known
    possible = tuple(i for i in known if strategy in {s.id for s in possible_strategies(i)})
    if not possible:
        make_plan(known[0], strategy=strategy)  # raises and says why
    return possible


def _speaks(preset: PresetInfo, language: str) -> bool:
    return not (language and preset.languages) or language in preset.languages


def _has_time(facts: Facts, preset: PresetInfo, level: int) -> bool:
    """Return whether at least its last layer can be trained in the time of a level."""
    plan = make_plan(preset, strategy=LADDERS[preset.architecture][0])
    return expected_seconds(plan, preset, facts.work(preset.id)) <= LEVELS[level].budget_s


def _model_reason(code: str, preset: PresetInfo, **detail: Detail) -> Reason:
    return Reason(about="model", code=code, detail={"title": preset.title, **detail})


def _choose_pooling(
    facts: Facts, preset: PresetInfo, settings: dict[str, str]
) -> tuple[dict[str, str], list[Reason]]:
    """Return the settings with a mixture of layers where the last one alone tells less.

    Source:
        Peters et al. 2018, arXiv:1802.05365, section 5.1 (which layers help depends on the task).
    """
    found = facts.of_preset(preset.id)
    if found.accuracy is None or found.mixture_accuracy is None or "pooling" in settings:
        return settings, []
    if found.mixture_accuracy < found.accuracy + MIXTURE_BETTER:
        return settings, []
    reason = Reason(about="model", code="pooling_mixture", detail={})
    return {**settings, "pooling": "layer_mixture"}, [reason]


def _choose_strategy(facts: Facts, preset: PresetInfo, level: int) -> tuple[str, list[Reason]]:
    rung, reasons = _suggested_rung(facts, preset)
    wanted = min(TOP_RUNG, max(0, rung + LEVELS[level].shift))
    if wanted != rung:
        code = "level_quick" if wanted < rung else "level_thorough"
        reasons.append(Reason(about="strategy", code=code, detail={}))
    rung = wanted
    while rung and not _fits(facts, preset, _strategy(facts, preset, rung), level):
        rung -= 1
    if rung < wanted:
        detail: dict[str, Detail] = {"budget_s": LEVELS[level].budget_s}
        reasons.append(Reason(about="strategy", code="too_slow", detail=detail))
    chosen = _strategy(facts, preset, rung)
    if chosen == FEWEST:
        reasons.append(_about_fewest(facts))
    return chosen, reasons


def _suggested_rung(facts: Facts, preset: PresetInfo) -> tuple[int, list[Reason]]:
    """Return how much should learn, from the number of samples and how near they are."""
    if preset.fine_tuning is None:
        return 0, [Reason(about="strategy", code="nothing_to_adapt", detail={})]
    rule = next(rule for rule in SIZE_RULES if facts.num_train < rule.below)
    size: dict[str, Detail] = {"num_train": facts.num_train, "modality": facts.modality}
    reasons = [Reason(about="strategy", code=rule.code, detail=size, source=rule.source)]
    is_judged = facts.num_train >= JUDGED_PER_CLASS * facts.num_classes
    if not is_judged or facts.nearness(preset.id) >= FAR:
        return rule.rung, reasons
    detail: dict[str, Detail] = {
        "accuracy_fraction": facts.of_preset(preset.id).accuracy or 0.0,
        "chance_fraction": facts.chance,
    }
    reasons.append(Reason(about="strategy", code="far", detail=detail, source=FAR_SOURCE))
    return min(TOP_RUNG, rule.rung + FAR_SHIFT), reasons


def _strategy(facts: Facts, preset: PresetInfo, rung: int) -> str:
    is_fewest = facts.num_train < FEWEST_PER_CLASS * facts.num_classes
    if rung == 0 and is_fewest and preset.architecture in STRATEGIES[FEWEST].architectures:
        return FEWEST
    return LADDERS[preset.architecture][rung]


def _about_fewest(facts: Facts) -> Reason:
    detail: dict[str, Detail] = {"per_class": FEWEST_PER_CLASS}
    return Reason(about="strategy", code="fewest", detail=detail, source=STRATEGIES[FEWEST].source)


def _fits(facts: Facts, preset: PresetInfo, strategy: str, level: int) -> bool:
    """Return whether a strategy's fewest useful epochs fit into the time of a level."""
    plan = make_plan(preset, strategy=strategy, settings={"epochs": str(MIN_EPOCHS)})
    return expected_seconds(plan, preset, facts.work(preset.id)) <= LEVELS[level].budget_s


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
    thawed = {"thaw_steps": str(steps)} if steps < num_thaw_steps(plan) else {}
    code, source = "epochs_usual", ""
    if epochs < wanted:
        code = "epochs_cut"
    elif enough > max(usual, long):
        code, source = "epochs_more", ENOUGH_SOURCE
    elif long > usual:
        code = "epochs_long"
    detail: dict[str, Detail] = {"epochs": epochs, "budget_s": LEVELS[level].budget_s}
    reason = Reason(about="epochs", code=code, detail=detail, source=source)
    return {**settings, **thawed, "epochs": str(epochs)}, reason


def _balance_reasons(facts: Facts) -> tuple[Reason, ...]:
    even = facts.num_train / facts.num_classes
    if facts.smallest_class >= UNEQUAL * even:
        return ()
    detail: dict[str, Detail] = {"smallest_class": facts.smallest_class, "even": round(even)}
    return (Reason(about="balance", code="unequal", detail=detail),)
