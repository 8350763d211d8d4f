"""A network whose blocks are layers of its own, whatever hides them."""

from collections.abc import Callable
from typing import Any, Final

import keras


def unrolled(backbone: keras.Model) -> keras.Model:
    """Return a flat functional model with the inputs, outputs and layers of a backbone.

    Layers that hide their blocks (the encoder of a ViT, the stages of a Swin Transformer, nested
    models) are replaced by their parts, called one after the other. The parts are the very same
    objects: their variables keep their values and paths, and training either model trains both.
    A part is named after the layer that it was in: ``vit_encoder_transformer_block_1``.

    Args:
        backbone: Functional or sequential.

    Returns:
        The backbone itself where there is nothing to unroll.
    """
    if isinstance(backbone, keras.Sequential):
        backbone = keras.Model(backbone.inputs[0], backbone.outputs[0], name=backbone.name)
    while any(_is_composite(layer) for layer in backbone.layers):
        backbone = keras.models.clone_model(
            backbone, clone_function=lambda layer: layer, call_function=_call
        )
    return backbone


def _is_composite(operation: keras.Operation) -> bool:
    return isinstance(operation, keras.Model) or type(operation).__name__ in COMPOSITES


def _call(operation: Any, *args: Any, **kwargs: Any) -> Any:
    """Call an operation on symbolic tensors, a composite one part by part."""
    if not _is_composite(operation):
        return operation(*args, **kwargs)
    prefix = f"{operation.name}_"
    for part in operation._flatten_layers(include_self=False, recursive=False):
        # two stages may have a first block of the same name; a variable keeps its path
        if not part.name.startswith(prefix):
            part.name = f"{prefix}{part.name}"
    call_parts: Callable[..., Any] = COMPOSITES.get(type(operation).__name__, _call_inside)
    return call_parts(operation, *args, **kwargs)


def _call_inside(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
    # not through __call__, which would record the layer instead of its parts
    return layer.call(*args, **kwargs)


def _call_deit(encoder: keras.layers.Layer, tokens: keras.KerasTensor) -> keras.KerasTensor:
    for block in encoder.encoder_layers:
        # without the scores it would return None beside the tokens, which no graph can hold
        tokens, _ = block(tokens, return_attention_scores=True)
    return encoder.layer_norm(tokens)


# KerasHub's layers that call one block after the other and hold little else; by name, because
# importing KerasHub takes seconds
COMPOSITES: Final[dict[str, Callable[..., Any]]] = {
    "DeiTEncoder": _call_deit,
    "DINOV2Encoder": _call_inside,
    "DINOV3Encoder": _call_inside,
    "HGNetV2Encoder": _call_inside,
    "HGNetV2Stage": _call_inside,
    "SwinTransformerStage": _call_inside,
    "ViTEncoder": _call_inside,
}
