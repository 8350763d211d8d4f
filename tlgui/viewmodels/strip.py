"""What a strip of layer groups shows: which weights stay, which learn, and how strongly."""

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QCoreApplication

from tlgui.core.catalog import PresetInfo
from tlgui.core.phase import Part, Phase

Mark = Literal["frozen", "trained", "fresh", "inside", "beside", "between", "tokens"]

MARKS: Final[dict[Part, Mark]] = {
    "all": "trained",
    "bias_and_norm": "inside",
    "low_rank": "beside",
    "adapter": "between",
    "prompt": "tokens",
}
WEAKEST: Final = 0.3

_WORDS: Final[dict[Mark, str]] = {
    "trained": "{count} of {total} layer groups learn",
    "fresh": "{count} of {total} layer groups learn, from random weights",
    "inside": "Offsets and scales of {count} of {total} layer groups learn",
    "beside": "Small matrices beside {count} of {total} layer groups learn",
    "between": "Small layers at {count} of {total} layer groups learn",
    "tokens": "Tokens before {count} of {total} layer groups learn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One layer group.

    Attributes:
        mark: How it learns: not at all, as a whole, as a whole from random weights, its offsets
            and scales, matrices beside it, a layer before it, tokens before it.
        strength: Its steps against those of the head, for the eye: in (0, 1].
        is_head: Whether it is the last layer.
    """

    mark: Mark
    strength: float = 1.0
    is_head: bool = False


def planned_blocks(
    phase: Phase, info: PresetInfo, *, is_pretrained: bool = True
) -> tuple[Block, ...]:
    """Return the layer groups of a preset and the head as a phase is going to train them."""
    wanted = phase.trains.num_groups
    learning = info.num_groups if wanted is None else min(wanted, info.num_groups)
    if _spares_first(phase, info):
        learning = min(learning, info.num_groups - 1)
    trained = (False,) * (info.num_groups - learning) + (True,) * learning
    return blocks((*trained, phase.has_labels), phase, is_pretrained=is_pretrained)


def blocks(
    trained: tuple[bool, ...], phase: Phase | None, *, is_pretrained: bool = True
) -> tuple[Block, ...]:
    """Return what learns in a run.

    Args:
        trained: For every layer group, from the input to the head, whether it learns.
        phase: Of the plan; None if nobody knows it.
        is_pretrained: Whether the plan starts from pretrained weights.
    """
    mark: Mark = MARKS[phase.trains.part] if phase else "trained"
    if not is_pretrained:
        mark = "fresh"
    falls = phase is not None and phase.rate_decay_per_group > 1
    steps = max(1, len(trained) - 1)
    body = tuple(
        Block(
            mark=mark if learns else "frozen",
            strength=WEAKEST + (1 - WEAKEST) * (index + 1) / steps if falls and learns else 1.0,
        )
        for index, learns in enumerate(trained[:-1])
    )
    heads = trained[-1:]
    return (*body, *(Block(mark="trained" if h else "frozen", is_head=True) for h in heads))


def strip_words(strip: tuple[Block, ...]) -> str:
    """Return what a strip shows, for a screen reader."""
    body = [block for block in strip if not block.is_head]
    learning = [block.mark for block in body if block.mark != "frozen"]
    what = _tr(_WORDS[learning[0] if learning else "trained"])
    return what.format(count=len(learning), total=len(body))


def key_phases(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    """Return at most three phases that stand for all: the first, the middle, the last."""
    if len(phases) <= 3:
        return phases
    return phases[0], phases[len(phases) // 2], phases[-1]


def _spares_first(phase: Phase, info: PresetInfo) -> bool:
    """Whether nothing is added to the first group, that of the stem or the embeddings."""
    if phase.trains.part == "low_rank":
        return info.architecture == "transformer"
    return phase.trains.part in ("adapter", "prompt")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Strip", text)
