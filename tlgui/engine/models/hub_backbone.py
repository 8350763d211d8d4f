"""Networks of KerasHub as backbones: behind pixels or tokens, and with their blocks in the open."""

import math
from typing import Any

import keras

from tlgui.engine.models.hub_config import HubConfig
from tlgui.engine.models.unrolled import unrolled


def build_hub_backbone(config: HubConfig) -> keras.Model:
    """Return a flat functional backbone with random weights.

    Returns:
        For pictures: input ``pixels``, float32 (batch, input_size_px, input_size_px, 3), RGB in
        0..255; output a feature map, or the features of every token (batch, tokens, size). For
        texts: KerasHub's own inputs by name; output the features of every token, alone or as
        ``sequence_output``.
    """
    inner = unrolled(rolled_backbone(config))
    return inner if config.kind.task == "text" else _behind_pixels(inner, config)


def rolled_backbone(config: HubConfig) -> keras.Model:
    """Return KerasHub's own network with random weights, as it is made, for scaled pixels."""
    kind = config.kind
    side = config.input_size_px
    shape = {kind.image_argument: (side, side, 3)} if kind.task == "image" else {}
    if not kind.class_name:
        name = str(config.sizes["name"])
        return getattr(keras.applications, name)(include_top=False, weights=None, **shape)
    import keras_hub  # here, because it takes seconds that other families need not wait

    build = getattr(keras_hub.models, kind.class_name)
    return build(**config.sizes, **shape, name=config.family)


def hub_variable_shapes(config: HubConfig) -> dict[str, tuple[int, ...]]:
    """Return every variable's shape by its Keras path, without room for their values."""
    with keras.StatelessScope(initialize_variables=False):
        weights = rolled_backbone(config).weights
    return {weight.path: tuple(weight.shape) for weight in weights}


def num_hub_values(config: HubConfig) -> int:
    """Return how many values the variables of a backbone have in all."""
    return sum(math.prod(shape) for shape in hub_variable_shapes(config).values())


def _behind_pixels(inner: keras.Model, config: HubConfig) -> keras.Model:
    side = config.input_size_px
    pixels = keras.Input((side, side, 3), name="pixels")
    scale, offset = list(config.pixel_scale), list(config.pixel_offset)
    scaled = keras.layers.Rescaling(scale, offset, name="pixel_scaling")(pixels)
    # not through __call__, which would hide the layers in one
    features = inner.call(_like(inner.input, scaled))
    return keras.Model(pixels, _last(features), name=config.family)


def _like(inputs: Any, scaled: keras.KerasTensor) -> Any:
    """Return the pixels under the name that a network has for them."""
    return dict.fromkeys(inputs, scaled) if isinstance(inputs, dict) else scaled


def _last(features: Any) -> keras.KerasTensor:
    """Return the deepest of several outputs."""
    if isinstance(features, dict):
        return features.get("sequence_output", [*features.values()][-1])
    return features
