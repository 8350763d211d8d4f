"""Checkpoints: every tensor by its path, published whole, judged before they are believed."""

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from tlgui.core.durable import published_folder
from tlgui.core.records import from_record

NOT_YET = sys.float_info.max  # JSON has no infinity

RESUME_ONLY: Final = ("optimizer/", "raw/", "fisher/", "anchor/")  # that no answer needs

Tensors = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far training has come.

    Attributes:
        phase: Index of the phase that is under way.
        epoch: Whole epochs done, counted over the whole run.
        step: Steps of the next epoch that are already done.
        best_epoch: The epoch with the lowest calibrated validation loss so far, 0 for none.
        best_val_loss: That loss in nats.
        best_val_accuracy: Its validation accuracy, a fraction.
        phase_after_epoch: Epochs of the whole run before the phase.
        phase_best_epoch: The best epoch since the phase began, which patience counts from.
        phase_best_val_loss: Its calibrated validation loss.
        loss_sum: Of the samples of the steps of the next epoch that are already done.
        num_right: Of those samples.
        num_seen: How many they are; without labels hidden words or pictures.
    """

    phase: int = 0
    epoch: int = 0
    step: int = 0
    best_epoch: int = 0
    best_val_loss: float = NOT_YET
    best_val_accuracy: float = 0.0
    phase_after_epoch: int = 0
    phase_best_epoch: int = 0
    phase_best_val_loss: float = NOT_YET
    loss_sum: float = 0.0
    num_right: int = 0
    num_seen: int = 0

    @property
    def begins_phase(self) -> bool:
        """Whether no step of the phase is done yet."""
        return self.epoch == self.phase_after_epoch and not self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Tensors by path (``head/kernel``, ``optimizer/…``) and the position they belong to."""

    tensors: Tensors
    position: Position


def save_checkpoint(folder: Path, tensors: Tensors, position: Position) -> Path:
    """Write a checkpoint, then drop all others but the best epoch's; return its folder.

    Raises:
        TlguiError: the disk is full; the older checkpoints are intact.
    """
    path = folder / _name(position.epoch, position.step)
    with published_folder(path) as partial:
        data = tensor_bytes(tensors)
        (partial / "tensors.safetensors").write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        manifest = {"position": asdict(position), "sha256": digest}
        (partial / "checkpoint.json").write_text(json.dumps(manifest), encoding="utf-8")
    for old in folder.iterdir():
        if old.name not in (path.name, _name(position.best_epoch)):
            shutil.rmtree(old, ignore_errors=True)
    return path


def tensor_bytes(tensors: Tensors) -> bytes:
    """Return the content of a safetensors file.

    Bytes, because the library's own writer hides a full disk behind an error of its own; in C
    order, because it writes other arrays as if they were.
    """
    return save({name: np.asarray(t, order="C") for name, t in tensors.items()})


def judged_tensors(checkpoint: Checkpoint) -> Tensors:
    """Return what of a checkpoint gives answers, without what only a resume needs."""
    return {n: t for n, t in checkpoint.tensors.items() if not n.startswith(RESUME_ONLY)}


def load_latest(folder: Path) -> Checkpoint | None:
    """Return the furthest checkpoint that is whole, or None; damaged ones are passed over."""
    if not folder.is_dir():
        return None
    # a suffix marks what a kill left half published
    names = sorted((p.name for p in folder.glob("epoch-*") if not p.suffix), reverse=True)
    return next((c for c in (_load(folder / name) for name in names) if c), None)


def load_epoch(folder: Path, epoch: int) -> Checkpoint | None:
    """Return the checkpoint at the end of an epoch, or None if it is missing or damaged."""
    return _load(folder / _name(epoch))


def _name(epoch: int, step: int = 0) -> str:
    return f"epoch-{epoch:05d}-step-{step:06d}"


def _load(path: Path) -> Checkpoint | None:
    try:
        manifest = json.loads((path / "checkpoint.json").read_text(encoding="utf-8"))
        data = (path / "tensors.safetensors").read_bytes()
        if hashlib.sha256(data).hexdigest() != manifest["sha256"]:
            return None
        position = from_record(Position, manifest["position"])
        return Checkpoint(tensors=load(data), position=position)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None
