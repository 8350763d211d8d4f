"""A trained run as a function from batches to probabilities, and what feeds it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import PresetInfo
from tlgui.core.dataset import Dataset
from tlgui.core.errors import TlguiError
from tlgui.core.evaluation import Certainty
from tlgui.core.plan import Plan
from tlgui.core.run_folder import RunFolder
from tlgui.engine.channel import Channel
from tlgui.engine.data.inputs import BatchFunction, FileReader, Inputs
from tlgui.engine.data.picture_inputs import PictureInputs, PictureReader
from tlgui.engine.data.text_inputs import RawTexts, TextInputs, TextReader
from tlgui.engine.data.tokenizer import Tokenizer
from tlgui.engine.models import word_counts
from tlgui.engine.models.checkpoints import Checkpoint, Tensors, load_epoch, load_latest
from tlgui.engine.models.frozen import open_kept
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.models.linear_head import Head, head_of
from tlgui.engine.models.preset_tokenizer import load_tokenizer
from tlgui.engine.models.strangeness import Strangeness, read_strangeness


def open_inputs(dataset: Dataset, plan: Plan, library: PresetLibrary, channel: Channel) -> Inputs:
    """Return the samples of a data set as a plan's preset takes them.

    Raises:
        TlguiError: the preset is missing, or a file of it is damaged.
    """
    preset, folder = library.catalog[plan.preset], library.folder(plan.preset)
    if preset.task == "image":
        return PictureInputs(dataset, preset.input_size_px, library.store)
    tokenizer = _tokenizer(plan, preset, folder)
    return TextInputs(dataset, tokenizer, channel) if tokenizer else RawTexts(dataset, channel)


def inputs_key(plan: Plan) -> str:
    """Return what a plan says of how samples are read."""
    return f"sequence_length={plan.sequence_length}"


def open_reader(plan: Plan, preset: PresetInfo, folder: Path) -> FileReader:
    """Return what reads new files for a preset.

    Raises:
        TlguiError: a file of the preset is damaged.
    """
    if preset.task == "image":
        return PictureReader(preset.input_size_px)
    return TextReader(_tokenizer(plan, preset, folder))


def best_checkpoint(run: RunFolder) -> Checkpoint:
    """Return the checkpoint of the best epoch.

    Raises:
        TlguiError: no epoch is done yet, the checkpoint is damaged, or it is an ensemble, whose
            ``members`` have one each.
    """
    members = run.read_plan().members
    if members:
        names = ", ".join(member.name for member in members)
        raise TlguiError("ensemble_has_no_model", path=str(run.path), known=names)
    latest = load_latest(run.checkpoints)
    if latest is None or not latest.position.best_epoch:
        raise TlguiError("no_result_yet", path=str(run.path))
    if latest.position.best_epoch == latest.position.epoch and not latest.position.step:
        return latest
    best = load_epoch(run.checkpoints, latest.position.best_epoch)
    if best is None:
        reason = f"the checkpoint of epoch {latest.position.best_epoch} is damaged"
        raise TlguiError("run_damaged", path=str(run.checkpoints), reason=reason)
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A run's network in two parts.

    Attributes:
        lower: From a batch to one row per sample: what the head takes.
        head: The rest; None where the rows are probabilities already.
    """

    lower: BatchFunction
    head: Head | None

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the head makes of the rows, without a temperature."""
        return self.head.probabilities(rows) if self.head else rows

    def features(self, rows: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Return the rows as one vector per sample, or None if there is no head to take them."""
        return self.head.pooled(rows) if self.head else None


def temperature_of(run: RunFolder, epoch: int) -> float:
    """Return the temperature of the model of an epoch; 1 as long as nobody has found it.

    Raises:
        TlguiError: the evaluation is damaged.
    """
    certainty = certainty_of(run, epoch)
    return certainty.temperature if certainty else 1.0


def certainty_of(run: RunFolder, epoch: int) -> Certainty | None:
    """Return what the validation samples say of the model of an epoch, once somebody asked them.

    Raises:
        TlguiError: the evaluation is damaged.
    """
    evaluation = run.read_evaluation() if run.has_evaluation() else None
    return evaluation.certainty if evaluation and evaluation.epoch == epoch else None


def strangeness_of(run: RunFolder, epoch: int) -> Strangeness | None:
    """Return what tells how strange samples are to the model of an epoch, once it was found.

    Raises:
        TlguiError: the evaluation is damaged.
    """
    return read_strangeness(run.evaluation) if certainty_of(run, epoch) else None


def open_network(plan: Plan, library: PresetLibrary, tensors: Tensors) -> Network:
    """Return the model of a run's checkpoint as training left it, without a temperature.

    Keras is loaded only if its backbone was trained.

    Raises:
        TlguiError: the preset is damaged or missing.
    """
    folder = library.folder(plan.preset)
    if word_counts.IDF in tensors:
        return Network(lower=word_counts.classifier(tensors), head=None)
    head = head_of(tensors)
    if head is None:
        return _keras_network(folder, tensors, plan)
    lower = open_kept(folder, plan.pooling, inputs_key(plan), library.store)
    return Network(lower=lower, head=head)


def _keras_network(folder: Path, tensors: Tensors, plan: Plan) -> Network:
    from tlgui.engine.models.trained_model import build_trained_model, features_and_head

    lower, head = features_and_head(build_trained_model(folder, tensors, plan))
    return Network(lower=lower, head=head)


def _tokenizer(plan: Plan, preset: PresetInfo, folder: Path) -> Tokenizer | None:
    if preset.family == word_counts.FAMILY:
        return None
    return load_tokenizer(folder, plan.sequence_length)
