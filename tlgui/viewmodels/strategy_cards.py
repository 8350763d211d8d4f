"""The cards of the plan page: every way to fine-tune a model, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import Work, expected_memory_bytes, expected_seconds, trained_share
from tlgui.core.phase import HEAD, Phase, Selection
from tlgui.core.plan import Plan
from tlgui.core.planning import make_plan, possible_strategies
from tlgui.core.strategies import STRATEGIES, Strategy
from tlgui.core.strategy_help import STRATEGY_HELP, StrategyHelp
from tlgui.core.strategy_words import PHASES, STRATEGY_WORDS
from tlgui.core.wording import duration, percent, size
from tlgui.viewmodels.strip import Block, key_phases, planned_blocks

NUM_MAIN: Final = 3
# where nothing is recommended yet
USUAL: Final = ("feature_extraction", "head_then_all", "top_blocks")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePicture:
    """One phase as a strip of layer groups."""

    words: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyCard:
    """One way to fine-tune.

    Attributes:
        id: Of the strategy.
        title: In plain words.
        term: The field's word.
        sentence: What it does and when it is right.
        share: The weights that learn, in a few words; "" where nothing is pretrained.
        costs: Time, if the pace is known, and memory.
        pictures: At most three of its phases.
        is_recommended: Whether the advisor would take it.
    """

    id: str
    title: str
    term: str
    sentence: str
    share: str
    costs: str
    pictures: tuple[PhasePicture, ...]
    is_recommended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPage:
    """What there is to read about one way to fine-tune.

    Attributes:
        card: What its card says.
        help: A few paragraphs.
        pictures: All of its phases; those that repeat each other are one.
        source: Where it is described.
    """

    card: StrategyCard
    help: StrategyHelp
    pictures: tuple[PhasePicture, ...]
    source: str


def strategy_cards(
    info: PresetInfo, plans: Mapping[str, Plan], work: Work | None, recommended: str
) -> tuple[StrategyCard, ...]:
    """Return the cards of all strategies that fit a model, the recommended one first.

    Args:
        info: The model.
        plans: By strategy, where they are not the usual ones.
        work: Samples and pace; None if the pace is not known yet.
        recommended: Strategy that the advisor would take; "" for none.
    """
    cards = [
        _card(s, info, plans.get(s.id) or make_plan(info, strategy=s.id), work)
        for s in possible_strategies(info)
    ]
    cards.sort(key=lambda card: card.id != recommended)
    return tuple(replace(card, is_recommended=card.id == recommended) for card in cards)


def main_cards(
    cards: tuple[StrategyCard, ...], chosen: str, ladder: tuple[str, ...]
) -> tuple[StrategyCard, ...]:
    """Return the few cards that matter most, in the order of all.

    Args:
        cards: All that fit.
        chosen: Strategy that is always among them.
        ladder: Strategies that the advisor takes from quick to thorough.
    """
    recommended = [card.id for card in cards if card.is_recommended]
    known = {card.id for card in cards}
    wanted = (*recommended, *ladder[:1], *ladder[-1:], *USUAL)
    names = list(dict.fromkeys(name for name in wanted if name in known))[:NUM_MAIN]
    if chosen in known and chosen not in names:
        names.append(chosen)
    return tuple(card for card in cards if card.id in names)


def strategy_page(name: str, info: PresetInfo, work: Work | None) -> StrategyPage:
    """Return the help page of a strategy, drawn with a model's layer groups."""
    strategy = STRATEGIES[name]
    plan = make_plan(info, strategy=name)
    return StrategyPage(
        card=_card(strategy, info, plan, work),
        help=STRATEGY_HELP[name],
        pictures=_numbered(_pictures(_without_repeats(plan.phases), info, strategy)),
        source=strategy.source,
    )


def pages(info: PresetInfo, work: Work | None) -> Mapping[str, StrategyPage]:
    """Return the help pages of every strategy that a model can be trained with."""
    return {s.id: strategy_page(s.id, info, work) for s in possible_strategies(info)}


def cost_words(plan: Plan, info: PresetInfo, work: Work | None) -> str:
    """Return what a plan takes: time, if the pace is known, and memory."""
    parts = []
    if work is not None:
        seconds = expected_seconds(plan, info, work)
        parts.append(_tr("about {time}").format(time=duration(seconds)))
    if info.num_parameters:
        parts.append(size(expected_memory_bytes(plan, info)))
    return " · ".join(parts)


def share_words(plan: Plan, info: PresetInfo) -> str:
    """Return which share of the pretrained weights learns."""
    if not info.num_groups:
        return ""
    share = trained_share(plan, info)
    if not share:
        is_head_alone = all(phase.trains == HEAD for phase in plan.phases)
        return _tr("trains the last layer only") if is_head_alone else ""
    if any(_is_everything(phase.trains, info) for phase in plan.phases):
        return _tr("trains all weights")
    return _tr("trains {share} of the weights").format(share=percent(share))


def _is_everything(trains: Selection, info: PresetInfo) -> bool:
    has_all_groups = trains.num_groups is None or trains.num_groups >= info.num_groups
    return trains.part == "all" and has_all_groups


def _card(strategy: Strategy, info: PresetInfo, plan: Plan, work: Work | None) -> StrategyCard:
    words = STRATEGY_WORDS[strategy.id]
    sentence = words.sentence
    if not info.num_groups:
        sentence = _tr("Nothing is pretrained: all it knows it learns from your samples, quickly.")
    return StrategyCard(
        id=strategy.id,
        title=words.title,
        term=words.term,
        sentence=sentence,
        share=share_words(plan, info),
        costs=cost_words(plan, info, work),
        pictures=_pictures(key_phases(plan.phases), info, strategy),
    )


def _pictures(
    phases: tuple[Phase, ...], info: PresetInfo, strategy: Strategy
) -> tuple[PhasePicture, ...]:
    if not info.num_groups:
        return ()
    return tuple(_picture(phase, info, strategy.is_pretrained) for phase in phases)


def _picture(phase: Phase, info: PresetInfo, is_pretrained: bool) -> PhasePicture:
    drawn = planned_blocks(phase, info, is_pretrained=is_pretrained)
    words, count = PHASES.get(phase.id, phase.id), phase.trains.num_groups or 0
    if 0 < count < info.num_groups:
        words = _tr("{name}, {count} of {total} groups").format(
            name=words, count=count, total=info.num_groups
        )
    return PhasePicture(words=words, blocks=drawn)


def _without_repeats(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Return the phases; of a long row of the same kind only the first and the last."""
    kept = [
        phase
        for index, phase in enumerate(phases)
        if not 0 < index < len(phases) - 1
        or phase.id != phases[index - 1].id
        or phase.id != phases[index + 1].id
    ]
    return tuple(kept)


def _numbered(pictures: tuple[PhasePicture, ...]) -> tuple[PhasePicture, ...]:
    if len(pictures) < 2:
        return pictures
    return tuple(
        replace(picture, words=f"{number}. {picture.words}")
        for number, picture in enumerate(pictures, start=1)
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plan", text)
