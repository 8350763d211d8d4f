"""What the plan page knows of its data, and what the advisor makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tlgui.core.advice import Advice, advise
from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import Work
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts, PresetFacts
from tlgui.core.ladder import LEVELS, RECOMMENDED
from tlgui.core.plan import Plan, SplitPlan
from tlgui.core.plan_settings import gradient_phases
from tlgui.core.planning import make_plan

NUM_LEVELS: Final = len(LEVELS)
SUPPOSED_PACE: Final = 30.0  # samples per second, while nobody has measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisor:
    """Asks the advisor about one data set.

    Attributes:
        facts: Of the data and the models.
        presets: Models that can be trained on it.
        is_measured: Whether the facts were measured; else they are counts of samples alone.
    """

    facts: Facts
    presets: tuple[PresetInfo, ...]
    is_measured: bool

    def advice(
        self,
        level: int,
        *,
        info: PresetInfo | None = None,
        strategy: str = "",
        settings: Mapping[str, str] | None = None,
    ) -> Advice | None:
        """Return the advice for a stop of the slider; None where there is none to give.

        Args:
            level: Index of the stop.
            info: Model that a person insists on.
            strategy: Way to train that a person insists on.
            settings: Settings that a person insists on.
        """
        known = {found.preset for found in self.facts.presets}
        presets = [i for i in ([info] if info else self.presets) if i.id in known]
        try:
            return (
                advise(self.facts, presets, level, strategy=strategy, settings=settings)
                if presets
                else None
            )
        except TlguiError:
            return None  # the settings do not fit the model that would be chosen

    def plans(self, level: int, info: PresetInfo, strategies: tuple[str, ...]) -> dict[str, Plan]:
        """Return the plan that each strategy would lead to, within the time of a stop."""
        found = (self.advice(level, info=info, strategy=name) for name in strategies)
        return {
            advice.strategy: make_plan(
                info, strategy=advice.strategy, settings=advised_settings(advice)
            )
            for advice in found
            if advice
        }

    def work(self, info: PresetInfo) -> Work | None:
        """Return how much there is to do for a model, or None if its pace is not known."""
        if not self.is_measured or info.id not in {found.preset for found in self.facts.presets}:
            return None
        return self.facts.work(info.id)

    def recommended(self, info: PresetInfo) -> str:
        """Return the strategy that is recommended for a model, or ""."""
        advice = self.advice(RECOMMENDED, info=info)
        return advice.strategy if advice else ""

    def ladder(self, info: PresetInfo) -> tuple[str, ...]:
        """Return the strategies from quick to thorough for a model."""
        steps = (self.advice(level, info=info) for level in range(NUM_LEVELS))
        return tuple(step.strategy for step in steps if step)


def advised_settings(advice: Advice) -> dict[str, str]:
    """Return the settings that make the plan of some advice, its epochs among them."""
    stepped = gradient_phases(advice.plan)
    epochs = {"epochs": str(stepped[-1].epochs)} if stepped else {}
    return {**advice.settings, **epochs}


def supposed_advisor(dataset: DatasetSummary, presets: tuple[PresetInfo, ...]) -> Advisor:
    """Return an advisor that knows nothing but how many samples there are."""
    shares, total = SplitPlan(), dataset.num_samples
    num_classes = max(2, len(dataset.classes))
    num_validation = round(shares.validation_fraction * total)
    num_test = round(shares.test_fraction * total)
    rarest = min((count for count in dataset.class_counts if count), default=0)
    facts = Facts(
        modality=dataset.modality,
        num_train=total - num_validation - num_test,
        num_validation=num_validation,
        num_test=num_test,
        num_classes=num_classes,
        chance=1 / num_classes,
        smallest_class=round(shares.train_fraction * rarest),
        presets=tuple(PresetFacts(preset=info.id, samples_per_s=SUPPOSED_PACE) for info in presets),
        language=dataset.texts.language if dataset.texts else "",
        num_tokens=dataset.texts.num_tokens if dataset.texts else (),
    )
    return Advisor(facts=facts, presets=presets, is_measured=False)
