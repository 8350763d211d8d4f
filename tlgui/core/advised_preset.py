"""Which model the advisor recommends, and what is computed from its layers."""

from collections.abc import Mapping, Sequence

from tlgui.core.advised_strategy import belonging_strategies
from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import expected_seconds
from tlgui.core.errors import Detail
from tlgui.core.facts import Facts
from tlgui.core.ladder import CLEARLY_BETTER, LADDERS, LEVELS, MIXTURE_BETTER
from tlgui.core.planning import DEFAULT_PRESETS, make_plan, possible_strategies
from tlgui.core.reason import Reason


def choose_preset(
    facts: Facts,
    presets: Sequence[PresetInfo],
    level: int,
    strategy: str,
    settings: Mapping[str, str],
) -> tuple[PresetInfo, Reason]:
    """Return the recommended model, and why this one.

    Args:
        facts: Of the data and of each preset.
        presets: That may be recommended.
        level: Index into ``LEVELS``.
        strategy: That a person insists on, or "".
        settings: Likewise.

    Raises:
        TlguiError: nobody looked at any of the presets, or none can be trained that way.
    """
    candidates = _candidates(facts, presets, strategy, settings)
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
    facts: Facts, presets: Sequence[PresetInfo], strategy: str, settings: Mapping[str, str]
) -> tuple[PresetInfo, ...]:
    """Return the presets that were looked at and can be trained that way."""
    looked_at = {found.preset for found in facts.presets}
    known = tuple(info for info in presets if info.id in looked_at)
    if not known:
        facts.of_preset(presets[0].id)  # raises and says what was looked at
    if not strategy:
        return tuple(i for i in known if belonging_strategies(i, settings)) or known
    possible = tuple(i for i in known if strategy in {s.id for s in possible_strategies(i)})
    if not possible:
        make_plan(known[0], strategy=strategy)  # raises and says why
    return possible


def _speaks(preset: PresetInfo, language: str) -> bool:
    return not language or preset.speaks(language)


def _has_time(facts: Facts, preset: PresetInfo, level: int) -> bool:
    """Return whether at least its last layer can be trained in the time of a level."""
    plan = make_plan(preset, strategy=LADDERS[preset.architecture][0])
    return expected_seconds(plan, preset, facts.work(preset.id)) <= LEVELS[level].budget_s


def _model_reason(code: str, preset: PresetInfo, **detail: Detail) -> Reason:
    return Reason(about="model", code=code, detail={"title": preset.title, **detail})


def choose_pooling(
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
