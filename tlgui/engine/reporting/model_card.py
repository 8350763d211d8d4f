"""A model card as Hugging Face reads it: facts for programs first, then the card for people.

Source:
    Mitchell et al. 2019, "Model cards for model reporting", arXiv:1810.03993; the keys of the
    block are those of Hugging Face's model cards.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.energy import Energy
from tlgui.core.energy_words import energy_basis, energy_line
from tlgui.core.evaluation import Evaluation
from tlgui.core.evaluation_words import caution, verdict
from tlgui.core.review_words import shortcut_sentence
from tlgui.core.run_folder import RunFolder
from tlgui.core.strategy_words import STRATEGY_WORDS
from tlgui.core.wording import SAMPLES
from tlgui.engine.reporting.methods import methods
from tlgui.engine.reporting.run_facts import RunFacts, facts_of_run

TASKS: Final = {"image": "image-classification", "text": "text-classification"}
# presets whose weights are those of a model on the hub
BASE_MODELS: Final = {"all_minilm_l6_v2_en": "sentence-transformers/all-MiniLM-L6-v2"}
METRICS: Final = (
    ("accuracy", "Accuracy"),
    ("balanced_accuracy", "Balanced accuracy"),
    ("macro_f1", "Macro-F1"),
)


def write_card(run: RunFolder, catalog: Mapping[str, PresetInfo], to: Path) -> None:
    """Write the model card of a run.

    Raises:
        TlguiError: the run is damaged, or the file cannot be written.
    """
    durable.replace_file(to, model_card(run, catalog).encode(errors="replace"))


def model_card(run: RunFolder, catalog: Mapping[str, PresetInfo]) -> str:
    """Return the model card of a run as Markdown with a block of YAML.

    Raises:
        TlguiError: the run is damaged.
    """
    facts = facts_of_run(run, catalog)
    return f"---\n{_yaml(_metadata(facts))}\n---\n\n" + "\n".join(_body(facts)) + "\n"


def _metadata(facts: RunFacts) -> dict[str, Any]:
    preset, task = facts.preset, TASKS[facts.dataset.modality]
    record: dict[str, Any] = {
        "license": preset.license.lower() if preset else "unknown",
        "library_name": "keras",
        "pipeline_tag": task,
        "tags": ["keras", "tlgui", task, facts.plan.strategy],
        "metrics": [name for name, _ in METRICS],
    }
    if facts.plan.is_pretrained and (preset is None or preset.num_parameters):
        bases = [BASE_MODELS.get(name, name) for name in dict.fromkeys(facts.plan.presets)]
        record["base_model"] = bases if facts.plan.members else bases[0]
    if preset and preset.languages:
        record["language"] = list(preset.languages)
    if facts.energy is not None:
        record["co2_eq_emissions"] = _emissions(facts.energy)
    if facts.evaluation is not None:
        record["model-index"] = [_results(facts, facts.evaluation)]
    return record


def _emissions(energy: Energy) -> dict[str, Any]:
    return {
        "emissions": round(energy.co2_g, 4),  # grams, as Hugging Face wants it
        "source": "codecarbon, estimated" if energy.is_estimate else "codecarbon",
        "training_type": "fine-tuning",
    }


def _results(facts: RunFacts, evaluation: Evaluation) -> dict[str, Any]:
    task, data = TASKS[facts.dataset.modality], Path(facts.dataset.source).name
    metrics = [
        {"type": name, "name": title, "value": round(getattr(evaluation, name).value, 6)}
        for name, title in METRICS
    ]
    result = {
        "task": {"type": task},
        "dataset": {"name": data, "type": "private", "split": "test"},
        "metrics": metrics,
    }
    return {"name": facts.name, "results": [result]}


def _body(facts: RunFacts) -> Iterator[str]:
    yield f"# {_plain(facts.name)}"
    yield from _details(facts)
    yield from _uses(facts)
    yield from _data(facts)
    yield from _evaluation(facts)
    yield from _care(facts)
    text, sources = methods(facts)
    yield f"\n## Training procedure\n\n{_plain(text)}\n"
    yield from (f"{number}. {source}" for number, source in enumerate(sources, start=1))
    if facts.energy is not None:
        yield "\n## Environmental impact\n"
        yield f"{energy_line(facts.energy)}. {energy_basis(facts.energy)}"


def _details(facts: RunFacts) -> Iterator[str]:
    words, preset = STRATEGY_WORDS.get(facts.plan.strategy), facts.preset
    yield "\n## Model details\n"
    yield f"- What it does: tells {len(facts.dataset.classes)} classes of {_samples(facts)} apart"
    yield f"- Made from: {facts.model}"
    if preset is not None:
        yield f"- License of the weights it was made from: {preset.license}"
        yield f"- Published by: {preset.source}; pretrained on {preset.trained_on}"
    yield f"- Fine-tuned by: {words.title} ({words.term})" if words else ""
    yield f"- Made with: tlgui {_version(facts)}"


def _uses(facts: RunFacts) -> Iterator[str]:
    samples, preset = _samples(facts), facts.preset
    yield "\n## Intended use\n"
    yield (
        f"For {samples} like those it was trained on. It answers with one of its classes whatever "
        "it is given, also where none of them is right."
    )
    if preset and preset.languages:
        yield f"It was pretrained on texts in: {', '.join(preset.languages)}."
    yield "\n## Factors\n"
    yield (
        "What was not varied in the training data (sources, devices, authors, seasons) is not "
        "known to be handled; the figures hold for the test samples and what is like them."
    )


def _data(facts: RunFacts) -> Iterator[str]:
    dataset = facts.dataset
    counts = {split: dataset.of_split(split) for split in ("train", "validation", "test")}
    yield "\n## Training data\n"
    yield (
        f"{len(dataset.samples):,} {_samples(facts)}: {len(counts['train']):,} to learn from, "
        f"{len(counts['validation']):,} to choose by, {len(counts['test']):,} to test.\n"
    )
    yield "| class | samples |\n|---|---|"
    for name, count in zip(dataset.classes, dataset.class_counts(), strict=True):
        yield f"| {_plain(name)} | {count:,} |"


def _evaluation(facts: RunFacts) -> Iterator[str]:
    yield "\n## Evaluation\n"
    evaluation = facts.evaluation
    if evaluation is None:
        yield "The test samples have not been asked yet: nobody knows how good this model is."
        return
    title, sub = verdict(evaluation)
    yield from filter(None, (f"{_plain(title)}: {_plain(sub)}.", _plain(caution(evaluation))))
    yield "\n| metric | value | 95 % interval |\n|---|---|---|"
    for name, words in METRICS:
        found = getattr(evaluation, name)
        yield f"| {words} | {found.value:.3f} | {found.low:.3f} to {found.high:.3f} |"
    yield "\n| class | tested | precision | recall | F1 |\n|---|---|---|---|---|"
    for score in evaluation.classes:
        figures = " | ".join(f"{x:.3f}" for x in (score.precision, score.recall, score.f1))
        yield f"| {_plain(score.name)} | {score.num_samples:,} | {figures} |"


def _care(facts: RunFacts) -> Iterator[str]:
    yield "\n## Caveats and recommendations\n"
    yield "- Check it on samples from where it will be used before relying on it."
    yield "- Its errors may harm people: decide what a wrong answer costs, and who looks again."
    if facts.review is None:
        yield "- Nobody has looked for wrong labels and shortcuts in its data (`tlgui review`)."
        return
    for shortcut in facts.review.shortcuts:
        yield f"- {_plain(shortcut_sentence(shortcut))}."
    if facts.review.num_suspects:
        yield f"- Labels that are probably wrong: {facts.review.num_suspects:,}."


def _samples(facts: RunFacts) -> str:
    return SAMPLES[facts.dataset.modality]


def _version(facts: RunFacts) -> str:
    packages = facts.environment.get("packages")
    return str(packages.get("tlgui", "")) if isinstance(packages, dict) else ""


def _plain(text: str) -> str:
    """Return text that Markdown takes as it is."""
    escaped = "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in text)
    return " ".join(escaped.split())


def _yaml(record: Mapping[str, Any]) -> str:
    """Return a mapping as YAML; every value is JSON, which is YAML too."""
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in record.items())
