"""The sentences of the advisor, by code."""

from typing import Final

from tlgui.core.advice import Advice
from tlgui.core.errors import Detail
from tlgui.core.reason import Reason, Subject
from tlgui.core.wording import SAMPLES, duration, percent, size

REASONS: Final[dict[str, str]] = {
    "epochs_cut": "Rounds: {epochs}, as many as this computer can do in {budget} (epochs).",
    "epochs_fewest": "Rounds: {epochs}, the fewest that make sense, though even these take longer "
    "than {budget} (epochs).",
    "epochs_given": "As many rounds as you chose (epochs).",
    "epochs_long": "Rounds: {epochs}, more than usual, since there is time (epochs).",
    "epochs_more": "Rounds: {epochs}, more than usual, since there are few steps in each (epochs).",
    "epochs_once": "Everything is looked at once, and the best last layer is computed from that "
    "(cached features).",
    "epochs_usual": "Rounds: {epochs}, as many as are usual for this model (epochs).",
    "far": "As it is, the model is right on {accuracy} where guessing gives {chance}: what it "
    "learned before fits this kind only in part, so more of it has to learn (domain shift).",
    "fewest": "There are fewer than {per_class} to learn from per kind, so each new one goes to "
    "the kind that it is most like (nearest class means).",
    "level_quick": "You asked for a quick result: less of the model learns.",
    "level_thorough": "You asked for a thorough one: more of the model learns.",
    "model_fast": "{title} is the fastest here, and anything slower would take too long.",
    "model_language": "The texts look like {language} (ISO 639), which no pretrained model here "
    "has read; {title} learns from your texts alone.",
    "model_nearer": "{title} knows most of this kind: before it learns, it is right on "
    "{accuracy} (nearest class means).",
    "model_usual": "{title} brings along what it learned from {trained_on} (pretraining).",
    "nothing_to_adapt": "This model has no pretrained weights that could adapt, so it learns all "
    "at once.",
    "pooling_mixture": "All its layers together tell these kinds apart better than the last one "
    "does (layer mixture).",
    "size_few": "With {num_train} {samples} to learn from, training only the last layer is the "
    "safest (feature extraction).",
    "size_many": "With {num_train} {samples} to learn from, everything can learn "
    "(full fine-tuning).",
    "size_some": "With {num_train} {samples} to learn from, the upper blocks can learn too "
    "(partial fine-tuning).",
    "size_words": "With {num_train} {samples} to learn from, all word vectors can learn too "
    "(full fine-tuning).",
    "strategy_given": "Trained in the way that you chose.",
    "strategy_of_settings": "Trained in a way that has a use for what you set ({settings}).",
    "too_slow": "Training more of it would take longer than {budget} on this computer.",
    "unequal": "The rarest kind has {smallest_class} to learn from, where even kinds would have "
    "{even}: look at its own figures, not only at the whole (class imbalance).",
    "unlabeled_added": "Learning without labels, as you asked, adds about {added} "
    "(domain adaptation).",
    "unlabeled_uncounted": "The files in {folder} were not counted: each of them adds to the time.",
}

UNKNOWN: Final = "For a reason that this version does not know ({code})."


def reason_sentence(reason: Reason) -> str:
    """Return why something is recommended; an unknown code still gives a sentence."""
    template = REASONS.get(reason.code, UNKNOWN)
    shown = dict(_shown(name, value) for name, value in reason.detail.items())
    return template.format(**shown, code=reason.code)


def advice_lines(advice: Advice) -> tuple[str, ...]:
    """Return model, way to train it and costs, each with its reasons below it."""
    settings = ", ".join(f"{name}={value}" for name, value in advice.settings.items())
    return (
        f"Model: {advice.preset}",
        *_reasons(advice, "model"),
        f"Strategy: {advice.strategy}",
        *_reasons(advice, "strategy"),
        f"Settings: {settings or 'as usual'}",
        *_reasons(advice, "epochs"),
        *_reasons(advice, "balance"),
        f"Takes {_time_words(advice)} here, and {size(advice.memory_bytes)} of memory",
    )


def _time_words(advice: Advice) -> str:
    bound = "at least" if advice.plan.adapt_folder else "at most"  # nobody counted its files
    return f"{bound} about {duration(advice.expected_s)}"


def _reasons(advice: Advice, about: Subject) -> list[str]:
    return [f"  {reason_sentence(r)}" for r in advice.reasons if r.about == about]


def _shown(name: str, value: Detail) -> tuple[str, str]:
    """Return a detail's name without its unit, and its value as people write it."""
    if name == "modality":
        return "samples", {str(k): text for k, text in SAMPLES.items()}.get(str(value), "samples")
    if name.endswith("_fraction"):
        return name.removesuffix("_fraction"), percent(float(value))
    if name.endswith("_s"):
        return name.removesuffix("_s"), duration(float(value))
    return name, value if isinstance(value, str) else f"{value:,}"
