"""What the plan page says of a pretrained model."""

from PySide6.QtCore import QCoreApplication

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.wording import size
from tlgui.viewmodels.text_words import language_name


def preset_size(info: PresetInfo) -> str:
    """Return how large a model is, in a few words, or ""."""
    parts = []
    if info.num_parameters:
        parts.append(_tr("{count:.1f} M parameters").format(count=info.num_parameters / 1e6))
    if info.num_bytes:
        parts.append(size(info.num_bytes))
    return ", ".join(parts)


def preset_sentence(info: PresetInfo) -> str:
    """Return what a model learned from, what it looks at, and its license."""
    parts = []
    if info.trained_on:
        parts.append(_tr("Learned from {source}.").format(source=info.trained_on.rstrip(".")))
    if info.input_size_px:
        parts.append(_tr("Looks at {side} × {side} pixels.").format(side=info.input_size_px))
    parts.append(_tr("License: {name}.").format(name=info.license))
    return " ".join(parts)


def language_hint(info: PresetInfo, dataset: DatasetSummary) -> str:
    """Return a warning where a model has not learned the language of the texts, or ""."""
    code = dataset.texts.language if dataset.texts else ""
    if not code or info.speaks(code):
        return ""
    return _tr(
        "These texts look like {language}; this model learned from {known}. Expect less."
    ).format(
        language=language_name(code),
        known=", ".join(language_name(known) for known in info.languages),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plan", text)
