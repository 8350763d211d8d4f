"""Several models as one that gives the mean of their answers."""

from collections.abc import Sequence

import keras
import numpy as np

from tlgui.engine.results.bundle import answer_layers


def joint_model(members: Sequence[keras.Model], temperature: float) -> keras.Model:
    """Return one model with the input that all of them share; a single one stays as it is.

    Args:
        members: Inputs of the same names and shapes to probabilities.
        temperature: What the logits of the mean are divided by.

    Source:
        As ``Answerer``, in layers and operations that every runtime has.
    """
    if len(members) == 1:
        return members[0]
    inputs = keras.tree.map_structure(_like, members[0].input)
    said = [
        keras.Model(member.input, member.output, name=f"member_{number}")(inputs, training=False)
        for number, member in enumerate(members, 1)
    ]
    mean = keras.layers.Average(name="mean")(said)
    logits = keras.ops.log(keras.ops.maximum(mean, float(np.finfo(np.float32).tiny)))
    return keras.Model(inputs, answer_layers(logits, temperature), name="tlgui_classifier")


def _like(tensor: keras.KerasTensor) -> keras.KerasTensor:
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=tensor.name)
