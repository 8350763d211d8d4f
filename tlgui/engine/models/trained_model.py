"""A checkpoint's tensors in a Keras network."""

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from tlgui.engine.data.features import PixelFunction
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.presets import load_backbone
from tlgui.engine.training.checkpoints import Tensors
from tlgui.engine.training.head_solver import softmax


def build_trained_model(preset_folder: Path, tensors: Tensors) -> keras.Model:
    """Return the preset's network with the tensors of a checkpoint: pixels to logits.

    Args:
        preset_folder: Gives what the checkpoint does not hold: a frozen backbone.
        tensors: By Keras path; ``head/bias`` tells the number of classes.

    Raises:
        TlguiError: the preset is missing or damaged.
    """
    model = build_classifier(load_backbone(preset_folder), len(tensors["head/bias"]))
    assign_tensors(model.variables, tensors)
    return model


def assign_tensors(variables: Sequence[keras.Variable], tensors: Tensors) -> None:
    """Assign the tensors that are there by path; other variables keep their values."""
    for variable in variables:
        if variable.path in tensors:
            variable.assign(tensors[variable.path])


def pixel_probabilities(model: keras.Model) -> PixelFunction:
    """Return a function from resized pixels to probabilities, shape (batch, num_classes)."""

    def probabilities(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        return softmax(np.asarray(model.predict_on_batch(pixels)))

    return probabilities
