"""The plan page: model, strategy and settings, and the command that does the same."""

import shlex
from collections.abc import Mapping

from PySide6.QtCore import Signal

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset, Modality
from tlgui.core.errors import TlguiError
from tlgui.core.plan import (
    DEFAULT_PRESETS,
    DEFAULT_STRATEGY,
    Plan,
    make_plan,
    possible_settings,
    possible_strategies,
)
from tlgui.core.run_folder import create_run, free_name
from tlgui.core.settings import Home
from tlgui.core.strategies import STRATEGIES, Phase
from tlgui.core.wording import SETTING_WORDS, error_sentence
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.plan_fields import SettingField, setting_fields
from tlgui.viewmodels.preset_words import language_hint, preset_sentence
from tlgui.viewmodels.samples import samples_word
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
        self.source = ""
        self.name = ""
        self.is_blocked = False

    def open_dataset(self, dataset: Dataset, *, source: str, name: str, group_by: str) -> None:
        """Plan for this data; what was chosen for another data set is kept, groups are not."""
        self.dataset, self.source, self.name = dataset, source, name
        if self.info is None or self.info.task != dataset.modality:
            self.preset = self._default_preset(dataset.modality)
        self._settle_strategy()
        self.settings.pop("group_by", None)
        self._check_settings()
        self.failure = None
        if group_by:
            self.settings["group_by"] = group_by
        self.announce_now()
        self.opened.emit()

    def choose_preset(self, preset: str) -> None:
        """Train this model; what does not fit it is left behind."""
        self.preset = preset
        self._settle_strategy()
        self._check_settings()
        self.announce_now()

    def choose_strategy(self, strategy: str) -> None:
        """Train this way."""
        self.strategy = strategy
        self.announce_now()

    def change_setting(self, name: str, text: str) -> None:
        """Change one setting; an empty text is the strategy's own value."""
        self.errors.pop(name, None)
        self.settings.pop(name, None)
        if text.strip():
            self.settings[name] = text.strip()
            self.errors.update(self._error_of(name, text.strip()))
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
    def phases(self) -> tuple[Phase, ...]:
        """The phases of the strategy."""
        return self.plan.phases if self.plan else STRATEGIES[self.strategy].phases

    @property
    def title(self) -> str:
        """The page's finding."""
        if self.dataset is None:
            return self.tr("The plan")
        return self.tr("Ready to teach {kinds} kinds from {count:,} {samples}").format(
            kinds=len(self.dataset.classes),
            count=len(self.dataset.samples),
            samples=samples_word(self.dataset.modality),
        )

    @property
    def sub(self) -> str:
        """One honest sentence why this plan."""
        if self.strategy == DEFAULT_STRATEGY:
            return self.tr(
                "The quick way first: its answer comes in seconds, and a longer one has to beat it."
            )
        return self.tr("The thorough way: worth it where the quick one is not good enough.")

    @property
    def preset_sentence(self) -> str:
        """What is known of the chosen model."""
        if self.info is None:
            modality = self.dataset.modality if self.dataset else None
            return self.tr(
                "No pretrained model for {samples} was found on this computer. Install tlgui again."
            ).format(samples=samples_word(modality))
        return preset_sentence(self.info)

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
    def num_groups(self) -> int:
        """Layer groups of the chosen model, without the head; 0 without a model."""
        return self.info.num_groups if self.info else 0

    @property
    def fields(self) -> tuple[SettingField, ...]:
        """The settings that matter for the chosen strategy."""
        if self.info is None:
            return ()
        return setting_fields(self.info, self.strategy, self.dataset, self.settings, self.errors)

    @property
    def command(self) -> str:
        """The command line that trains the same."""
        words = ["tlgui", "train", self.source, "--preset", self.preset]
        words += ["--strategy", self.strategy]
        if self.dataset is not None and self.dataset.text_column:
            words += ["--text-column", self.dataset.text_column]
            words += ["--label-column", self.dataset.label_column]
        for name, text in self._effective().items():
            words += ["--set", f"{name}={text}"]
        return shlex.join(words)

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
            detail = {**error.detail, "name": SETTING_WORDS[name][0]}
            return {name: error_sentence(error.code, detail)}
        return {}
