"""How good a model is and how sure it may be, as parts of a report."""

from collections.abc import Iterator, Sequence
from typing import Final

from tlgui.core.evaluation import ClassCurves, ClassScore, Estimate, Evaluation
from tlgui.core.evaluation_words import calibration_sentence
from tlgui.engine.reporting.markup import Html, pairs, paragraph, section, table, tag
from tlgui.engine.reporting.plots import MANY, SHARES, TRAIN, Axes, Curve, plot
from tlgui.engine.reporting.run_facts import RunFacts

MAX_MATRIX: Final = 14  # classes whose confusions fit on a page
MAX_CONFUSIONS: Final = 15


def results(facts: RunFacts) -> Html:
    """Return the figures, the confusions and each class."""
    evaluation = facts.evaluation
    if evaluation is None:
        return Html("")
    rows = [
        ("Accuracy", _interval(evaluation.accuracy)),
        ("Balanced accuracy", _interval(evaluation.balanced_accuracy)),
        ("Macro-F1", _interval(evaluation.macro_f1)),
        (f"Always guessing {evaluation.majority_class}", f"{evaluation.majority_baseline:.3f}"),
        ("Test samples", f"{evaluation.num_samples:,}"),
    ]
    if evaluation.num_unreadable:
        rows.append(("Unreadable, in no number", f"{evaluation.num_unreadable:,}"))
    header_row = ("class", "tested", "precision", "recall", "F1", "ROC AUC", "AP")
    return section(
        "Result on the test samples",
        pairs(rows),
        paragraph("With 95 % intervals: Wilson's for accuracy, bootstrap for the others.", "note"),
        tag("h3", "Confusions"),
        _confusions(evaluation),
        tag("h3", "Each class"),
        table(header_row, map(_class_row, evaluation.classes)),
    )


def _class_row(score: ClassScore) -> tuple[str, ...]:
    figures = (score.precision, score.recall, score.f1, score.roc_auc, score.average_precision)
    shown = ("–" if figure is None else f"{figure:.3f}" for figure in figures)
    return score.name, f"{score.num_samples:,}", *shown


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _confusions(evaluation: Evaluation) -> Html:
    names = [score.name for score in evaluation.classes]
    if len(names) > MAX_MATRIX:
        return _worst_confusions(evaluation, names)
    head = tag("tr", tag("th", "it is \\ it said"), *(tag("th", name) for name in names))
    rows = []
    for row, (name, counts) in enumerate(zip(names, evaluation.confusion, strict=True)):
        cells = [_cell(count, sum(counts), row == column) for column, count in enumerate(counts)]
        rows.append(tag("tr", tag("th", name, scope="row"), *cells))
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="matrix")


def _cell(count: int, total: int, is_right: bool) -> Html:
    share = count / total if total else 0.0
    color = "0,114,178" if is_right else "213,94,0"
    return tag(
        "td",
        f"{count:,}" if count else "",
        style=f"background:rgba({color},{0.55 * share:.3f})",
        class_="right" if is_right else "wrong",
    )


def _worst_confusions(evaluation: Evaluation, names: Sequence[str]) -> Html:
    found = [
        (count, names[row], names[column])
        for row, counts in enumerate(evaluation.confusion)
        for column, count in enumerate(counts)
        if count and row != column
    ]
    found.sort(key=lambda entry: -entry[0])
    shown = [(f"{true} taken for {said}", f"{n:,}") for n, true, said in found[:MAX_CONFUSIONS]]
    return table(("most frequent of them", "samples"), shown)


def certainty(facts: RunFacts) -> Html:
    """Return whether the probabilities can be believed, and each class against the others."""
    evaluation = facts.evaluation
    if evaluation is None:
        return Html("")
    figures = [*_calibration(evaluation), *_class_curves(facts)]
    return section(
        "How sure it is",
        paragraph(calibration_sentence(evaluation)),
        tag("div", *figures, class_="row") if figures else Html(""),
    )


def _calibration(evaluation: Evaluation) -> Iterator[Html]:
    if evaluation.calibration is None:
        return
    bins = evaluation.calibration.bins
    points = [(b.confidence, b.accuracy.value) for b in bins]
    axes = Axes(
        x="what answers claim", y="share that is right", x_range=SHARES, y_range=SHARES, x_digits=1
    )
    whiskers = [
        Curve(
            name="",
            points=((b.confidence, b.accuracy.low), (b.confidence, b.accuracy.high)),
            color="#9FC3E0",
        )
        for b in bins
    ]
    mean = Curve(name="", points=points, color=TRAIN, has_dots=True)
    sentence = "Calibration: how often answers are right, by how sure they claim to be"
    figure = plot(axes, [*whiskers, mean], diagonal=True, sentence=sentence)
    yield _titled("Calibration: right answers by what they claim", figure, has_legend=False)


def _class_curves(facts: RunFacts) -> Iterator[Html]:
    evaluation, found = facts.evaluation, facts.curves
    if evaluation is None or len(found) != len(evaluation.classes):
        return
    named = [(score.name, curves) for score, curves in zip(evaluation.classes, found, strict=True)]
    worst = sorted(named, key=lambda entry: entry[1].average_precision or 0.0)[: len(MANY)]
    which = "" if len(worst) == len(named) else f", the {len(worst)} hardest classes"
    roc = Axes(x="others taken for it", y="found", x_range=SHARES, y_range=SHARES, x_digits=1)
    recall = Axes(x="recall", y="precision", x_range=SHARES, y_range=SHARES, x_digits=1)
    yield _titled(
        f"ROC: found of each class, by others taken for it{which}",
        plot(roc, _lines_of(worst, "roc"), diagonal=True, sentence="ROC curves"),
    )
    yield _titled(
        f"Precision by recall{which}",
        plot(recall, _lines_of(worst, "precision_recall"), sentence="Precision-recall curves"),
    )


def _lines_of(named: Sequence[tuple[str, ClassCurves]], field: str) -> list[Curve]:
    return [
        Curve(name=name, points=getattr(curves, field), color=MANY[number])
        for number, (name, curves) in enumerate(named)
    ]


def _titled(title: str, figure: Html, has_legend: bool = True) -> Html:
    if not has_legend:  # whiskers have no names
        figure = Html(figure.split("<figcaption>")[0].removesuffix("</figure>") + "</figure>")
    return tag("div", paragraph(title, "note"), figure)
