"""A run as a plain Python script that trains the same model without tlgui."""

import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tlgui.core import durable
from tlgui.core.catalog import PresetInfo
from tlgui.core.commands import command_of_run
from tlgui.core.dataset import SPLITS, Dataset, Sample
from tlgui.core.errors import TlguiError
from tlgui.core.phase import Phase
from tlgui.core.plan import Plan
from tlgui.core.records import json_text
from tlgui.core.run_folder import RunFolder
from tlgui.core.setting_values import setting_values
from tlgui.core.setting_words import SETTING_WORDS
from tlgui.core.settings import resources_folder
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.reporting.run_facts import RunFacts, facts_of_run

SUFFIX: Final = ".py"
SEED_STATE: Final = "seed_generator_state"  # as Keras names it
# what a script cannot do, by the name of the setting and the value that leaves it out
WITHOUT: Final[Mapping[str, str]] = {
    "adapt": "0",
    "augmentation": "none",
    "class_balance": "none",
    "ewc": "0",
    "l2_sp": "0",
    "mixup": "0",
    "replay_fraction": "0",
    "word_dropout": "0",
}
SCHEDULES: Final = ("constant", "linear", "warmup_cosine")
_BLOCK: Final = re.compile(r"^ *# <fine-tuning>\n(.*?)^ *# </fine-tuning>\n", re.DOTALL | re.M)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of script: its template, the packages it names, and its own values and files."""

    template: str
    packages: str
    values: Callable[[RunFacts, Path], Mapping[str, Any]]
    files: Callable[[RunFacts, Path, Path], tuple[Path, ...]]


def write_script(run: RunFolder, library: PresetLibrary, to: Path) -> tuple[Path, ...]:
    """Write the script of a run, and return the files beside it that it reads.

    Raises:
        TlguiError: ``script_not_possible``, there is no result yet, or a file cannot be written.
    """
    if to.suffix != SUFFIX:
        reason = f"the name of a script ends in {SUFFIX}"
        raise TlguiError("path_not_usable", path=str(to), reason=reason)
    run.read_evaluation()  # raises where there is none yet
    facts = facts_of_run(run, library.catalog)
    preset = _possible(facts)
    folder, kind = library.folder(preset.id), _KINDS[_kind_of(preset)]
    data = _write_data(facts, folder, to.with_suffix(".json"))
    others = (data, *kind.files(facts, folder, to))
    durable.replace_file(to, _script(facts, kind, kind.values(facts, folder)))
    return others


def why_not(plan: Plan, preset: PresetInfo) -> str:
    """Return what of a plan no script can repeat, or ""."""
    if plan.strategy not in ("feature_extraction", "head_then_all"):
        return f"its strategy is {plan.strategy}"
    if preset.task == "image" and preset.architecture != "convolutional":
        return f"{preset.title} is not made of Keras' own layers alone"
    if plan.pooling != "mean":
        return f"it uses pooling {plan.pooling}"
    values = setting_values(plan, preset)
    used = [name for name, off in WITHOUT.items() if values.get(name, off) != off]
    if values.get("schedule", SCHEDULES[0]) not in SCHEDULES:
        used.append("schedule")
    return f"it uses {', '.join(SETTING_WORDS[name].term for name in used)}" if used else ""


def _possible(facts: RunFacts) -> PresetInfo:
    if members := facts.plan.members:
        names = ", ".join(member.name for member in members)
        raise TlguiError("ensemble_has_no_model", path=str(facts.run.path), known=names)
    if facts.preset is None:
        raise TlguiError("preset_unknown", name=facts.plan.preset, known="none")
    reason = why_not(facts.plan, facts.preset)
    if reason:
        command = command_of_run(facts.plan, facts.dataset, facts.preset)
        raise TlguiError("script_not_possible", reason=reason, command=command)
    return facts.preset


def _script(facts: RunFacts, kind: _Kind, values: Mapping[str, Any]) -> str:
    text = (resources_folder() / "script" / kind.template).read_text(encoding="utf-8")
    is_tuned = bool(_tuning(facts.plan))
    text = _BLOCK.sub(lambda m: m[1] if is_tuned else "", text)
    if not is_tuned:
        text = text.replace("from scipy.optimize import minimize_scalar\n", "")
    for name, value in values.items():
        text = _with_value(text, name, value)
    named = {
        "$what": f"{facts.model}, {facts.plan.strategy}",
        "$packages": _versioned(kind.packages, facts),
    }
    for placeholder, word in named.items():
        text = text.replace(placeholder, word)
    return text


def _with_value(text: str, name: str, value: object) -> str:
    """Return a script in which a name on its own line has another value."""
    line = f"{name} = {value!r}"
    return re.sub(rf"^{name} = .*?(?=  #|$)", lambda _: line, text, flags=re.MULTILINE)


def _versioned(packages: str, facts: RunFacts) -> str:
    """Return the packages with the versions that the run was computed with."""
    known = facts.environment.get("packages")
    versions = known if isinstance(known, dict) else {}
    return " ".join(
        f"{name}=={versions[name]}" if versions.get(name, "unknown") != "unknown" else name
        for name in packages.split()
    )


def _write_data(facts: RunFacts, folder: Path, to: Path) -> Path:
    """Write classes, samples by split, seeds, and what there is to compare with."""
    best, evaluation = facts.state.best, facts.evaluation
    seeds = {"seeds": _seeds(facts, folder)} if _tuning(facts.plan) else {}
    record = {
        "folder": facts.dataset.folder,
        "classes": facts.dataset.classes,
        "accuracy": {
            "validation": best.val_accuracy if best else 0.0,
            "test": evaluation.accuracy.value if evaluation else 0.0,
        },
        **seeds,
        **_samples(facts.dataset),
    }
    durable.replace_file(to, json_text(record, indent=1))
    return to


def _samples(dataset: Dataset) -> dict[str, list[tuple[str, int]]]:
    """Return paths or, since nobody else guesses encodings alike, the texts themselves."""
    named = dict(zip(dataset.samples, _content(dataset), strict=True))
    return {split: [(named[s], s.label) for s in dataset.of_split(split)] for split in SPLITS}


def _content(dataset: Dataset) -> list[str]:
    if dataset.modality == "image":
        return [sample.path for sample in dataset.samples]
    from tlgui.engine.data.table_rows import no_tick
    from tlgui.engine.data.text_source import read_texts, reading_order

    order = reading_order(dataset, dataset.samples)
    ordered: list[Sample] = [dataset.samples[index] for index in order]
    texts = dict(zip(order, read_texts(dataset, ordered, no_tick), strict=True))
    return [texts[index] for index in range(len(dataset.samples))]


def _write_backbone(facts: RunFacts, folder: Path, to: Path) -> tuple[Path, ...]:
    # here, because the import takes seconds that word counts need not wait
    from tlgui.engine.models.heads import build_pooled
    from tlgui.engine.models.presets import load_backbone

    model = build_pooled(load_backbone(folder), facts.plan.pooling)
    target = to.with_suffix(".keras")
    with tempfile.TemporaryDirectory(dir=to.parent) as temporary:
        saved = Path(temporary, target.name)
        model.save(saved)
        durable.replace_file(target, saved.read_bytes())
    return (target,)


def _write_tokens(facts: RunFacts, folder: Path, to: Path) -> tuple[Path, ...]:
    from tlgui.engine.models.preset_files import TOKENIZER_FILE

    target = to.with_name(f"{to.stem}.tokenizer.json")
    durable.replace_file(target, (folder / TOKENIZER_FILE).read_bytes())
    return (target, *_write_backbone(facts, folder, to))


def _no_files(_facts: RunFacts, _folder: Path, _to: Path) -> tuple[Path, ...]:
    return ()


def _strengths(facts: RunFacts) -> tuple[float, ...]:
    return next(p.l2_strengths for p in facts.plan.phases if p.solver == "convex")


def _tuning(plan: Plan) -> tuple[Phase, ...]:
    """Return the phases in which weights learn by gradient steps: one or none."""
    return tuple(phase for phase in plan.phases if phase.solver == "gradient")


def _seeds(facts: RunFacts, folder: Path) -> list[list[int]]:
    """Return what each dropout begins to draw from, in the order of the layers.

    A path would not find it again: Keras counts the names of such states on within a process.
    """
    import keras

    from tlgui.engine.models.trained_model import build_network

    [phase] = _tuning(facts.plan)
    keras.utils.set_random_seed(facts.plan.seed)  # as a run does before it builds its network
    num_classes, dropout = len(facts.dataset.classes), phase.regularization.dropout
    network = build_network(folder, facts.plan, num_classes, dropout)
    states = [v for v in network.variables if v.name == SEED_STATE]
    return [keras.ops.convert_to_numpy(state).tolist() for state in states]


def _tuning_values(facts: RunFacts) -> dict[str, Any]:
    return {
        name: value
        for phase in _tuning(facts.plan)
        for name, value in {
            "SEED": facts.plan.seed,
            "BATCH_SIZE": facts.plan.batch_size,
            "EPOCHS": phase.epochs,
            "PATIENCE": phase.patience,
            "LEARNING_RATE": phase.learning_rate,
            "SCHEDULE": phase.schedule,
            "WARMUP_FRACTION": phase.warmup_fraction,
            "WEIGHT_DECAY": phase.weight_decay,
            "LABEL_SMOOTHING": phase.regularization.label_smoothing,
            "DROPOUT": phase.regularization.dropout,
            "AVERAGING": phase.regularization.ema,
        }.items()
    }


def _picture_values(facts: RunFacts, _folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = {"L2_STRENGTHS": _strengths(facts), **_tuning_values(facts)}
    if facts.preset is not None:
        values["SIZE_PX"] = facts.preset.input_size_px
    return values


def _token_values(facts: RunFacts, folder: Path) -> dict[str, Any]:
    from tlgui.engine.models.preset_tokenizer import load_tokenizer

    tokenizer = load_tokenizer(folder, facts.plan.sequence_length)
    return {
        "SEQUENCE_LENGTH": tokenizer.sequence_length,
        "LEFT_OUT_ID": tokenizer.left_out_id,
        "L2_STRENGTHS": _strengths(facts),
        "NEEDS_KERAS_HUB": facts.preset is not None and facts.preset.architecture == "transformer",
        **_tuning_values(facts),
    }


def _count_values(facts: RunFacts, _folder: Path) -> dict[str, Any]:
    from tlgui.engine.models import word_counts

    return {
        "TOKEN_PATTERN": word_counts.TOKEN_PATTERN,
        "NGRAM_RANGE": word_counts.NGRAM_RANGE,
        "MAX_TERMS": word_counts.MAX_TERMS,
        "MAX_CHARACTERS": word_counts.MAX_CHARACTERS,
        "L2_STRENGTHS": _strengths(facts),
    }


def _kind_of(preset: PresetInfo) -> str:
    if preset.task == "image":
        return "pictures"
    return "word_counts" if preset.architecture == "counts" else "tokens"


_KINDS: Final[dict[str, _Kind]] = {
    "pictures": _Kind(
        template="pictures.py",
        packages="keras tensorflow numpy pillow scipy scikit-learn",
        values=_picture_values,
        files=_write_backbone,
    ),
    "tokens": _Kind(
        template="tokens.py",
        packages="keras keras-hub tensorflow numpy scipy scikit-learn tokenizers",
        values=_token_values,
        files=_write_tokens,
    ),
    "word_counts": _Kind(
        template="word_counts.py",
        packages="keras tensorflow numpy scipy scikit-learn",
        values=_count_values,
        files=_no_files,
    ),
}
