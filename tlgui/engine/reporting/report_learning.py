"""How learning went, as a part of a report."""

from collections.abc import Sequence

from tlgui.core.strategy_words import PHASES
from tlgui.core.wording import percent
from tlgui.engine.reporting.markup import Html, paragraph, section, tag
from tlgui.engine.reporting.plots import SHARES, TRAIN, UNSEEN, Axes, Band, Curve, plot
from tlgui.engine.reporting.run_facts import RunFacts


def learning(facts: RunFacts) -> Html:
    """Return how loss and accuracy went, epoch by epoch."""
    epochs = facts.state.epochs
    if not epochs:
        return Html("")
    if len(epochs) == 1:
        only = epochs[0]
        return section(
            "Learning",
            paragraph(
                f"One epoch: loss {only.train_loss:.3f} on what was learned from, "
                f"{only.val_loss:.3f} on what was not; accuracy {percent(only.train_accuracy)} "
                f"and {percent(only.val_accuracy)}."
            ),
        )
    best = facts.state.best
    kept = f"Epoch {best.epoch} is kept." if best else ""
    losses = [(e.epoch, e.train_loss, e.val_loss) for e in epochs]
    accuracies = [(e.epoch, e.train_accuracy, e.val_accuracy) for e in epochs]
    top = max(max(train, unseen) for _, train, unseen in losses)
    return section(
        "Learning",
        tag(
            "div",
            _by_epoch(facts, "loss", losses, (0.0, top or 1.0), 2),
            _by_epoch(facts, "accuracy", accuracies, SHARES, 1),
            class_="row",
        ),
        paragraph(kept, "note"),
    )


def _by_epoch(
    facts: RunFacts,
    name: str,
    values: Sequence[tuple[int, float, float]],
    y_range: tuple[float, float],
    y_digits: int,
) -> Html:
    first, last = values[0][0], values[-1][0]
    axes = Axes(
        x="epoch", y=name, x_range=(first, max(last, first + 1)), y_range=y_range, y_digits=y_digits
    )
    curves = [
        Curve(
            name=f"{name}, {words}",
            points=[(row[0], row[column]) for row in values],
            color=color,
            has_dots=len(values) <= 30,
        )
        for column, (words, color) in enumerate((("training", TRAIN), ("unseen", UNSEEN)), start=1)
    ]
    sentence = f"{name} by epoch, at the end {values[-1][1]:.3f} and unseen {values[-1][2]:.3f}"
    return plot(axes, curves, bands=_phase_bands(facts, first, last), sentence=sentence)


def _phase_bands(facts: RunFacts, first: int, last: int) -> list[Band]:
    """Return where each phase begins and ends; many short ones of one name are one."""
    bands: list[Band] = []
    for phase in facts.state.phases:
        start = float(max(first, phase.after_epoch))
        name = PHASES.get(phase.phase, phase.phase)
        if bands and bands[-1].name == name:
            continue
        if bands:
            bands[-1] = Band(name=bands[-1].name, start=bands[-1].start, end=start)
        bands.append(Band(name=name, start=start, end=float(last)))
    return [band for band in bands if band.end > band.start]
