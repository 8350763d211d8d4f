"""From a preset, a strategy and settings to a plan that can be carried out."""

from collections.abc import Mapping
from typing import Final

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Modality
from tlgui.core.errors import TlguiError
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan, SplitPlan
from tlgui.core.plan_settings import SETTINGS, gradient_phases, with_companions
from tlgui.core.strategies import STRATEGIES, Strategy

DEFAULT_PRESETS: Final[dict[Modality, str]] = {
    "image": "efficientnet_lite0_imagenet",
    "text": "all_minilm_l6_v2_en",
}
DEFAULT_STRATEGY: Final = "feature_extraction"
OF_THE_PRESET: Final = ("pooling", "sequence_length")  # judged by what the preset can do


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
        is_pretrained=STRATEGIES[strategy].is_pretrained,
    )
    for name, text in with_companions(settings or {}).items():
        plan = _with_setting(plan, preset, name, text)
        _check_fit(name, text, preset, STRATEGIES[strategy])
    return _checked(plan, preset)


def possible_strategies(preset: PresetInfo) -> tuple[Strategy, ...]:
    """Return the strategies that a preset can be trained with."""
    return tuple(s for s in STRATEGIES.values() if _is_possible(s, preset))


def possible_settings(preset: PresetInfo, strategy: str) -> frozenset[str]:
    """Return the names of the ``SETTINGS`` that change something for a preset and a strategy."""
    found = STRATEGIES[strategy]
    return frozenset(name for name, s in SETTINGS.items() if s.fits(preset, found))


def _is_possible(strategy: Strategy, preset: PresetInfo) -> bool:
    is_tunable = preset.fine_tuning is not None or not strategy.needs_gradients
    return is_tunable and preset.architecture in strategy.architectures


def _phases(strategy: Strategy, preset: PresetInfo) -> tuple[Phase, ...]:
    if not _is_possible(strategy, preset):
        known = ", ".join(s.id for s in possible_strategies(preset))
        raise TlguiError("strategy_not_possible", name=strategy.id, preset=preset.id, known=known)
    return strategy.phases_for(preset.fine_tuning, preset.l2_strengths, preset.num_groups)


def _with_setting(plan: Plan, preset: PresetInfo, name: str, text: str) -> Plan:
    if name not in SETTINGS:
        raise TlguiError("setting_unknown", name=name, known=", ".join(SETTINGS))
    try:
        value = SETTINGS[name].parse(text)
    except ValueError as error:
        raise _invalid(name, text, str(error)) from error
    return SETTINGS[name].change(plan, preset, value)


def _check_fit(name: str, text: str, preset: PresetInfo, strategy: Strategy) -> None:
    """Refuse what would change nothing, unless it is that no steps are taken at all."""
    if name in OF_THE_PRESET or not strategy.needs_gradients:
        return
    if not SETTINGS[name].fits(preset, strategy):
        raise _invalid(name, text, f"{preset.id} trained by {strategy.id} has no use for it")


def _checked(plan: Plan, preset: PresetInfo) -> Plan:
    _check_split(plan.split)
    _check_adaptation(plan, preset)
    _check_replay(plan)
    longest = preset.max_sequence_length
    if plan.sequence_length > longest:
        rule = f"this model reads {longest} tokens at most" if longest else "this model has none"
        raise _invalid("sequence_length", str(plan.sequence_length), rule)
    if plan.pooling not in preset.poolings:
        raise _invalid("pooling", plan.pooling, f"this model has {', '.join(preset.poolings)}")
    return plan


def _check_adaptation(plan: Plan, preset: PresetInfo) -> None:
    is_possible = SETTINGS["adapt"].fits(preset, STRATEGIES[plan.strategy])
    if plan.adapt_folder and is_possible and all(phase.has_labels for phase in plan.phases):
        raise _invalid("adapt", "0", "adapt_folder is only looked at in 1 epoch or more")


def _check_replay(plan: Plan) -> None:
    phases = gradient_phases(plan)
    fraction = max((p.regularization.replay_fraction for p in phases), default=0.0)
    if fraction and not plan.replay_folder:
        raise _invalid("replay_fraction", f"{fraction:g}", "it needs a replay_folder")
    if phases and plan.replay_folder and not fraction:
        raise _invalid("replay_fraction", "0", "none of replay_folder would be looked at")
    if fraction and plan.batch_size < 2:
        rule = "a batch with a sample of replay_folder has at least 2"
        raise _invalid("batch_size", str(plan.batch_size), rule)


def _check_split(split: SplitPlan) -> None:
    fractions = (split.train_fraction, split.validation_fraction, split.test_fraction)
    if not abs(sum(fractions) - 1) < 1e-6:  # also where a share is no number
        value = " / ".join(f"{fraction:g}" for fraction in fractions)
        raise _invalid("split", value, "the three shares must sum to 1")


def _invalid(name: str, value: str, rule: str) -> TlguiError:
    return TlguiError("setting_invalid", name=name, value=value, rule=rule)
