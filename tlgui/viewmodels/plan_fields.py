"""The entries of the plan page's drawer: one for each setting that changes something."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.planning import make_plan, possible_settings
from tlgui.core.setting_values import SETTING_VALUES
from tlgui.core.setting_words import SETTING_WORDS
from tlgui.core.wording import percent
from tlgui.viewmodels.text_words import cut_share

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "pace": ("epochs", "patience", "learning_rate", "batch_size", "schedule", "warmup"),
    "weights": (
        *("top_groups", "thaw_steps", "rate_decay", "lora_rank", "lora_targets"),
        *("adapter_size", "prompt_tokens", "sequence_length", "pooling"),
    ),
    "data": ("split", "group_by", "class_balance", "seed"),
    "overfitting": (
        *("augmentation", "mixup", "word_dropout", "dropout", "label_smoothing"),
        *("weight_decay", "ema"),
    ),
    "forgetting": ("l2_sp", "ewc", "replay_folder", "replay_fraction"),
    "unlabeled": ("adapt", "adapt_folder"),
}
FOLDERS: Final = frozenset({"adapt_folder", "replay_folder"})


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
        choices: Values with their words; () is free text.
        is_folder: Whether it is a folder on this computer.
    """

    name: str
    label: str
    term: str
    sentence: str
    value: str
    error: str
    choices: tuple[tuple[str, str], ...] = ()
    is_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSection:
    """Entries of the drawer that belong together, under one heading."""

    name: str
    heading: str
    fields: tuple[SettingField, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a value of it is refused."""
        return any(field.error for field in self.fields)


def setting_sections(
    info: PresetInfo,
    strategy: str,
    dataset: DatasetSummary | None,
    settings: Mapping[str, str],
    errors: Mapping[str, str],
) -> tuple[FieldSection, ...]:
    """Return the settings that matter for a model and a strategy, in their order."""
    usual = make_plan(info, strategy=strategy)
    possible = possible_settings(info, strategy)

    def field(name: str) -> SettingField:
        value = settings.get(name, SETTING_VALUES[name](usual))
        return _field(name, info, dataset, value=value, error=errors.get(name, ""))

    headings = _headings()
    sections = (
        FieldSection(
            name=section,
            heading=headings[section],
            fields=tuple(field(name) for name in names if name in possible),
        )
        for section, names in SECTIONS.items()
    )
    return tuple(section for section in sections if section.fields)


def _field(
    name: str, info: PresetInfo, dataset: DatasetSummary | None, *, value: str, error: str
) -> SettingField:
    words = SETTING_WORDS[name]
    choices, sentence = words.choices, words.sentence
    if name == "sequence_length":
        sentence = _cut_sentence(dataset, value) or sentence
    if name == "group_by":
        choices = _groups(dataset)
    if name == "pooling":
        choices = tuple((pooling, dict(choices)[pooling]) for pooling in info.poolings)
    return SettingField(
        name=name,
        label=words.label,
        term=words.term,
        sentence=sentence,
        value=value,
        error=error,
        choices=choices,
        is_folder=name in FOLDERS,
    )


def _cut_sentence(dataset: DatasetSummary | None, value: str) -> str:
    facts = dataset.texts if dataset else None
    if facts is None or not facts.num_tokens or not value.isdecimal():
        return ""
    share = cut_share(facts, int(value))
    if not share:
        return _tr("Every text is read to its end. Fewer is quicker.")
    return _tr("Cuts off the rest of {share} of these texts. More is slower.").format(
        share=percent(share)
    )


def _groups(dataset: DatasetSummary | None) -> tuple[tuple[str, str], ...]:
    nothing = ("", _tr("Nothing"))
    if dataset is not None and dataset.text_column:
        used = (dataset.text_column, dataset.label_column)
        same = _tr("Same {name}")
        others = [name for name in dataset.columns if name not in used]
        return (nothing, *((f"column:{name}", same.format(name=name)) for name in others))
    return (
        nothing,
        ("prefix", _tr("Same name start")),
        ("folder", _tr("Same subfolder")),
    )


def _headings() -> dict[str, str]:
    return {
        "pace": _tr("How long and how fast"),
        "weights": _tr("What learns and what is read"),
        "data": _tr("Data"),
        "overfitting": _tr("Against over-fitting"),
        "forgetting": _tr("Against forgetting"),
        "unlabeled": _tr("First, files without labels"),
    }


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plan", text)
