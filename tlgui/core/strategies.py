"""The ways to fine-tune, as data: a strategy is a sequence of phases."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from tlgui.core.phase import ALL, HEAD, FineTuning, Phase, Selection

Architecture = Literal["convolutional", "transformer", "embedding", "counts"]

PRETRAINED: Final[tuple[Architecture, ...]] = ("convolutional", "transformer", "embedding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A phase whose rates, epochs and groups are open until a preset is chosen.

    Attributes:
        phase: What is known of it.
        share_of_groups: Of the backbone's layer groups, those that it trains; None leaves
            them to the phase.
        one_by_one: It stands for a row of phases of one epoch, each with one more group.
        rate_factor: Times the preset's rate.
        epochs_factor: Times the preset's epochs and patience.
    """

    phase: Phase
    share_of_groups: float | None = None
    one_by_one: bool = False
    rate_factor: float = 1.0
    epochs_factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A named sequence of phases.

    Attributes:
        id: Stored in run folders; ``wording.py`` has title, term and sentence for it.
        drafts: Its phases, before a preset is chosen.
        source: Where the method is described.
        architectures: What it can be applied to.
        is_pretrained: Whether it starts from pretrained weights.
    """

    id: str
    drafts: tuple[Draft, ...]
    source: str
    architectures: tuple[Architecture, ...] = PRETRAINED
    is_pretrained: bool = True

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Its phases as far as they are known without a preset."""
        return tuple(draft.phase for draft in self.drafts)

    @property
    def needs_gradients(self) -> bool:
        """Whether it learns by gradient steps, which take Keras and time."""
        return any(phase.solver == "gradient" for phase in self.phases)

    def phases_for(
        self, fine_tuning: FineTuning | None, l2_strengths: tuple[float, ...], num_groups: int
    ) -> tuple[Phase, ...]:
        """Return the phases with what a preset says of rates, epochs and L2 strengths.

        Args:
            fine_tuning: The preset's.
            l2_strengths: Of its solved head; () are those of the strategy.
            num_groups: Layer groups of its backbone.
        """
        phases: list[Phase] = []
        for draft in self.drafts:
            if draft.phase.solver == "convex":
                strengths = l2_strengths or draft.phase.l2_strengths
                phases.append(replace(draft.phase, l2_strengths=strengths))
            elif draft.phase.solver == "gradient" and fine_tuning:
                phases += _with_groups(draft, self._tuned(draft, fine_tuning), num_groups)
            else:
                phases.append(draft.phase)
        return tuple(phases)

    def _tuned(self, draft: Draft, fine_tuning: FineTuning) -> Phase:
        rate = fine_tuning.learning_rate
        if draft.phase.trains.part != "all":
            rate = fine_tuning.added_learning_rate
        elif not self.is_pretrained:
            rate = fine_tuning.scratch_learning_rate
        return replace(
            draft.phase,
            learning_rate=draft.rate_factor * rate,
            weight_decay=fine_tuning.weight_decay,
            epochs=round(draft.epochs_factor * fine_tuning.epochs),
            patience=round(draft.epochs_factor * fine_tuning.patience),
            regularization=replace(
                draft.phase.regularization,
                ema=0.0 if draft.phase.train_batch_norm else fine_tuning.ema,
            ),
        )


def _with_groups(draft: Draft, phase: Phase, num_groups: int) -> list[Phase]:
    if draft.one_by_one:  # the last group is left to the phase that trains all
        steps = [replace(phase.trains, num_groups=count) for count in range(1, num_groups)]
        return [replace(phase, trains=trains, epochs=1, patience=1) for trains in steps]
    if draft.share_of_groups is not None:
        count = max(1, round(draft.share_of_groups * num_groups))
        return [replace(phase, trains=replace(phase.trains, num_groups=count))]
    return [phase]


SOLVE_HEAD: Final = Draft(
    phase=Phase(
        id="head", trains=HEAD, solver="convex", l2_strengths=(1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
    )
)

FEATURE_EXTRACTION: Final = Strategy(
    id="feature_extraction",
    drafts=(SOLVE_HEAD,),
    source="Kornblith et al. 2019, arXiv:1805.08974, section 3",
    architectures=(*PRETRAINED, "counts"),
)

NEAREST_NEIGHBORS: Final = Strategy(
    id="nearest_neighbors",
    drafts=(Draft(phase=Phase(id="means", trains=HEAD, solver="neighbors")),),
    source="Snell et al. 2017, arXiv:1703.05175, section 2",
)

TOP_BLOCKS: Final = Strategy(
    id="top_blocks",
    drafts=(
        SOLVE_HEAD,
        Draft(
            phase=Phase(id="top", trains=HEAD, schedule="warmup_cosine", warmup_fraction=0.1),
            share_of_groups=1 / 3,
        ),
    ),
    source="Yosinski et al. 2014, arXiv:1411.1792, section 2",
)

HEAD_THEN_ALL: Final = Strategy(
    id="head_then_all",
    drafts=(
        SOLVE_HEAD,
        Draft(phase=Phase(id="all", trains=ALL, schedule="warmup_cosine", warmup_fraction=0.1)),
    ),
    source="Kumar et al. 2022, arXiv:2202.10054, section 3",
)

FULL_FINE_TUNING: Final = Strategy(
    id="full_fine_tuning",
    drafts=(Draft(phase=Phase(id="all", trains=ALL, schedule="linear", warmup_fraction=0.1)),),
    source="Devlin et al. 2019, arXiv:1810.04805, appendix A.3",
)

GRADUAL_UNFREEZING: Final = Strategy(
    id="gradual_unfreezing",
    drafts=(
        SOLVE_HEAD,
        *(
            Draft(
                phase=Phase(
                    id=name,
                    trains=trains,
                    schedule="slanted_triangular",
                    warmup_fraction=0.1,
                    rate_decay_per_group=2.6,
                ),
                one_by_one=name == "thaw",
                rate_factor=2.0,
            )
            for name, trains in (("thaw", HEAD), ("all", ALL))
        ),
    ),
    source="Howard and Ruder 2018, arXiv:1801.06146, section 3.3",
)

DISCRIMINATIVE: Final = Strategy(
    id="discriminative",
    drafts=(
        SOLVE_HEAD,
        Draft(
            phase=Phase(
                id="all",
                trains=ALL,
                schedule="linear",
                warmup_fraction=0.1,
                rate_decay_per_group=3.0,
            ),
            rate_factor=2.0,
        ),
    ),
    source="Howard and Ruder 2018, arXiv:1801.06146, section 3.2; "
    "Clark et al. 2020, arXiv:2003.10555, appendix B",
)


def _with_added(
    name: str,
    phase_id: str,
    trains: Selection,
    source: str,
    *architectures: Architecture,
    rate_factor: float = 1.0,
) -> Strategy:
    """Return a strategy that finds the head first, then trains few or added weights."""
    phase = Phase(id=phase_id, trains=trains, schedule="warmup_cosine", warmup_fraction=0.1)
    return Strategy(
        id=name,
        drafts=(SOLVE_HEAD, Draft(phase=phase, rate_factor=rate_factor)),
        source=source,
        architectures=architectures,
    )


LORA: Final = _with_added(
    "lora",
    "low_rank",
    Selection(num_groups=None, part="low_rank", size=8, targets="attention"),
    "Hu et al. 2021, arXiv:2106.09685, section 4",
    *PRETRAINED,
)

ADAPTERS: Final = _with_added(
    "adapters",
    "adapters",
    Selection(num_groups=None, part="adapter", size=32),
    "Houlsby et al. 2019, arXiv:1902.00751, section 2; "
    "Rebuffi et al. 2017, arXiv:1705.08045, section 3",
    *("convolutional", "transformer"),
)

PROMPT_TUNING: Final = _with_added(
    "prompt_tuning",
    "prompts",
    Selection(num_groups=None, part="prompt", size=16),
    "Lester et al. 2021, arXiv:2104.08691, section 2; Jia et al. 2022, arXiv:2203.12119, section 3",
    "transformer",
    rate_factor=5.0,  # tokens are few, and each is small beside what they are to move
)

BIAS_AND_NORM: Final = _with_added(
    "bias_and_norm",
    "bias_and_norm",
    Selection(num_groups=None, part="bias_and_norm"),
    "Ben Zaken et al. 2021, arXiv:2106.10199, section 3",
    *("convolutional", "transformer"),
)

FROM_SCRATCH: Final = Strategy(
    id="from_scratch",
    drafts=(
        Draft(
            phase=Phase(
                id="scratch",
                trains=ALL,
                schedule="warmup_cosine",
                warmup_fraction=0.1,
                train_batch_norm=True,
            ),
            epochs_factor=2.0,
        ),
    ),
    source="He et al. 2019, arXiv:1811.08883, section 3",
    is_pretrained=False,
)

STRATEGIES: Final[dict[str, Strategy]] = {
    s.id: s
    for s in (
        *(FEATURE_EXTRACTION, NEAREST_NEIGHBORS, TOP_BLOCKS, HEAD_THEN_ALL, FULL_FINE_TUNING),
        *(GRADUAL_UNFREEZING, DISCRIMINATIVE, LORA, ADAPTERS, PROMPT_TUNING, BIAS_AND_NORM),
        FROM_SCRATCH,
    )
}
