"""What a person should make of a run, in one or two sentences."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from tlgui.core.events import EpochEnded
from tlgui.core.run_state import RunState
from tlgui.core.wording import percent
from tlgui.viewmodels.samples import samples_of

STALLED_EPOCHS: Final = 2
MEMORIZING_GAP: Final = 0.1  # of training over validation accuracy
MEMORIZING_EPOCHS: Final = 3
ADAPTATIONS_TO_COMPARE: Final = 2


def coach_line(state: RunState) -> str:
    """Return what is going on and what will come of it; "" where there is nothing to say."""
    if state.status == "failed":
        return ""
    if not state.epochs or state.best is None:
        return _before_first_epoch(state)
    if state.status == "running":
        return _running(state, state.best)
    return _ended(state, state.best)


def _before_first_epoch(state: RunState) -> str:
    if state.is_adapting:
        return _adapting(state)
    if state.progress is not None and state.progress.activity == "features":
        return _tr(
            "The model looks at all {samples} once. After that the first answer takes seconds."
        ).format(samples=samples_of(state))
    if state.status in ("running", "waiting"):
        return _tr(
            "The {samples} that are set aside now will show later how good the model really is."
        ).format(samples=samples_of(state))
    return ""


def _adapting(state: RunState) -> str:
    sentence = _tr("First the model gets used to the {samples} without their labels.").format(
        samples=samples_of(state)
    )
    losses = [epoch.val_loss for epoch in state.adaptations]
    if len(losses) < ADAPTATIONS_TO_COMPARE:
        return sentence
    what = _tr("It gets better at it.") if losses[-1] < losses[-2] else _tr("It gains no more.")
    return f"{sentence} {what}"


def _running(state: RunState, best: EpochEnded) -> str:
    last, started = state.epochs[-1], state.started
    if started is not None and best.val_accuracy <= started.majority_baseline:
        return _tr("Not better yet than always guessing {name}.").format(
            name=started.majority_class
        )
    if started is not None and last.epoch >= started.max_epochs:
        return _tr("That was the last epoch. Now comes the test on {samples} it never saw.").format(
            samples=samples_of(state)
        )
    stalled = last.epoch - best.epoch
    if stalled >= STALLED_EPOCHS:
        return _tr(
            "The unseen {samples} stopped improving {count} epochs ago. "
            "If that goes on, training ends by itself and keeps epoch {epoch}."
        ).format(samples=samples_of(state), count=stalled, epoch=best.epoch)
    if len(state.epochs) >= MEMORIZING_EPOCHS and _gap(last) > MEMORIZING_GAP:
        return _memorizing(state, last)
    return _still_learning(state, best)


def _still_learning(state: RunState, best: EpochEnded) -> str:
    samples, last = samples_of(state), state.epochs[-1].epoch
    if _is_head_alone(state):
        return _tr(
            "The last layer is found. What comes now has to beat it on unseen {samples}."
        ).format(samples=samples)
    if last > best.epoch:
        return _tr(
            "Epoch {last} did not beat epoch {epoch} on unseen {samples}. That happens."
        ).format(last=last, epoch=best.epoch, samples=samples)
    return _tr(
        "Answers on unseen {samples} still get better. "
        "The best model so far, epoch {epoch}, is kept."
    ).format(samples=samples, epoch=best.epoch)


def _ended(state: RunState, best: EpochEnded) -> str:
    if state.status == "paused":
        return _tr("Everything is saved. Continue goes on after epoch {epoch}.").format(
            epoch=state.epochs[-1].epoch
        )
    last = state.epochs[-1]
    if len(state.epochs) >= MEMORIZING_EPOCHS and _gap(last) > MEMORIZING_GAP:
        return _memorizing(state, last)
    if _is_head_alone(state):
        return _tr("Only the last layer was trained. The thorough strategy may find more.")
    return _tr("The model of epoch {epoch} was the best on unseen {samples} and is kept.").format(
        epoch=best.epoch, samples=samples_of(state)
    )


def _memorizing(state: RunState, last: EpochEnded) -> str:
    return _tr(
        "{train} right on training {samples} but {unseen} on unseen ones: it begins to memorize. "
        "More {samples} would help more than more epochs."
    ).format(
        samples=samples_of(state),
        train=percent(last.train_accuracy),
        unseen=percent(last.val_accuracy),
    )


def _is_head_alone(state: RunState) -> bool:
    """Whether nothing but a solved head is known so far."""
    return len(state.epochs) == 1 and not state.epochs[0].learning_rates


def _gap(epoch: EpochEnded) -> float:
    return epoch.train_accuracy - epoch.val_accuracy


def _tr(text: str) -> str:
    return QCoreApplication.translate("Coach", text)
