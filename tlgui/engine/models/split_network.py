"""A network cut in two: what stays as it is, and what learns from what that gives."""

from dataclasses import dataclass

import keras

from tlgui.core.phase import Selection
from tlgui.engine.models.layer_groups import boundary


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitNetwork:
    """Two models that share their layers with the whole.

    Attributes:
        lower: What the network takes to the states at the boundary.
        upper: The states, and for texts the padding mask, to what the network gives.
    """

    lower: keras.Model
    upper: keras.Model


def split_network(model: keras.Model, selection: Selection) -> SplitNetwork | None:
    """Return a network in two parts, or None where nothing is frozen before what learns.

    Args:
        model: A flat functional network whose head takes nothing but the last features.
        selection: Says which groups learn.
    """
    states = boundary(model, selection)
    if states is None:
        return None
    inputs = [states, model.input["padding_mask"]] if isinstance(model.input, dict) else states
    return SplitNetwork(
        lower=keras.Model(model.input, states, name="lower"),
        upper=keras.Model(inputs, model.output, name="upper"),
    )
