"""The ways to fine-tune, as data: a strategy is a sequence of phases."""

from dataclasses import dataclass, replace
from typing import Final, Literal

Solver = Literal["convex", "gradient"]
ScheduleId = Literal["constant", "warmup_cosine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which weights a phase may change.

    Attributes:
        num_groups: Layer groups of the backbone, counted from the head; None is all of
            them, 0 is the head alone. The head always trains.
    """

    num_groups: int | None = 0


HEAD: Final = Selection(num_groups=0)
ALL: Final = Selection(num_groups=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """How one preset likes its pretrained weights to be trained; part of the catalog.

    Attributes:
        learning_rate: Peak rate per step when all of it trains.
        weight_decay: Decoupled from the gradient (AdamW); never of biases and scales.
        epochs: Upper bound.
        patience: Epochs without a better validation loss that end it sooner.
    """

    learning_rate: float
    weight_decay: float
    epochs: int
    patience: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stretch of training with a fixed set of trainable weights.

    Attributes:
        id: Stored in run folders; ``wording.py`` has a label for it.
        trains: Which weights may change.
        solver: "gradient" steps, or "convex": the head solved to its optimum on cached
            features, without Keras; it counts as one epoch.
        l2_strengths: The convex solver's candidates, chosen by validation loss; each is
            the weight of half the squared norm of the head against the mean loss.
        learning_rate: Peak rate per step, after warm-up.
        weight_decay: See ``FineTuning``.
        schedule: Name of a learning-rate schedule.
        warmup_fraction: Share of the phase's steps in which the rate rises from 0.
        epochs: Upper bound; early stopping may end the phase sooner.
        patience: Epochs without a better validation loss after which the phase ends.
        train_batch_norm: Whether batch statistics and their scales are updated.
    """

    id: str
    trains: Selection
    solver: Solver = "gradient"
    l2_strengths: tuple[float, ...] = ()
    learning_rate: float = 0.0
    weight_decay: float = 0.0
    schedule: ScheduleId = "constant"
    warmup_fraction: float = 0.0
    epochs: int = 1
    patience: int = 3
    train_batch_norm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A named sequence of phases.

    Attributes:
        id: Stored in run folders; ``wording.py`` has title, term and sentence for it.
        phases: Rates and epochs of gradient phases are left open: they are the preset's.
        source: Where the method is described.
    """

    id: str
    phases: tuple[Phase, ...]
    source: str

    @property
    def needs_gradients(self) -> bool:
        """Whether it changes pretrained weights."""
        return any(phase.solver == "gradient" for phase in self.phases)

    def phases_for(
        self, fine_tuning: FineTuning | None, l2_strengths: tuple[float, ...]
    ) -> tuple[Phase, ...]:
        """Return the phases with what a preset says of rates, epochs and L2 strengths."""
        return tuple(_phase_for(phase, fine_tuning, l2_strengths) for phase in self.phases)


def _phase_for(
    phase: Phase, fine_tuning: FineTuning | None, l2_strengths: tuple[float, ...]
) -> Phase:
    if phase.solver == "convex":
        return replace(phase, l2_strengths=l2_strengths or phase.l2_strengths)
    if fine_tuning is None:
        return phase
    return replace(
        phase,
        learning_rate=fine_tuning.learning_rate,
        weight_decay=fine_tuning.weight_decay,
        epochs=fine_tuning.epochs,
        patience=fine_tuning.patience,
    )


SOLVE_HEAD: Final = Phase(
    id="head", trains=HEAD, solver="convex", l2_strengths=(1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
)

FEATURE_EXTRACTION: Final = Strategy(
    id="feature_extraction",
    phases=(SOLVE_HEAD,),
    source="Kornblith et al. 2019, arXiv:1805.08974, section 3",
)

HEAD_THEN_ALL: Final = Strategy(
    id="head_then_all",
    phases=(
        SOLVE_HEAD,
        Phase(
            id="all",
            trains=ALL,
            schedule="warmup_cosine",
            warmup_fraction=0.1,
        ),
    ),
    source="Kumar et al. 2022, arXiv:2202.10054, section 3",
)

STRATEGIES: Final[dict[str, Strategy]] = {s.id: s for s in (FEATURE_EXTRACTION, HEAD_THEN_ALL)}
