"""What the run page says of a run; every sentence follows from its state alone."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from tlgui.core.energy_words import energy_value
from tlgui.core.events import PhaseStarted
from tlgui.core.run_state import RunState
from tlgui.core.strategy_words import PHASES, STRATEGY_WORDS
from tlgui.core.wording import ACTIVITIES, duration, percent, size
from tlgui.viewmodels.device import device_words
from tlgui.viewmodels.pace import Pace
from tlgui.viewmodels.run import RunViewModel
from tlgui.viewmodels.samples import samples_of
from tlgui.viewmodels.strip import Block, blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswer:
    """The card with the first accuracy."""

    label: str
    value: str
    note: str


def headline(viewmodel: RunViewModel) -> str:
    """Return the page's finding as a title."""
    if viewmodel.discarded is not None and viewmodel.run is None:
        return _tr("Discarded")
    if viewmodel.request and viewmodel.is_training:
        return {
            "pause": _tr("Saving, then pausing"),
            "stop": _tr("Stopping, then testing the best model"),
            "discard": _tr("Stopping, then discarding"),
        }[viewmodel.request]
    return _headline_of_status(viewmodel)


def _headline_of_status(viewmodel: RunViewModel) -> str:
    state = viewmodel.state
    accuracy = _accuracy_so_far(state)
    match viewmodel.status:
        case "finished":
            return _tr("Finished: right on {percent} of {samples} it never saw").format(
                percent=accuracy, samples=samples_of(state)
            )
        case "stopped":
            return _tr("Stopped and kept: {percent}").format(percent=accuracy or _tr("no result"))
        case "paused":
            return _with_accuracy(_tr("Paused"), accuracy)
        case "failed":
            return _with_accuracy(_tr("Training ended early"), accuracy)
        case "interrupted":
            return _with_accuracy(_tr("Interrupted"), accuracy)
    return _with_accuracy(_tr("Training"), accuracy) if accuracy else _tr("Getting ready to train")


def _with_accuracy(text: str, accuracy: str) -> str:
    return _tr("{text}: {percent} so far").format(text=text, percent=accuracy) if accuracy else text


def _accuracy_so_far(state: RunState) -> str:
    if state.finished is not None:
        return percent(state.finished.test_accuracy.value)
    if state.best is not None:
        return percent(state.best.val_accuracy)
    return percent(state.first_result.val_accuracy.value) if state.first_result else ""


def sub_line(viewmodel: RunViewModel) -> str:
    """Return where the run is, how long it will take and what is kept."""
    if viewmodel.run is None:
        return ""
    state = viewmodel.state
    parts = [_position(state), _together(state)]
    if viewmodel.is_training and state.time_left_s is not None:
        parts.append(_tr("about {time} left").format(time=duration(state.time_left_s)))
    if state.best is not None:
        parts.append(_tr("the best model (epoch {n}) is kept").format(n=state.best.epoch))
    if viewmodel.status == "interrupted":
        parts.append(_tr("Continue goes on where it ended"))
    return " · ".join(part for part in parts if part) or viewmodel.name


def waiting_words(viewmodel: RunViewModel) -> str:
    """Return why there are no curves."""
    members = viewmodel.plan.members if viewmodel.plan else ()
    if not members:
        return _tr("The curves begin with the first answer.")
    lines = (f"{m.name} · {m.preset} · {_strategy(m.strategy)}" for m in members)
    told = _tr("Nothing was trained here. Every answer is the mean of what these models say:")
    return "\n".join((told, "", *lines))


def _strategy(name: str) -> str:
    words = STRATEGY_WORDS.get(name)  # a later version may know more of them
    return words.title if words else name


def _together(state: RunState) -> str:
    if state.ensemble is None:
        return ""
    return _tr("{count} models answer together").format(count=len(state.ensemble.members))


def _position(state: RunState) -> str:
    if state.started is None:
        return ""
    epoch = state.last_step.epoch if state.last_step else 0
    epoch = max([epoch, *(e.epoch for e in state.epochs[-1:])])
    if state.status == "finished":
        return _tr("{count} epochs").format(count=epoch) if epoch > 1 else _tr("one epoch")
    if not epoch:
        return _tr(
            "{train:,} {samples} to learn from, {unseen:,} to choose by, {test:,} to test"
        ).format(
            samples=samples_of(state),
            train=state.started.num_train,
            unseen=state.started.num_validation,
            test=state.started.num_test,
        )
    return _tr("Epoch {epoch} of at most {total}").format(
        epoch=epoch, total=state.started.max_epochs
    )


def first_answer(state: RunState) -> FirstAnswer | None:
    """Return the first accuracy with its interval, once there is one."""
    first = state.first_result
    if first is None:
        return None
    estimate = first.val_accuracy
    return FirstAnswer(
        label=_tr("First answer, after {time}").format(time=duration(first.elapsed_s)),
        value=percent(estimate.value),
        note=_tr("of {count:,} unseen {samples}, between {low} and {high}").format(
            count=first.num_samples,
            samples=samples_of(state),
            low=percent(estimate.low),
            high=percent(estimate.high),
        ),
    )


def learning_blocks(viewmodel: RunViewModel) -> tuple[Block, ...]:
    """Return the layer groups as they learn in the latest phase."""
    started, plan = viewmodel.state.phases[-1], viewmodel.plan
    phases = plan.phases if plan else ()
    phase = next((phase for phase in phases if phase.id == started.phase), None)
    return blocks(started.trained_groups, phase, is_pretrained=not plan or plan.is_pretrained)


def learning_note(phase: PhaseStarted) -> str:
    """Return which layer groups and which share of the weights learn."""
    name, body = PHASES.get(phase.phase, phase.phase), phase.trained_groups[:-1]
    if any(body) and not all(body):
        name = _tr("{name}, {count} of {total} groups").format(
            name=name, count=sum(body), total=len(body)
        )
    return " · ".join(part for part in (name, _share_words(phase)) if part)


def _share_words(phase: PhaseStarted) -> str:
    if not phase.num_parameters:
        return ""
    if phase.num_trained >= phase.num_parameters:
        return _tr("all {total} weights").format(total=_count(phase.num_parameters))
    share = phase.num_trained / phase.num_parameters
    return _tr("{share} of {total} weights").format(
        share=percent(share), total=_count(phase.num_parameters)
    )


def facts(state: RunState) -> tuple[tuple[str, str], ...]:
    """Return what the machine does, as pairs of a label and a value."""
    device, step, pairs = state.device, state.last_step, []
    if device is not None:
        pairs.append((_tr("Computing on"), device.name or device_words(device)))
    if step is not None:
        pairs.append((_tr("Memory"), size(step.memory_bytes)))
        pairs.append((_tr("Speed"), _speed(state, step.samples_per_s)))
        pairs.append((_tr("Learning rate"), _rate_words(state, step.learning_rate)))
    # the device was tried with pictures, which says nothing about texts
    if step is None and device is not None and device.samples_per_s and _sees_pictures(state):
        pairs.append((_tr("Speed"), _speed(state, device.samples_per_s)))
    if state.energy is not None:
        pairs.append((_tr("Energy"), energy_value(state.energy)))
    return tuple(pairs)


def baseline_label(state: RunState) -> str:
    """Return what the dashed line means, or ""."""
    if state.started is None:
        return ""
    return _tr("always guessing {name}: {percent}").format(
        name=state.started.majority_class, percent=percent(state.started.majority_baseline)
    )


def plot_sentence(state: RunState) -> str:
    """Return what the plots show, for a screen reader."""
    if not state.epochs:
        return _tr("No epoch has ended yet.")
    last = state.epochs[-1]
    return _tr(
        "After epoch {epoch}: accuracy {train} on training and {unseen} on unseen {samples}, "
        "loss {train_loss:.3f} and {val_loss:.3f}."
    ).format(
        samples=samples_of(state),
        epoch=last.epoch,
        train=percent(last.train_accuracy),
        unseen=percent(last.val_accuracy),
        train_loss=last.train_loss,
        val_loss=last.val_loss,
    )


def activity_words(activity: str, pace: Pace, done: int, total: int) -> str:
    """Return what is being done, how far it is, how fast and how long it will take."""
    parts = [ACTIVITIES.get(activity, activity)]
    if total > 1:
        parts.append(_tr("{done:,} of {total:,}").format(done=done, total=total))
    elif done:
        parts.append(f"{done:,}")
    if pace.rate is not None and pace.activity == activity:
        parts.append(_tr("{rate:,.0f} per second").format(rate=pace.rate))
    if pace.left_s is not None and total and pace.activity == activity:
        parts.append(_tr("about {time} left").format(time=duration(pace.left_s)))
    return " · ".join(parts)


def _sees_pictures(state: RunState) -> bool:
    return state.started is not None and state.started.modality == "image"


def _speed(state: RunState, samples_per_s: float) -> str:
    return _tr("{n:.0f} {samples}/s").format(n=samples_per_s, samples=samples_of(state))


def _rate_words(state: RunState, rate: float) -> str:
    """Return the rate of the head, and that of the lowest group where it is another.

    Rates of groups are known from the last epoch; their ratios hold for the whole phase.
    """
    last, phase = state.epochs[-1:], state.phases[-1:]
    rates = last[0].learning_rates if last and phase and last[0].phase == phase[0].phase else ()
    if len(rates) < 2 or rates[0] == rates[-1] or not rates[0]:
        return _rate(rate)
    return _tr("{head}, first groups {lowest}").format(
        head=_rate(rate), lowest=_rate(rate * rates[-1] / rates[0])
    )


def _rate(rate: float) -> str:
    """Return a learning rate with two digits, as a decimal number as long as people read it."""
    if not rate:
        return "0"
    if rate < 1e-6:
        return f"{rate:.1e}"
    digits = 1 - math.floor(math.log10(rate))
    return f"{rate:.{max(0, digits)}f}"


def _count(number: int) -> str:
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number:,}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Run", text)
