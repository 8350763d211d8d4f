"""What there is to beat: a plain method on the same texts, fitted once per run."""

import logging
import random
from collections.abc import Sequence
from typing import Final

from safetensors import SafetensorError
from safetensors.numpy import load

from tlgui.core import durable
from tlgui.core.dataset import Dataset, Sample
from tlgui.core.evaluation import Reference
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.features import apply_to_samples, labels_of
from tlgui.engine.data.text_inputs import RawTexts
from tlgui.engine.models.checkpoints import tensor_bytes
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.word_counts import classifier
from tlgui.engine.results.metrics import evaluate_predictions
from tlgui.engine.training.word_count_solver import solve_word_counts

NAME: Final = "tfidf_linear"
MAX_SAMPLES: Final = 50_000  # that it learns from; more would take minutes and hardly help

log = logging.getLogger(__name__)


def fit_reference(run: RunFolder, library: PresetLibrary, channel: Channel) -> None:
    """Fit the plain method on the run's training texts and keep it, unless that is done.

    Pictures, and runs of that very method, have none. Where it cannot be had, the result does
    without: nothing may be lost because of it.

    Raises:
        TlguiError: a text is gone or changed by now, or the disk is full.
        JobStopped: a person asked for it.
    """
    dataset = run.read_dataset()
    if dataset.modality != "text" or run.reference.exists() or run.read_plan().preset == NAME:
        return
    strengths = library.catalog[NAME].l2_strengths

    def on_solved(count: int) -> None:
        channel.stop_if_requested()
        channel.progress("reference", count, len(strengths))

    channel.progress("reference", 0, len(strengths))
    inputs = RawTexts(dataset, channel)
    train, validation = (_some(dataset.of_split(split)) for split in ("train", "validation"))
    try:
        solved = solve_word_counts(inputs, train, validation, strengths, on_solved)
    except (MemoryError, ValueError):
        log.exception("no reference")
        return
    durable.replace_file(run.reference, tensor_bytes(solved.tensors))


def judge_reference(
    run: RunFolder, dataset: Dataset, samples: Sequence[Sample], channel: Channel
) -> Reference | None:
    """Return how good the run's reference is on some texts, or None if it has none to read.

    Raises:
        TlguiError: a text is gone or changed by now.
        JobStopped: a person asked for it.
    """
    if not run.reference.exists():
        return None
    inputs = RawTexts(dataset, channel)
    try:
        function = classifier(load(run.reference.read_bytes()))
        rows = apply_to_samples(function, inputs, samples, channel, "reference")
        found = evaluate_predictions(NAME, dataset.classes, labels_of(samples), rows.argmax(axis=1))
    except (OSError, SafetensorError, KeyError, ValueError, IndexError):
        log.exception("the reference cannot be used")
        return None
    return Reference(name=NAME, accuracy=found.accuracy, macro_f1=found.macro_f1)


def _some(samples: Sequence[Sample]) -> Sequence[Sample]:
    """Return all samples, or enough of them at random, with every class among them."""
    if len(samples) <= MAX_SAMPLES:
        return samples
    chosen = {sample.label: sample for sample in samples}  # every class at least once
    others = random.Random(0).sample(samples, MAX_SAMPLES)
    return [*chosen.values(), *others]
