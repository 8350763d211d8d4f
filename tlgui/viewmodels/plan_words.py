"""What the plan page says of a plan as a whole."""

import shlex
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.advice import Advice
from tlgui.core.advice_words import reason_sentence
from tlgui.core.dataset_summary import DatasetSummary
from tlgui.core.plan import Plan
from tlgui.core.planning import DEFAULT_STRATEGY
from tlgui.viewmodels.samples import samples_word

MAX_REASONS: Final = 2  # in the line below the title
SUBJECTS: Final = ("strategy", "epochs", "model", "balance")  # the decisive ones first
GIVEN: Final = "strategy_given"  # whoever chose it knows


def plan_title(dataset: DatasetSummary | None) -> str:
    """Return the page's finding."""
    if dataset is None:
        return _tr("The plan")
    return _tr("Ready to teach {kinds} kinds from {count:,} {samples}").format(
        kinds=len(dataset.classes),
        count=dataset.num_samples,
        samples=samples_word(dataset.modality),
    )


def plan_sub(strategy: str, reasons: tuple[str, ...], *, is_advising: bool) -> str:
    """Return why this plan, in a sentence or two."""
    if reasons:
        return " ".join(reasons[:MAX_REASONS])
    if is_advising:
        return _tr("Trying the models on a few samples, to give advice. You need not wait for it.")
    if strategy == DEFAULT_STRATEGY:
        return _tr(
            "The quick way first: its answer comes in seconds, and a longer one has to beat it."
        )
    return _tr("The thorough way: worth it where the quick one is not good enough.")


def ordered_reasons(advice: Advice, plan: Plan | None) -> tuple[str, ...]:
    """Return the sentences that hold for a plan, the decisive ones first.

    There are none for a strategy that a person chose against the advice.

    Args:
        advice: That the plan follows.
        plan: Its epochs may be a person's own, or more than settings can express.
    """
    told = [*advice.reasons]
    if any(reason.code == GIVEN for reason in told):
        return ()
    if plan is None or _epochs(plan) != _epochs(advice.plan):
        told = [reason for reason in told if reason.about != "epochs"]
    ordered = sorted(told, key=lambda reason: SUBJECTS.index(reason.about))
    ways = [reason for reason in ordered if reason.about == "strategy"]
    others = [reason for reason in ordered if reason.about != "strategy"]
    # the first says what the data suggest, the last what came of it
    decisive = (*ways[:1], *ways[-1:], *others, *ways)
    return tuple(dict.fromkeys(reason_sentence(reason) for reason in decisive))


def _epochs(plan: Plan) -> list[int]:
    return [phase.epochs for phase in plan.phases]


def no_preset_sentence(dataset: DatasetSummary | None) -> str:
    """Return what to do where there is no model for the data."""
    return _tr(
        "No pretrained model for {samples} was found on this computer. Install tlgui again."
    ).format(samples=samples_word(dataset.modality if dataset else None))


def train_command(
    source: str,
    preset: str,
    strategy: str,
    dataset: DatasetSummary | None,
    settings: Mapping[str, str],
) -> str:
    """Return the command line that trains the same."""
    words = ["tlgui", "train", source, "--preset", preset, "--strategy", strategy]
    if dataset is not None and dataset.text_column:
        words += ["--text-column", dataset.text_column, "--label-column", dataset.label_column]
    for name, text in settings.items():
        words += ["--set", f"{name}={text}"]
    return shlex.join(words)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Plan", text)
