"""A backbone that is no longer as it was published, as a function from batches to features."""

from pathlib import Path

from tlgui.core.catalog import Pooling
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models.checkpoints import Tensors
from tlgui.engine.models.heads import build_pooled
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.traced_steps import logits_step
from tlgui.engine.models.trained_model import assign_tensors


def open_adapted(folder: Path, pooling: Pooling, tensors: Tensors) -> BatchFunction:
    """Return the function from a batch to features with other weights than the preset's.

    Args:
        folder: Of the preset.
        pooling: See ``build_pooled``.
        tensors: By Keras path.

    Raises:
        TlguiError: the preset is missing or damaged.
    """
    backbone = load_backbone(folder)
    assign_tensors(backbone.variables, tensors)
    return logits_step(build_pooled(backbone, pooling))
