"""The parts of a report, each a function from what is known of a run to markup."""

from typing import Final

from tlgui.core.commands import command_of_run
from tlgui.core.dataset import SPLITS
from tlgui.core.energy_words import energy_basis, energy_line
from tlgui.core.evaluation_words import caution, reference_sentence, verdict
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
from tlgui.engine.reporting.run_facts import RunFacts

MAX_MISTAKES: Final = 12
MAX_PROBLEMS: Final = 20


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
