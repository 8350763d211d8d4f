"""The entries of the plan page's drawer: one for each setting that changes something."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.plan import Plan, make_plan, possible_settings
from tlgui.core.strategies import Phase
from tlgui.core.wording import SETTING_WORDS, percent
from tlgui.viewmodels.text_words import cut_share

ORDER: Final = (
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
        choices: Values with their words; () is free text.
    """

    name: str
    label: str
    term: str
    sentence: str
    value: str
    error: str
    choices: tuple[tuple[str, str], ...] = ()


def setting_fields(
    info: PresetInfo,
    strategy: str,
    dataset: Dataset | None,
    settings: Mapping[str, str],
    errors: Mapping[str, str],
) -> tuple[SettingField, ...]:
    """Return the settings that matter for a model and a strategy, in their order."""
    usual = make_plan(info, strategy=strategy)
    names = possible_settings(info, strategy)
    return tuple(
        _field(
            name,
            info,
            dataset,
            value=settings.get(name, DEFAULTS[name](usual)),
            error=errors.get(name, ""),
        )
        for name in ORDER
        if name in names
    )


def _field(
    name: str, info: PresetInfo, dataset: Dataset | None, *, value: str, error: str
) -> SettingField:
    label, term, sentence = SETTING_WORDS[name]
    if name == "sequence_length":
        sentence = _cut_sentence(dataset, value) or sentence
    choices: tuple[tuple[str, str], ...] = ()
    if name == "group_by":
        choices = _groups(dataset)
    if name == "pooling":
        choices = tuple((p, _pooling_words()[p]) for p in info.poolings)
    return SettingField(
        name=name,
        label=label,
        term=term,
        sentence=sentence,
        value=value,
        error=error,
        choices=choices,
    )


def _cut_sentence(dataset: Dataset | None, value: str) -> str:
    facts = dataset.texts if dataset else None
    if facts is None or not facts.num_tokens or not value.isdecimal():
        return ""
    share = cut_share(facts, int(value))
    if not share:
        return _tr("Every text is read to its end. Fewer is quicker.")
    return _tr("Cuts off the rest of {share} of these texts. More is slower.").format(
        share=percent(share)
    )


def _groups(dataset: Dataset | None) -> tuple[tuple[str, str], ...]:
    nothing = ("", _tr("Nothing"))
    if dataset is not None and dataset.text_column:
        used = (dataset.text_column, dataset.label_column)
        same = _tr("Same {name}")
        others = [name for name in dataset.columns if name not in used]
        return (nothing, *((f"column:{name}", same.format(name=name)) for name in others))
    return (
        nothing,
        ("prefix", _tr("Same beginning of the name")),
        ("folder", _tr("Same subfolder")),
    )


def _pooling_words() -> dict[str, str]:
    return {
        "mean": _tr("Mean of all words"),
        "first_token": _tr("First token only"),
        "layer_mixture": _tr("Mixture of the layers"),
    }


def _gradient_phase(plan: Plan) -> Phase:
    return next(phase for phase in plan.phases if phase.solver == "gradient")


def _shares(plan: Plan) -> str:
    split = plan.split
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    return "/".join(f"{share * 100:g}" for share in shares)


DEFAULTS: Final[dict[str, Callable[[Plan], str]]] = {
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


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plan", text)
