"""What is chosen on the plan page: a person's own choices, and those that follow the advice."""

from collections.abc import Mapping

from tlgui.core.advice import Advice
from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Modality
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts
from tlgui.core.ladder import RECOMMENDED
from tlgui.core.plan import Plan, SplitPlan
from tlgui.core.planning import (
    DEFAULT_PRESETS,
    DEFAULT_STRATEGY,
    make_plan,
    possible_settings,
    possible_strategies,
)
from tlgui.core.setting_words import SETTING_WORDS
from tlgui.core.wording import error_sentence
from tlgui.viewmodels.advisor import Advisor, advised_settings, supposed_advisor


class PlanChoices:
    """Model, strategy, settings and the slider; a plan that nobody has touched is the advised one.

    Attributes:
        presets: Those whose files are on this computer.
        preset: The chosen model, "" where there is none.
        strategy: The chosen way to train it.
        settings: Texts by the name of their setting, a person's own and advised ones.
        level: Stop of the slider between Quick and Thorough.
        advisor: It knows the data, measured or supposed; None before there is any.
        advice: What was measured and is followed, or None.
    """

    def __init__(self, presets: Mapping[str, PresetInfo]) -> None:
        self.presets = presets
        self.preset = self.default_preset("image")
        self.strategy = DEFAULT_STRATEGY
        self.settings: dict[str, str] = {}
        self.level = RECOMMENDED
        self.advisor: Advisor | None = None
        self.advice: Advice | None = None
        self._modality: Modality = "image"
        self._advised: set[str] = set()  # settings that came from the advisor
        self._is_own = False

    def open_dataset(self, dataset: DatasetSummary, group_by: str) -> None:
        """Choose for this data; what was chosen for another data set is kept, groups are not."""
        self._modality = dataset.modality
        if self.info is None or self.info.task != dataset.modality:
            self.preset = self.default_preset(dataset.modality)
        self._settle_strategy()
        self.advisor = supposed_advisor(dataset, self.suitable_presets)
        self._forget_advice()
        self.settings.pop("group_by", None)
        if group_by:
            self.settings["group_by"] = group_by

    def take_facts(self, facts: Facts) -> None:
        """Note what was measured; choices that nobody has touched follow the advice."""
        self.advisor = Advisor(facts=facts, presets=self.suitable_presets, is_measured=True)
        if self._is_own:
            self._fit_to_budget()
        else:
            self._follow(self.level)

    def choose_level(self, level: int) -> None:
        """Follow the advice for a stop between Quick and Thorough."""
        self.level, self._is_own = level, True
        self._follow(level)

    def choose_preset(self, preset: str) -> None:
        """Train this model; what does not fit it is left behind."""
        self.preset, self._is_own = preset, True
        self._settle_strategy()
        self._fit_to_budget()

    def choose_strategy(self, strategy: str) -> None:
        """Train this way."""
        self.strategy, self._is_own = strategy, True
        self._fit_to_budget()

    def change_setting(self, name: str, text: str) -> None:
        """Change one setting; an empty text is the strategy's own value."""
        self._is_own = True
        self._advised.discard(name)
        self.settings.pop(name, None)
        if text.strip():
            self.settings[name] = text.strip()

    @property
    def errors(self) -> dict[str, str]:
        """Why some of the settings are refused, by name: alone, or for what is missing beside."""
        alone = [self._error_of({name: text}) for name, text in self.settings.items()]
        errors = {name: error for found in alone for name, error in found.items()}
        fitting = {name: text for name, text in self.effective.items() if name not in errors}
        return {**self._error_of(fitting, self.strategy), **errors}

    @property
    def plan(self) -> Plan | None:
        """What would be trained, or None while a setting is wrong."""
        if self.info is None or self._names & self.errors.keys():
            return None
        return make_plan(self.info, strategy=self.strategy, settings=self.effective)

    @property
    def dealing(self) -> tuple[SplitPlan, int]:
        """How samples would be dealt, and the seed of that."""
        plan = self.plan
        return (plan.split, plan.seed) if plan else (SplitPlan(), 0)

    @property
    def info(self) -> PresetInfo | None:
        """The chosen model, if there is any."""
        return self.presets.get(self.preset)

    @property
    def effective(self) -> dict[str, str]:
        """The settings that change something for the model and the strategy."""
        return {name: text for name, text in self.settings.items() if name in self._names}

    @property
    def suitable_presets(self) -> tuple[PresetInfo, ...]:
        """The models on this computer that can learn from this data."""
        return tuple(info for info in self.presets.values() if info.task == self._modality)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies that the model can be trained with."""
        return tuple(s.id for s in possible_strategies(self.info)) if self.info else ()

    def plans(self, info: PresetInfo) -> dict[str, Plan]:
        """Return the plan in force, and those that the other strategies would lead to."""
        plans = {self.strategy: self.plan} if self.plan else {}
        if self.advisor is not None and self.advisor.is_measured:
            others = (name for name in self.strategies if name != self.strategy)
            plans.update(self.advisor.plans(self.level, info, tuple(others)))
        return plans

    def default_preset(self, modality: Modality) -> str:
        """Return the usual model for some kind of samples, "" where there is none."""
        suitable = [info.id for info in self.presets.values() if info.task == modality]
        default = DEFAULT_PRESETS[modality]
        return default if default in suitable else next(iter(suitable), "")

    @property
    def _names(self) -> set[str]:
        return set(possible_settings(self.info, self.strategy)) if self.info else set()

    def _follow(self, level: int, info: PresetInfo | None = None, strategy: str = "") -> None:
        """Take over what is advised; a person's own settings stay."""
        self._forget_advice()
        own = {n: t for n, t in self.effective.items() if n not in self.errors}
        advice = (
            self.advisor.advice(level, info=info, strategy=strategy, settings=own)
            if self.advisor
            else None
        )
        if self.advisor is None or advice is None:
            return
        self.advice = advice if self.advisor.is_measured else None
        self.preset, self.strategy = advice.preset, advice.strategy
        advised = advised_settings(advice)
        self._advised = advised.keys() - self.settings.keys()
        self.settings = {**advised, **self.settings}

    def _fit_to_budget(self) -> None:
        """Let what a person chose take no longer than the slider says."""
        if self.advisor is not None and self.advisor.is_measured:
            self._follow(self.level, self.info, self.strategy)

    def _forget_advice(self) -> None:
        for name in self._advised:
            self.settings.pop(name, None)
        self.advice, self._advised = None, set()

    def _settle_strategy(self) -> None:
        if self.strategies and self.strategy not in self.strategies:
            self.strategy = self.strategies[0]

    def _error_of(
        self, settings: Mapping[str, str], strategy: str = DEFAULT_STRATEGY
    ) -> dict[str, str]:
        if self.info is None:
            return {}
        try:
            make_plan(self.info, strategy=strategy, settings=settings)
        except TlguiError as error:
            name = str(error.detail.get("name"))
            detail = {**error.detail, "name": SETTING_WORDS[name].label}
            return {name: error_sentence(error.code, detail)}
        return {}
