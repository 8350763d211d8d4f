"""The plan page: model, strategy and settings, and the command that does the same."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
)
from tlgui.core.run_folder import create_run, free_name
from tlgui.core.settings import Home
from tlgui.core.strategies import STRATEGIES, Phase
from tlgui.core.wording import SETTING_WORDS, error_sentence
from tlgui.viewmodels.failure import Failure, failure_of_error
from tlgui.viewmodels.view_model import ViewModel

ORDER = (
    *("epochs", "learning_rate", "batch_size", "patience"),
    *("sequence_length", "pooling", "split", "group_by", "seed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingField:
    """One entry of the drawer.

    Attributes:
        name: Key in ``SETTINGS``.
        label: For people.
        term: The field's word for it.
        sentence: What it does.
        value: What is in force, as text.
        error: Why the value is refused, or "".
    """

    name: str
    label: str
    term: str
    sentence: str
    value: str
    error: str


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
        self.settings.pop("group_by", None)
        self.errors.pop("group_by", None)
        self.failure = None
        if group_by:
            self.settings["group_by"] = group_by
        self.announce_now()
        self.opened.emit()

    def choose_preset(self, preset: str) -> None:
        """Train this model."""
        self.preset = preset
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
        return self.tr("Ready to teach {kinds} kinds from {count:,} pictures").format(
            kinds=len(self.dataset.classes), count=len(self.dataset.samples)
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
        info = self.presets.get(self.preset)
        if info is None:
            return self.tr("No pretrained model was found on this computer. Install tlgui again.")
        return self.tr(
            "{millions:.1f} M parameters, trained on {trained_on}. Looks at {side} × {side} pixels."
        ).format(
            millions=info.num_parameters / 1e6,
            trained_on=info.trained_on,
            side=info.input_size_px,
        )

    @property
    def num_groups(self) -> int:
        """Layer groups of the chosen model, without the head; 0 without a model."""
        info = self.presets.get(self.preset)
        return info.num_groups if info else 0

    @property
    def fields(self) -> tuple[SettingField, ...]:
        """The settings that matter for the chosen strategy."""
        return tuple(self._field(name) for name in ORDER if name in self._names)

    @property
    def command(self) -> str:
        """The command line that trains the same."""
        words = ["tlgui", "train", self.source, "--preset", self.preset]
        words += ["--strategy", self.strategy]
        for name, text in self._effective().items():
            words += ["--set", f"{name}={text}"]
        return shlex.join(words)

    def _effective(self) -> dict[str, str]:
        return {name: text for name, text in self.settings.items() if name in self._names}

    @property
    def _names(self) -> set[str]:
        return set(possible_settings(self.info, self.strategy)) if self.info else set()

    def _default_preset(self, modality: Modality) -> str:
        suitable = [info.id for info in self.presets.values() if info.task == modality]
        default = DEFAULT_PRESETS[modality]
        return default if default in suitable else next(iter(suitable), "")

    def _error_of(self, name: str, text: str) -> dict[str, str]:
        if self.info is None:
            return {}
        try:
            make_plan(self.info, settings={name: text})
        except TlguiError as error:
            detail = {**error.detail, "name": SETTING_WORDS[name][0]}
            return {name: error_sentence(error.code, detail)}
        return {}

    def _field(self, name: str) -> SettingField:
        label, term, sentence = SETTING_WORDS[name]
        return SettingField(
            name=name,
            label=label,
            term=term,
            sentence=sentence,
            value=self.settings.get(name, self._default(name)),
            error=self.errors.get(name, ""),
        )

    def _default(self, name: str) -> str:
        return DEFAULTS[name](make_plan(self.info, strategy=self.strategy)) if self.info else ""


def _gradient_phase(plan: Plan) -> Phase:
    return next(phase for phase in plan.phases if phase.solver == "gradient")


def _shares(plan: Plan) -> str:
    split = plan.split
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    return "/".join(f"{share * 100:g}" for share in shares)


DEFAULTS: dict[str, Callable[[Plan], str]] = {
    "batch_size": lambda plan: str(plan.batch_size),
    "epochs": lambda plan: str(_gradient_phase(plan).epochs),
    "group_by": lambda plan: plan.split.group_by,
    "learning_rate": lambda plan: f"{_gradient_phase(plan).learning_rate:g}",
    "patience": lambda plan: str(_gradient_phase(plan).patience),
    "pooling": lambda plan: plan.pooling,
    "seed": lambda plan: str(plan.seed),
    "sequence_length": lambda plan: str(plan.sequence_length),
    "split": _shares,
}
