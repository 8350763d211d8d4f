"""A phase of training: which weights learn, and everything about how."""

from dataclasses import dataclass
from typing import Final, Literal

Solver = Literal["convex", "neighbors", "gradient", "masked_language", "contrastive"]
ScheduleId = Literal["constant", "linear", "warmup_cosine", "slanted_triangular", "plateau"]
Part = Literal["all", "bias_and_norm", "low_rank", "adapter", "prompt"]
Targets = Literal["attention", "all"]
AugmentationId = Literal["none", "gentle", "strong", "scans"]

ADAPT: Final = "adapt"  # id of the phase without labels
MAX_VARIANTS: Final = 4
MAX_LOOKS: Final = 100_000  # at pictures and their variants, all of which a head is solved on


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which weights a phase may change; the head always trains.

    Attributes:
        num_groups: Layer groups of the backbone, counted from the head; None is all of
            them, 0 is the head alone.
        part: What trains within those groups: everything, biases and normalizations, or only
            weights that are added: low-rank matrices, bottleneck adapters, virtual tokens.
        size: Of what is added: rank, width of the bottleneck, tokens; else 0.
        targets: Where low-rank matrices are added: beside the query and value projections,
            or beside every matrix. A network without attention has only the latter.
    """

    num_groups: int | None = 0
    part: Part = "all"
    size: int = 0
    targets: Targets = "all"


HEAD: Final = Selection(num_groups=0)
ALL: Final = Selection(num_groups=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularization:
    """What keeps a phase from over-fitting and from forgetting; 0 and "none" are off.

    Attributes:
        dropout: Share of the features that the head does without in a step, in [0, 1).
        label_smoothing: Share of certainty that labels give up, in [0, 1).
        mixup: Alpha of the Beta distribution that pairs of pictures are mixed by.
        augmentation: How pictures are varied.
        word_dropout: Share of the tokens of a text that are hidden in a step, in [0, 1).
        l2_sp: Weight of half the squared distance from the pretrained weights.
        ewc: Likewise, each weight counting as much as its Fisher information.
        ema: Momentum of the moving average of the weights that is judged and kept, in [0, 1).
        replay_fraction: Share of a batch that comes from the plan's replay folder, in [0, 1).
    """

    dropout: float = 0.0
    label_smoothing: float = 0.0
    mixup: float = 0.0
    augmentation: AugmentationId = "none"
    word_dropout: float = 0.0
    l2_sp: float = 0.0
    ewc: float = 0.0
    ema: float = 0.0
    replay_fraction: float = 0.0

    @property
    def varies_inputs(self) -> bool:
        """Whether every step looks at other inputs than those that an epoch before it saw."""
        plain = Regularization()
        ours = (self.augmentation, self.mixup, self.word_dropout, self.replay_fraction)
        return ours != (plain.augmentation, plain.mixup, plain.word_dropout, plain.replay_fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One stretch of training with a fixed set of trainable weights.

    Attributes:
        id: Stored in run folders; ``wording.py`` has a label for it.
        trains: Which weights may change.
        solver: "gradient" steps; without Keras, on cached features, "convex": the head solved
            to its optimum, or "neighbors": the head made of class means, each one epoch; and
            without labels, "masked_language" or "contrastive".
        l2_strengths: The convex solver's candidates, chosen by validation loss; each is
            the weight of half the squared norm of the head against the mean loss.
        learning_rate: Peak rate of the head per step, after warm-up.
        rate_decay_per_group: Each earlier group learns this many times slower, >= 1.
        weight_decay: Decoupled from the gradient (AdamW); never of biases and scales.
        schedule: Name of a learning-rate schedule.
        warmup_fraction: Share of the phase's steps in which the rate rises from 0.
        epochs: Upper bound; early stopping may end the phase sooner.
        patience: Epochs without a better calibrated validation loss that end the phase.
        train_batch_norm: Whether batch statistics are updated.
        regularization: Against over-fitting and forgetting.
    """

    id: str
    trains: Selection
    solver: Solver = "gradient"
    l2_strengths: tuple[float, ...] = ()
    learning_rate: float = 0.0
    rate_decay_per_group: float = 1.0
    weight_decay: float = 0.0
    schedule: ScheduleId = "constant"
    warmup_fraction: float = 0.0
    epochs: int = 1
    patience: int = 3
    train_batch_norm: bool = False
    regularization: Regularization = Regularization()

    @property
    def has_labels(self) -> bool:
        """Whether it learns from labels, so that its epochs can be judged."""
        return self.solver not in ("masked_language", "contrastive")


@dataclass(frozen=True, slots=True, kw_only=True)
class FineTuning:
    """How one preset likes its weights to be trained by gradient steps; part of the catalog.

    Attributes:
        learning_rate: Peak rate per step when all of its pretrained weights train.
        added_learning_rate: When only few of them or added ones do.
        scratch_learning_rate: When they start random.
        weight_decay: Decoupled from the gradient (AdamW); never of biases and scales.
        epochs: Upper bound.
        patience: Epochs without a better calibrated validation loss that end it sooner.
        ema: See ``Regularization``; averages hold no statistics that batches change.
    """

    learning_rate: float
    added_learning_rate: float = 1e-3
    scratch_learning_rate: float = 1e-3
    weight_decay: float
    epochs: int
    patience: int
    ema: float = 0.0


def num_variants(num_train: int) -> int:
    """Return on how many variants of each picture a head is solved too, where pictures vary.

    The more pictures there are, the less their variants add, and the more memory they take.
    """
    return max(1, min(MAX_VARIANTS, MAX_LOOKS // max(1, num_train) - 1))
