"""What a preset costs, told without trying it: a class of speed, and memory."""

from typing import Final, Literal

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import expected_memory_bytes
from tlgui.core.planning import make_plan, possible_strategies

SpeedClass = Literal["fast", "medium", "slow", "very_slow", "unknown"]

# Multiplications of one sample. EfficientNet-Lite0 has 0.4e9, and two cores of a laptop pass about
# 250 pictures a second through it; by the same pace the limits are 100, 20 and 5 samples a second.
LIMITS: Final[tuple[tuple[float, SpeedClass], ...]] = (
    (1e9, "fast"),
    (5e9, "medium"),
    (20e9, "slow"),
)
WHOLE: Final = "full_fine_tuning"
BATCH_SIZE: Final = 8


def speed_class(preset: PresetInfo) -> SpeedClass:
    """Return how fast samples pass a preset, judged by its multiplications alone."""
    if preset.architecture in ("embedding", "counts"):
        return "fast"  # they look things up
    if not preset.num_multiply_adds:
        return "unknown"
    return next((name for most, name in LIMITS if preset.num_multiply_adds <= most), "very_slow")


def fine_tuning_bytes(preset: PresetInfo) -> int | None:
    """Return roughly what memory it takes to train all weights of a preset, 8 samples at once.

    See ``expected_memory_bytes`` for what is counted. None where nothing can be fine-tuned.
    """
    if WHOLE not in {strategy.id for strategy in possible_strategies(preset)}:
        return None
    plan = make_plan(preset, strategy=WHOLE, settings={"batch_size": str(BATCH_SIZE)})
    return expected_memory_bytes(plan, preset)
