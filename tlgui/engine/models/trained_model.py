"""A checkpoint's tensors in a Keras network."""

from collections.abc import Sequence
from pathlib import Path

import keras

from tlgui.core.catalog import Pooling
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.linear_head import BIAS, softmax
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.models.traced_steps import logits_step
from tlgui.engine.training.checkpoints import Tensors


def build_trained_model(
    preset_folder: Path, tensors: Tensors, pooling: Pooling = "mean"
) -> keras.Model:
    """Return the preset's network with the tensors of a checkpoint: inputs to logits.

    Args:
        preset_folder: Gives what the checkpoint does not hold: a frozen backbone.
        tensors: By Keras path; ``head/bias`` tells the number of classes.
        pooling: That of the run's plan.

    Raises:
        TlguiError: the preset is missing or damaged.
    """
    model = build_classifier(load_backbone(preset_folder), len(tensors[BIAS]), pooling)
    assign_tensors(model.variables, tensors)
    return model


def assign_tensors(variables: Sequence[keras.Variable], tensors: Tensors) -> None:
    """Assign the tensors that are there by path; other variables keep their values."""
    for variable in variables:
        if variable.path in tensors:
            variable.assign(tensors[variable.path])


def batch_probabilities(model: keras.Model) -> BatchFunction:
    """Return a function from a batch to probabilities, shape (batch, num_classes)."""
    logits = logits_step(model)
    return lambda batch: softmax(logits(batch))
