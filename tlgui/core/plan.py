"""What will be trained and how: everything a run needs to be repeated."""

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from tlgui.core.catalog import Pooling
from tlgui.core.phase import Phase
from tlgui.core.records import from_record, json_text

ENSEMBLE: Final = "ensemble"  # in place of a preset and a strategy

ClassBalance = Literal["none", "weights", "sampling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """How samples are dealt to training, validation and test.

    Attributes:
        train_fraction: Share of the samples, in (0, 1); the three sum to 1.
        validation_fraction: Likewise.
        test_fraction: Likewise.
        group_by: What keeps samples together: "" nothing, "prefix" or "prefix:X" the file
            name up to its first separator (or X), "folder" the folder inside the class
            folder, "column:NAME" a column of the table.
    """

    train_fraction: float = 0.6
    validation_fraction: float = 0.2
    test_fraction: float = 0.2
    group_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A run whose best model answers together with those of others.

    Attributes:
        name: Of the run, which need not be there any more.
        preset: Of its plan.
        strategy: Likewise.
    """

    name: str
    preset: str
    strategy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The content of ``plan.json``; never edited after the run has started.

    Attributes:
        preset: Id of the pretrained model.
        strategy: Id of the strategy the phases came from.
        phases: What is really done, in order.
        split: How samples are dealt.
        batch_size: Samples per step of a gradient phase.
        sequence_length: Tokens of a text that are read, the first ones; 0 is all, and for
            pictures.
        pooling: From features of every place to one vector: their mean, those of the first
            token, or a learned mixture of the layers' means.
        seed: Decides the split, the order of samples and every random number.
        is_pretrained: Whether the backbone starts from its pretrained weights.
        class_balance: What makes up for rare classes: the weights of their samples in the
            loss, or how often they are drawn.
        adapt_folder: Unlabeled files that the phases without labels learn from too; "" is
            none.
        replay_folder: Labeled files that later batches keep reminding of; "" is none.
        members: Whose answers are averaged, see ``ensemble_plan``; () is a run that learns.
    """

    preset: str
    strategy: str
    phases: tuple[Phase, ...]
    split: SplitPlan = SplitPlan()
    batch_size: int = 32
    sequence_length: int = 0
    pooling: Pooling = "mean"
    seed: int = 0
    is_pretrained: bool = True
    class_balance: ClassBalance = "none"
    adapt_folder: str = ""
    replay_folder: str = ""
    members: tuple[Member, ...] = ()

    def to_json(self) -> str:
        """Return the plan as indented JSON, for people too."""
        return json_text(asdict(self), indent=2)

    @property
    def presets(self) -> tuple[str, ...]:
        """Ids of the pretrained models that answer, one for each member of an ensemble."""
        return tuple(member.preset for member in self.members) or (self.preset,)

    @property
    def max_epochs(self) -> int:
        """Upper bound of the epochs of all phases together."""
        return sum(phase.epochs for phase in self.phases)

    def freezes_states(self, phase: Phase) -> bool:
        """Whether what lies below the groups that learn gives the same in every epoch of a phase.

        It does not where every step looks at other inputs, and a mixture of layers looks at all.
        """
        varies = phase.regularization.varies_inputs or phase.train_batch_norm
        return not varies and self.pooling != "layer_mixture"


def ensemble_plan(
    members: tuple[Member, ...], split: SplitPlan = SplitPlan(), seed: int = 0
) -> Plan:
    """Return the plan of an ensemble: nothing is trained, the members' plans say what was.

    Args:
        members: Whose answers are averaged.
        split: How the samples of the first of them were dealt.
        seed: Likewise.
    """
    return Plan(
        preset=ENSEMBLE,
        strategy=ENSEMBLE,
        phases=(),
        split=split,
        seed=seed,
        members=members,
    )


def plan_from_json(text: str) -> Plan:
    """Return the plan that ``Plan.to_json`` wrote.

    Raises:
        ValueError: the text is not such a plan.
    """
    return from_record(Plan, json.loads(text))
