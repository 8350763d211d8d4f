"""A plan's network in Keras, and a checkpoint's tensors in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import keras

from tlgui.core.errors import TlguiError
from tlgui.core.phase import Part, Selection
from tlgui.core.plan import Plan
from tlgui.engine.data.inputs import BatchFunction
from tlgui.engine.models import adapters, prompts
from tlgui.engine.models.adapters import add_adapters
from tlgui.engine.models.checkpoints import Tensors
from tlgui.engine.models.heads import build_classifier
from tlgui.engine.models.linear_head import BIAS, Head, head_of, softmax
from tlgui.engine.models.low_rank import add_low_rank, merged_matrices
from tlgui.engine.models.preset_files import read_preset_config
from tlgui.engine.models.presets import build_backbone, load_backbone
from tlgui.engine.models.prompts import add_prompts
from tlgui.engine.models.segments import HEAD_NAME
from tlgui.engine.models.traced_steps import logits_step

_ADDING: Final[dict[Part, Callable[[keras.Model, Selection], keras.Model]]] = {
    "low_rank": add_low_rank,
    "adapter": add_adapters,
    "prompt": add_prompts,
}


def build_network(
    preset_folder: Path, plan: Plan, num_classes: int, dropout: float = 0.0
) -> keras.Model:
    """Return the network that a plan trains: inputs to logits.

    Args:
        preset_folder: Gives the backbone, and its weights unless the plan starts without.
        plan: Says what is added to the backbone.
        num_classes: Width of the head.
        dropout: See ``Regularization``.

    Raises:
        TlguiError: the preset is missing or damaged.
    """
    if plan.is_pretrained:
        backbone = load_backbone(preset_folder)
    else:
        backbone = build_backbone(read_preset_config(preset_folder).backbone)
    for selection in dict.fromkeys(phase.trains for phase in plan.phases):
        if selection.part in _ADDING:
            backbone = _ADDING[selection.part](backbone, selection)
    return build_classifier(backbone, num_classes, plan.pooling, dropout)


def build_trained_model(preset_folder: Path, tensors: Tensors, plan: Plan) -> keras.Model:
    """Return the network with the tensors of a checkpoint, made of stock layers only.

    Args:
        preset_folder: Gives what the checkpoint does not hold: a frozen backbone.
        tensors: By Keras path; ``head/bias`` tells the number of classes.
        plan: That of the run.

    Raises:
        TlguiError: the preset is missing or damaged, or the checkpoint lacks something.
    """
    num_classes = len(tensors[BIAS])
    if head_of(tensors) is not None:  # nothing but the head was trained
        return _plain_model(preset_folder, tensors, plan)
    model = build_network(preset_folder, plan, num_classes)
    missing = {weight.path for weight in model.weights} - tensors.keys()
    if missing and all(is_added(path) for path in missing):
        # the head was solved on an adapted backbone, and nothing was added to that yet
        return _plain_model(preset_folder, tensors, plan)
    if missing:
        reason = f"it lacks {min(missing)}"
        raise TlguiError("run_damaged", path="the checkpoint", reason=reason)
    assign_tensors(model.variables, tensors)
    merged = merged_matrices(model)
    return _plain_model(preset_folder, {**tensors, **merged}, plan) if merged else model


def _plain_model(preset_folder: Path, tensors: Tensors, plan: Plan) -> keras.Model:
    """Return the preset's network without anything added."""
    num_classes = len(tensors[BIAS])
    model = build_classifier(load_backbone(preset_folder), num_classes, plan.pooling)
    assign_tensors(model.variables, tensors)
    return model


def is_added(path: str) -> bool:
    """Return whether a weight, by its path, was added to a backbone."""
    layer, _, rest = path.partition("/")
    is_low_rank = rest.rpartition("/")[2].startswith("lora_")
    return is_low_rank or adapters.MARK in layer or prompts.MARK in layer


def assign_tensors(variables: Sequence[keras.Variable], tensors: Tensors) -> None:
    """Assign the tensors that are there by path; other variables keep their values."""
    for variable in variables:
        if variable.path in tensors:
            variable.assign(tensors[variable.path])


def batch_probabilities(model: keras.Model) -> BatchFunction:
    """Return a function from a batch to probabilities, shape (batch, num_classes)."""
    logits = logits_step(model)
    return lambda batch: softmax(logits(batch))


def features_and_head(model: keras.Model) -> tuple[BatchFunction, Head]:
    """Return a network as the function from a batch to what its head takes, and the head."""
    layer = model.get_layer(HEAD_NAME)
    kernel, bias = layer.get_weights()
    return logits_step(keras.Model(model.input, layer.input)), Head(kernel=kernel, bias=bias)
