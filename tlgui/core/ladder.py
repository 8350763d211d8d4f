"""The ladder that the advisor climbs, as data: how much of a model learns, and in what time."""

from dataclasses import dataclass
from typing import Final

from tlgui.core.costs import DEFAULT_BUDGET_S
from tlgui.core.strategies import Architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """Which rung so many samples are enough for.

    Attributes:
        below: It holds for fewer samples to learn from than these.
        rung: Index into a row of ``LADDERS``.
        code: Key of the sentence that says so.
        source: Where that was found.
    """

    below: float
    rung: int
    code: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One stop of the slider from Quick to Thorough.

    Attributes:
        shift: Rungs above those that the data suggest.
        budget_s: What training may take.
        epochs_factor: Times the preset's epochs.
    """

    shift: int
    budget_s: float
    epochs_factor: float = 1.0


# from the last layer alone to everything, by what kind of network it is
LADDERS: Final[dict[Architecture, tuple[str, str, str]]] = {
    "convolutional": ("feature_extraction", "top_blocks", "head_then_all"),
    "transformer": ("feature_extraction", "top_blocks", "head_then_all"),
    "embedding": ("feature_extraction", "head_then_all", "head_then_all"),
    "counts": ("feature_extraction", "feature_extraction", "feature_extraction"),
}

FEWEST: Final = "nearest_neighbors"  # in place of the lowest rung
FEWEST_PER_CLASS: Final = 3  # samples to learn from, below which a solved head knows too little

TOP_RUNG: Final = 2

SIZE_RULES: Final = (
    SizeRule(
        below=100,
        rung=0,
        code="size_few",
        source="Kornblith et al. 2019, arXiv:1805.08974, section 4.7",
    ),
    SizeRule(
        below=10_000,
        rung=1,
        code="size_some",
        source="Yosinski et al. 2014, arXiv:1411.1792, section 4.1",
    ),
    SizeRule(
        below=float("inf"),
        rung=2,
        code="size_many",
        source="Kornblith et al. 2019, arXiv:1805.08974, section 4.7",
    ),
)

# what the model knows is little help where nearest class means come less far than this on the
# way from guessing to being always right: one rung more
FAR: Final = 0.8
FAR_SHIFT: Final = 1
JUDGED_PER_CLASS: Final = 5  # samples to learn from, below which class means say too little
FAR_SOURCE: Final = "Yosinski et al. 2014, arXiv:1411.1792, section 4.2"

# nearest class means by which another model is better than the usual one beyond chance
CLEARLY_BETTER: Final = 0.1

# nearest class means by which all layers together tell the classes apart better than the last one
MIXTURE_BETTER: Final = 0.01

# of a class that has fewer samples than this share of an even one, figures deserve a look
UNEQUAL: Final = 0.2

# fewer than these are too few for a network to settle down after the warm-up
ENOUGH_STEPS: Final = 200
MOST_EPOCHS: Final = 20
ENOUGH_SOURCE: Final = "Mosbach et al. 2021, arXiv:2006.04884, section 6"

LEVELS: Final = (
    Level(shift=-2, budget_s=60.0),
    Level(shift=-1, budget_s=120.0),
    Level(shift=0, budget_s=DEFAULT_BUDGET_S),
    Level(shift=1, budget_s=1_200.0, epochs_factor=1.5),
    Level(shift=2, budget_s=3_600.0, epochs_factor=2.0),
)
QUICK: Final = 0
RECOMMENDED: Final = 2
THOROUGH: Final = len(LEVELS) - 1
