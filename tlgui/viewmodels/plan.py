"""The plan page: model, strategy and settings, and the command that does the same."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal

from tlgui.core.catalog import PresetInfo
from tlgui.core.costs import Work
from tlgui.core.dataset import Modality
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.errors import TlguiError
from tlgui.core.facts import Facts
from tlgui.core.plan import Plan
from tlgui.core.run_folder import create_run, free_name
from tlgui.core.settings import Home
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.plan_choices import PlanChoices
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
    """Shows the choices; every change makes the plan anew and says what is wrong with it."""

    run_created = Signal(object)  # RunFolder
    opened = Signal()

    def __init__(self, presets: Mapping[str, PresetInfo], home: Home) -> None:
        """Prepare.

        Args:
            presets: Those whose files are on this computer.
            home: Its runs folder takes the new run.
        """
        super().__init__()
        self.choices = PlanChoices(presets)
        self._home = home
        self.failure: Failure | None = None
        self.dataset: DatasetSummary | None = None
        self.source = ""
        self.name = ""
        self.is_blocked = False
        self.is_advising = False

    def open_dataset(
        self, dataset: DatasetSummary, *, source: str, name: str, group_by: str
    ) -> None:
        """Plan for this data; what was chosen for another data set is kept, groups are not."""
        self.dataset, self.source, self.name = dataset, source, name
        self.choices.open_dataset(dataset, group_by)
        self.failure = None
        self.announce_now()
        self.opened.emit()

    def take_facts(self, facts: Facts) -> None:
        """Note what was measured; a plan that nobody has touched follows the advice."""
        self.choices.take_facts(facts)
        self.announce_now()

    def choose_level(self, level: int) -> None:
        """Follow the advice for a stop between Quick and Thorough."""
        self.choices.choose_level(level)
        self.announce_now()

    def choose_preset(self, preset: str) -> None:
        """Train this model; what does not fit it is left behind."""
        self.choices.choose_preset(preset)
        self.announce_now()

    def choose_strategy(self, strategy: str) -> None:
        """Train this way."""
        self.choices.choose_strategy(strategy)
        self.announce_now()

    def change_setting(self, name: str, text: str) -> None:
        """Change one setting; an empty text is the strategy's own value."""
        self.choices.change_setting(name, text)
        self.announce_now()

    def set_advising(self, is_advising: bool) -> None:
        """Note whether the models are being tried on the data."""
        if is_advising != self.is_advising:
            self.is_advising = is_advising
            self.announce()

    def set_blocked(self, is_blocked: bool) -> None:
        """Note whether another run is in training; one at a time."""
        if is_blocked != self.is_blocked:
            self.is_blocked = is_blocked
            self.announce()

    def train(self) -> None:
        """Write the run and announce it; what prevents that is told in place."""
        plan = self.plan
        if self.dataset is None or plan is None or self.is_blocked:
            return
        try:
            path = free_name(self._home.runs, self.name)
            run = create_run(path, Path(self.dataset.file), plan)
        except TlguiError as error:
            self.failure = failure_of_error(error)
            self.announce_now()
            return
        self.failure = None
        self.announce()  # nobody looks at the page any more, and this turn is long enough
        self.run_created.emit(run)

    @property
    def plan(self) -> Plan | None:
        """What would be trained, or None while a setting is wrong."""
        return self.choices.plan

    @property
    def info(self) -> PresetInfo | None:
        """The chosen model, if there is any."""
        return self.choices.info

    @property
    def presets(self) -> Mapping[str, PresetInfo]:
        """Those whose files are on this computer."""
        return self.choices.presets

    @presets.setter
    def presets(self, presets: Mapping[str, PresetInfo]) -> None:
        self.choices.presets = presets

    @property
    def preset(self) -> str:
        """The id of the chosen model, "" where there is none."""
        return self.choices.preset

    @property
    def strategy(self) -> str:
        """The id of the chosen way to train it."""
        return self.choices.strategy

    @property
    def level(self) -> int:
        """The stop of the slider between Quick and Thorough."""
        return self.choices.level

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
        advice = self.choices.advice
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
        return self.choices.suitable_presets

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies that the model can be trained with."""
        return self.choices.strategies

    @property
    def sections(self) -> tuple[FieldSection, ...]:
        """The settings that matter for the chosen strategy, under their headings."""
        if self.info is None:
            return ()
        settings, errors = self.choices.settings, self.choices.errors
        return setting_sections(self.info, self.strategy, self.dataset, settings, errors)

    @property
    def fields(self) -> tuple[SettingField, ...]:
        """The same settings in a row."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def cards(self) -> tuple[StrategyCard, ...]:
        """All ways to train the model, the recommended one first."""
        if self.info is None:
            return ()
        advisor, plans = self.choices.advisor, self.choices.plans(self.info)
        recommended = advisor.recommended(self.info) if advisor else ""
        return strategy_cards(self.info, plans, self._work, recommended)

    def main_of(self, cards: tuple[StrategyCard, ...]) -> tuple[StrategyCard, ...]:
        """Return the few cards that matter most."""
        advisor = self.choices.advisor
        ladder = advisor.ladder(self.info) if advisor and self.info else ()
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
        settings = self.choices.effective
        return train_command(self.source, self.preset, self.strategy, self.dataset, settings)

    def tokens_read(self, modality: Modality) -> int:
        """Return how many tokens the usual model reads; 0 is all of them."""
        info = self.presets.get(self.choices.default_preset(modality))
        return info.sequence_length if info else 0

    @property
    def _work(self) -> Work | None:
        advisor = self.choices.advisor
        return advisor.work(self.info) if advisor and self.info else None
