"""The plan page: model, strategy and settings, and the command that does the same."""

from collections.abc import Mapping

from PySide6.QtCore import Signal

from tlgui.core.advice import Advice
from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import Work
from tlgui.core.dataset import Dataset, Modality
from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts
from tlgui.core.ladder import RECOMMENDED
from tlgui.core.plan import Plan
from tlgui.core.planning import (
    DEFAULT_PRESETS,
    DEFAULT_STRATEGY,
    make_plan,
    possible_settings,
    possible_strategies,
)
from tlgui.core.run_folder import create_run, free_name
from tlgui.core.setting_words import SETTING_WORDS
from tlgui.core.settings import Home
from tlgui.core.wording import error_sentence
from tlgui.viewmodels.advisor import Advisor, advised_settings, supposed_advisor
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.plan_fields import FieldSection, SettingField, setting_sections
from tlgui.viewmodels.plan_words import (
    no_preset_sentence,
    ordered_reasons,
    plan_sub,
    plan_title,
    train_command,
)
from tlgui.viewmodels.preset_words import language_hint, preset_sentence
from tlgui.viewmodels.strategy_cards import (
    StrategyCard,
    StrategyPage,
    cost_words,
    main_cards,
    pages,
    strategy_cards,
)
from tlgui.viewmodels.view_model import ViewModel


class PlanViewModel(ViewModel):
    """Holds the choices; every change makes the plan anew and says what is wrong with it."""

    run_created = Signal(object)  # RunFolder
    opened = Signal()

    def __init__(self, presets: Mapping[str, PresetInfo], home: Home) -> None:
        """Prepare.

        Args:
            presets: Those whose files are on this computer.
            home: Its runs folder takes the new run.
        """
        super().__init__()
        self.presets = presets
        self._home = home
        self.preset = self._default_preset("image")
        self.strategy = DEFAULT_STRATEGY
        self.settings: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.failure: Failure | None = None
        self.dataset: Dataset | None = None
        self.advisor: Advisor | None = None
        self.level = RECOMMENDED
        self._advice: Advice | None = None  # that was measured and is followed
        self._advised: set[str] = set()  # settings that came from the advisor
        self._is_own_choice = False
        self.source = ""
        self.name = ""
        self.is_blocked = False
        self.is_advising = False

    def open_dataset(self, dataset: Dataset, *, source: str, name: str, group_by: str) -> None:
        """Plan for this data; what was chosen for another data set is kept, groups are not."""
        self.dataset, self.source, self.name = dataset, source, name
        if self.info is None or self.info.task != dataset.modality:
            self.preset = self._default_preset(dataset.modality)
        self._settle_strategy()
        self.advisor = supposed_advisor(dataset, self.suitable_presets)
        self._forget_advice()
        self.settings.pop("group_by", None)
        self._check_settings()
        self.failure = None
        if group_by:
            self.settings["group_by"] = group_by
        self.announce_now()
        self.opened.emit()

    def take_facts(self, facts: Facts) -> None:
        """Note what was measured; a plan that nobody has touched follows the advice."""
        self.advisor = Advisor(facts=facts, presets=self.suitable_presets, is_measured=True)
        if self._is_own_choice:
            self._fit_to_budget()
        else:
            self._follow(self.level)
        self.announce_now()

    def choose_level(self, level: int) -> None:
        """Follow the advice for a stop between Quick and Thorough."""
        self.level, self._is_own_choice = level, True
        self._follow(level)
        self.announce_now()

    def choose_preset(self, preset: str) -> None:
        """Train this model; what does not fit it is left behind."""
        self.preset, self._is_own_choice = preset, True
        self._settle_strategy()
        self._fit_to_budget()
        self._check_settings()
        self.announce_now()

    def choose_strategy(self, strategy: str) -> None:
        """Train this way."""
        self.strategy, self._is_own_choice = strategy, True
        self._fit_to_budget()
        self.announce_now()

    def change_setting(self, name: str, text: str) -> None:
        """Change one setting; an empty text is the strategy's own value."""
        self._is_own_choice = True
        self._advised.discard(name)
        self.errors.pop(name, None)
        self.settings.pop(name, None)
        if text.strip():
            self.settings[name] = text.strip()
            self.errors.update(self._error_of(name, text.strip()))
        self.announce_now()

    def set_advising(self, is_advising: bool) -> None:
        """Note whether the models are being tried on the data."""
        if is_advising != self.is_advising:
            self.is_advising = is_advising
            self.announce_now()

    def set_blocked(self, is_blocked: bool) -> None:
        """Note whether another run is in training; one at a time."""
        if is_blocked != self.is_blocked:
            self.is_blocked = is_blocked
            self.announce_now()

    def train(self) -> None:
        """Write the run and announce it; what prevents that is told in place."""
        plan = self.plan
        if self.dataset is None or plan is None or self.is_blocked:
            return
        try:
            path = free_name(self._home.runs, self.name)
            run = create_run(path, self.dataset, plan)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
            return
        self.failure = None
        self.announce_now()
        self.run_created.emit(run)

    @property
    def plan(self) -> Plan | None:
        """What would be trained, or None while a setting is wrong."""
        if self.info is None or self._names & self.errors.keys():
            return None
        return make_plan(self.info, strategy=self.strategy, settings=self._effective())

    @property
    def info(self) -> PresetInfo | None:
        """The chosen model, if there is any."""
        return self.presets.get(self.preset)

    @property
    def title(self) -> str:
        """The page's finding."""
        return plan_title(self.dataset)

    @property
    def sub(self) -> str:
        """Why this plan, in a sentence or two."""
        return plan_sub(self.strategy, self.reasons, is_advising=self.is_advising)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason of the advice that is followed, the decisive ones first."""
        advice = self._advice
        if advice is None or (advice.preset, advice.strategy) != (self.preset, self.strategy):
            return ()
        return ordered_reasons(advice, self.plan)

    @property
    def preset_sentence(self) -> str:
        """What is known of the chosen model."""
        return preset_sentence(self.info) if self.info else no_preset_sentence(self.dataset)

    @property
    def language_hint(self) -> str:
        """A warning where the model has not learned the language of the texts, or ""."""
        return language_hint(self.info, self.dataset) if self.info and self.dataset else ""

    @property
    def suitable_presets(self) -> tuple[PresetInfo, ...]:
        """The models on this computer that can learn from this data."""
        modality = self.dataset.modality if self.dataset else "image"
        return tuple(info for info in self.presets.values() if info.task == modality)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies that the model can be trained with."""
        return tuple(s.id for s in possible_strategies(self.info)) if self.info else ()

    @property
    def sections(self) -> tuple[FieldSection, ...]:
        """The settings that matter for the chosen strategy, under their headings."""
        if self.info is None:
            return ()
        return setting_sections(self.info, self.strategy, self.dataset, self.settings, self.errors)

    @property
    def fields(self) -> tuple[SettingField, ...]:
        """The same settings in a row."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def cards(self) -> tuple[StrategyCard, ...]:
        """All ways to train the model, the recommended one first."""
        if self.info is None:
            return ()
        recommended = self.advisor.recommended(self.info) if self.advisor else ""
        return strategy_cards(self.info, self._plans(self.info), self._work, recommended)

    def main_of(self, cards: tuple[StrategyCard, ...]) -> tuple[StrategyCard, ...]:
        """Return the few cards that matter most."""
        ladder = self.advisor.ladder(self.info) if self.advisor and self.info else ()
        return main_cards(cards, self.strategy, ladder)

    @property
    def help_pages(self) -> dict[str, StrategyPage]:
        """What there is to read about every way to train the model."""
        return dict(pages(self.info, self._work)) if self.info else {}

    @property
    def cost_words(self) -> str:
        """What the plan takes, in a few words."""
        plan = self.plan
        if plan is None or self.info is None:
            return ""
        costs = cost_words(plan, self.info, self._work)
        return self.tr("{costs} of memory").format(costs=costs) if costs else ""

    @property
    def command(self) -> str:
        """The command line that trains the same."""
        return train_command(
            self.source, self.preset, self.strategy, self.dataset, self._effective()
        )

    @property
    def _work(self) -> Work | None:
        return self.advisor.work(self.info) if self.advisor and self.info else None

    def _plans(self, info: PresetInfo) -> dict[str, Plan]:
        """Return the plan in force, and those that the other strategies would lead to."""
        plans = {self.strategy: self.plan} if self.plan else {}
        if self.advisor is not None and self.advisor.is_measured:
            others = (name for name in self.strategies if name != self.strategy)
            plans.update(self.advisor.plans(self.level, info, tuple(others)))
        return plans

    def _follow(self, level: int, info: PresetInfo | None = None, strategy: str = "") -> None:
        """Take over what is advised; a person's own settings stay."""
        self._forget_advice()
        own = {n: t for n, t in self._effective().items() if n not in self.errors}
        advice = (
            self.advisor.advice(level, info=info, strategy=strategy, settings=own)
            if self.advisor
            else None
        )
        if self.advisor is None or advice is None:
            return
        self._advice = advice if self.advisor.is_measured else None
        self.preset, self.strategy = advice.preset, advice.strategy
        advised = advised_settings(advice)
        self._advised = advised.keys() - self.settings.keys()
        self.settings = {**advised, **self.settings}
        self._check_settings()

    def _fit_to_budget(self) -> None:
        """Let what a person chose take no longer than the slider says."""
        if self.advisor is not None and self.advisor.is_measured:
            self._follow(self.level, self.info, self.strategy)

    def _forget_advice(self) -> None:
        for name in self._advised:
            self.settings.pop(name, None)
        self._advice, self._advised = None, set()

    def _effective(self) -> dict[str, str]:
        return {name: text for name, text in self.settings.items() if name in self._names}

    @property
    def _names(self) -> set[str]:
        return set(possible_settings(self.info, self.strategy)) if self.info else set()

    def tokens_read(self, modality: Modality) -> int:
        """Return how many tokens the usual model reads; 0 is all of them."""
        info = self.presets.get(self._default_preset(modality))
        return info.sequence_length if info else 0

    def _default_preset(self, modality: Modality) -> str:
        suitable = [info.id for info in self.presets.values() if info.task == modality]
        default = DEFAULT_PRESETS[modality]
        return default if default in suitable else next(iter(suitable), "")

    def _settle_strategy(self) -> None:
        if self.strategies and self.strategy not in self.strategies:
            self.strategy = self.strategies[0]

    def _check_settings(self) -> None:
        """Judge every value anew, since each model has limits of its own."""
        self.errors = {}
        for name, text in self.settings.items():
            self.errors.update(self._error_of(name, text))

    def _error_of(self, name: str, text: str) -> dict[str, str]:
        if self.info is None:
            return {}
        try:
            make_plan(self.info, settings={name: text})
        except TlguiError as error:
            detail = {**error.detail, "name": SETTING_WORDS[name].label}
            return {name: error_sentence(error.code, detail)}
        return {}
