"""A trained run as a function from resized pixels to probabilities."""

from pathlib import Path

from tlgui.core.errors import TlguiError
from tlgui.core.run_folder import RunFolder
from tlgui.engine.data.features import PixelFunction
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.library import PresetLibrary
from tlgui.engine.training.checkpoints import Checkpoint, Tensors, load_epoch, load_latest
from tlgui.engine.training.head_solver import Head


def best_checkpoint(run: RunFolder) -> Checkpoint:
    """Return the checkpoint of the best epoch.

    Raises:
        TlguiError: no epoch is done yet, or the checkpoint is damaged.
    """
    latest = load_latest(run.checkpoints)
    if latest is None or not latest.position.best_epoch:
        raise TlguiError("no_result_yet", path=str(run.path))
    best = load_epoch(run.checkpoints, latest.position.best_epoch)
    if best is None:
        reason = f"the checkpoint of epoch {latest.position.best_epoch} is damaged"
        raise TlguiError("run_damaged", path=str(run.checkpoints), reason=reason)
    return best


def load_classifier(run: RunFolder, library: PresetLibrary) -> PixelFunction:
    """Return the best model of a run; Keras is loaded only if its backbone was trained.

    Raises:
        TlguiError: there is no result yet, or something is damaged or missing.
    """
    folder = library.folder(run.read_plan().preset)
    tensors = best_checkpoint(run).tensors
    if tensors.keys() == {"head/kernel", "head/bias"}:
        return frozen_classifier(folder, tensors)
    return _keras_classifier(folder, tensors)


def frozen_classifier(folder: Path, tensors: Tensors) -> PixelFunction:
    """Return the preset's frozen backbone followed by the head."""
    backbone = FrozenBackbone(folder)
    head = Head(kernel=tensors["head/kernel"], bias=tensors["head/bias"])
    return lambda pixels: head.probabilities(backbone.features(pixels))


def _keras_classifier(folder: Path, tensors: Tensors) -> PixelFunction:
    from tlgui.engine.models.trained_model import build_trained_model, pixel_probabilities

    return pixel_probabilities(build_trained_model(folder, tensors))
