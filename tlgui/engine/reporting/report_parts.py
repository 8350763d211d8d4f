"""The parts of a report, each a function from what is known of a run to markup."""

from collections.abc import Iterator, Sequence
from typing import Final

from tlgui.core.commands import command_of_run
from tlgui.core.dataset import SPLITS
from tlgui.core.energy_words import energy_basis, energy_line
from tlgui.core.evaluation import ClassCurves, ClassScore, Estimate, Evaluation
from tlgui.core.evaluation_words import calibration_sentence, caution, reference_sentence, verdict
from tlgui.core.review_words import review_lines
from tlgui.core.setting_values import setting_values
from tlgui.core.setting_words import SETTING_WORDS, SettingWords
from tlgui.core.strategy_words import PHASES, STRATEGY_WORDS
from tlgui.core.wording import RUN_STATUSES, SAMPLES, percent, problem_sentence
from tlgui.engine.reporting.markup import (
    Html,
    bullets,
    join,
    pairs,
    paragraph,
    picture,
    section,
    table,
    tag,
)
from tlgui.engine.reporting.methods import methods
from tlgui.engine.reporting.plots import MANY, TRAIN, UNSEEN, Axes, Band, Curve, plot
from tlgui.engine.reporting.run_facts import RunFacts

MAX_MATRIX: Final = 14  # classes whose confusions fit on a page
MAX_CONFUSIONS: Final = 15
MAX_MISTAKES: Final = 12
MAX_PROBLEMS: Final = 20

SHARES: Final = (0.0, 1.0)


def header(facts: RunFacts) -> Html:
    """Return the verdict, or that there is none yet."""
    evaluation = facts.evaluation
    if evaluation is None:
        title = f"No result yet: {RUN_STATUSES[facts.status]}"
        told = [paragraph(_no_result(facts), "warning")]
    else:
        title, sub = verdict(evaluation)
        told = [
            paragraph(sub),
            paragraph(caution(evaluation), "warning"),
            paragraph(reference_sentence(evaluation), "note"),
        ]
    finished = RUN_STATUSES[facts.status]
    kicker = f"{facts.name} · {facts.model} · {facts.plan.strategy} · {finished}"
    return join([paragraph(kicker, "muted"), tag("h1", title), *told])


def _no_result(facts: RunFacts) -> str:
    best = facts.state.best
    if best is None:
        return "Nothing was learned that could be judged so far."
    return (
        f"The best model so far (epoch {best.epoch}) is right on {percent(best.val_accuracy)} of "
        "the samples it was chosen by, which says too much: the test samples were not asked yet."
    )


def data(facts: RunFacts) -> Html:
    """Return the classes, the split and what is wrong with the data."""
    dataset = facts.dataset
    samples = SAMPLES[dataset.modality]
    counts = {split: [0] * len(dataset.classes) for split in SPLITS}
    for sample in dataset.samples:
        if sample.split:
            counts[sample.split][sample.label] += 1
    rows = [
        (name, f"{total:,}", *(f"{counts[split][label]:,}" for split in SPLITS))
        for label, (name, total) in enumerate(
            zip(dataset.classes, dataset.class_counts(), strict=True)
        )
    ]
    sums = ("all", f"{len(dataset.samples):,}", *(f"{sum(counts[s]):,}" for s in SPLITS))
    problems = [problem_sentence(problem) for problem in dataset.problems]
    if len(problems) > MAX_PROBLEMS:
        problems = [*problems[:MAX_PROBLEMS], f"and {len(problems) - MAX_PROBLEMS:,} more"]
    return section(
        "Data",
        paragraph(f"{len(dataset.samples):,} {samples} from {dataset.source}"),
        table(("class", samples, "to learn from", "to choose by", "to test"), [*rows, sums]),
        paragraph(_split_words(facts), "note"),
        tag("h3", "What to know about it") if problems else Html(""),
        bullets(problems),
    )


def _split_words(facts: RunFacts) -> str:
    split = facts.plan.split
    if facts.dataset.presplit:
        return "The data itself says which sample is for what."
    shares = (split.train_fraction, split.validation_fraction, split.test_fraction)
    dealt = " / ".join(f"{share:.0%}" for share in shares)
    together = f" Kept together by {split.group_by}." if split.group_by else ""
    return (
        f"Dealt {dealt} at random within each class, with seed {facts.plan.seed}; copies stay on "
        f"one side.{together}"
    )


def plan(facts: RunFacts) -> Html:
    """Return what was to be done, in words and as a command."""
    words, preset = STRATEGY_WORDS.get(facts.plan.strategy), facts.preset
    phases = " → ".join(dict.fromkeys(PHASES.get(p.id, p.id) for p in facts.plan.phases))
    model = [("Model", facts.model)]
    if preset is not None:
        model += [
            ("Trained on", preset.trained_on),
            ("License of its weights", preset.license),
            ("Published by", preset.source),
        ]
    settings = setting_values(facts.plan, preset) if preset else {}
    named = [_setting(SETTING_WORDS[name], value) for name, value in settings.items()]
    command = command_of_run(facts.plan, facts.dataset, preset) if preset else ""
    return section(
        "Plan",
        paragraph(f"{words.title} ({words.term}). {words.sentence}") if words else Html(""),
        pairs([*model, ("What learns", phases), *named]),
        paragraph("The same run again:", "note") if command else Html(""),
        tag("pre", tag("code", command)) if command else Html(""),
    )


def _setting(words: SettingWords, value: str) -> tuple[str, str]:
    return f"{words.label} ({words.term})", dict(words.choices).get(value, value)


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


def mistakes(facts: RunFacts) -> Html:
    """Return the surest of the wrong answers, with small pictures or beginnings of texts."""
    wrong = [(row, p) for row, p in enumerate(facts.predictions) if p.true != p.predicted]
    if not wrong:
        return Html("")
    wrong.sort(key=lambda entry: -entry[1].probability)
    shown = [
        tag(
            "div",
            _sample(facts, row),
            tag("div", f"{p.true}, said {p.predicted} ({percent(p.probability)})"),
            tag("div", p.file, class_="muted"),
        )
        for row, p in wrong[:MAX_MISTAKES]
    ]
    kind = "gallery texts" if facts.dataset.modality == "text" else "gallery"
    title = f"Worst mistakes ({len(wrong):,} in all)"
    return section(title, tag("div", *shown, class_=kind))


def _sample(facts: RunFacts, row: int) -> Html:
    if row in facts.snippets:
        return tag("div", facts.snippets[row])
    file = facts.run.evaluation / "thumbnails" / f"{row}.jpg"
    return picture(file.read_bytes(), facts.predictions[row].file) if file.is_file() else Html("")


def review(facts: RunFacts) -> Html:
    """Return what is odd about the labels, where somebody has looked."""
    if facts.review is None:
        return Html("")
    return section(
        "Wrong labels and shortcuts", bullets(line.strip() for line in review_lines(facts.review))
    )


def exports(facts: RunFacts) -> Html:
    """Return what was proven of exported models."""
    rows = [
        (
            str(record.get("format", "")),
            str(record.get("folder", "")),
            f"{float(record.get('label_agreement', 0)):.2%}",
            f"{int(record.get('num_samples', 0)):,}",
            f"{float(record.get('max_probability_difference', 0)):.2g}",
        )
        for record in facts.certificates
    ]
    if not rows:
        return Html("")
    names = ("format", "folder", "same answer", "test samples", "largest difference")
    return section("Exports, compared in a fresh process", table(names, rows))


def circumstances(facts: RunFacts) -> Html:
    """Return what computed, with which versions, and what it took."""
    energy, device, known = facts.energy, facts.state.device, facts.environment
    packages = known.get("packages")
    versions = packages.items() if isinstance(packages, dict) else ()
    rows = [
        ("Computed on", f"{device.name} ({device.num_cores} cores)" if device else ""),
        ("System", str(known.get("system", ""))),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions)),
        ("Python", str(known.get("python", ""))),
        ("Weights, SHA-256", str(known.get("preset_sha256") or "")),
    ]
    return section(
        "Circumstances",
        pairs(rows),
        paragraph(energy_line(energy)) if energy else Html(""),
        paragraph(energy_basis(energy), "note") if energy else Html(""),
    )


def methods_part(facts: RunFacts) -> Html:
    """Return the paragraph for a paper, with its sources."""
    text, sources = methods(facts)
    return section(
        "Methods",
        paragraph("Ready to be taken over into a paper:", "note"),
        paragraph(text),
        tag("ol", *(tag("li", source) for source in sources)),
    )
