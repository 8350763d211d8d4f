"""A convolutional network that computes the same, faster where there is no GPU."""

from collections import Counter
from typing import Any, Final

import keras
import tensorflow as tf

from tlgui.engine.models.wide_filters import WIDEST, convolve_wide

_CONVOLUTIONS: Final = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)


def quick_network(model: keras.Model, *, is_training: bool) -> keras.Model:
    """Return a model that gives the same and shares all weights, but is faster.

    A batch normalization whose statistics stay is a multiplication and an addition for each
    channel. Both are folded into the convolution before it, which saves two passes over what
    that gives, and two more on the way back. Wide depthwise filters learn as ``convolve_wide``
    says.

    It cannot be saved, and goes by how the batch normalizations are set now. Subclasses of Keras'
    layers, which may compute something else, are left alone.

    Args:
        model: Flat and functional.
        is_training: Whether it is called in training mode.

    Returns:
        The model itself where nothing would be faster.
    """
    if tf.config.list_logical_devices("GPU"):
        return model
    folded = _foldable(model, is_training)  # by the id of the normalization
    waiting = {id(convolution) for convolution in folded.values()}
    if not folded and not any(map(_is_wide, model.layers)):
        return model

    def call(layer: keras.layers.Layer, *args: Any, **kwargs: Any) -> Any:
        if id(layer) in waiting:
            return args[0]  # is convolved where it is normalized
        if id(layer) in folded:
            return _Convolution(folded[id(layer)], layer)(args[0])
        if _is_wide(layer):
            return _Convolution(layer, None)(args[0])
        return layer(*args, **kwargs)

    return keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)


def _foldable(model: keras.Model, is_training: bool) -> dict[int, keras.layers.Layer]:
    """Return the convolution that each batch normalization, known by its id, is folded into."""
    nodes = [node for level in model._nodes_by_depth.values() for node in level]
    tensors = [tensor for node in nodes for tensor in node.input_tensors]
    uses = Counter(map(id, [*tensors, *model.outputs]))
    calls = Counter(id(node.operation) for node in nodes)
    found = {}
    for node in nodes:
        norm = node.operation
        if not _is_fixed(norm, is_training):
            continue
        tensor = node.input_tensors[0]
        before = tensor._keras_history.operation
        if _is_linear(before) and uses[id(tensor)] == calls[id(before)] == calls[id(norm)] == 1:
            found[id(norm)] = before
    return found


def _is_fixed(layer: keras.Operation, is_training: bool) -> bool:
    """Return whether a layer normalizes each channel by statistics that stay."""
    if type(layer) is not keras.layers.BatchNormalization or layer.axis not in (-1, 3):
        return False
    return not (is_training and layer.trainable)


def _is_linear(layer: keras.Operation) -> bool:
    is_plain = type(layer) in _CONVOLUTIONS and layer.data_format == "channels_last"
    return is_plain and layer.activation in (None, keras.activations.linear)


def _is_wide(layer: keras.Operation) -> bool:
    if type(layer) is not keras.layers.DepthwiseConv2D:
        return False
    is_plain = layer.data_format == "channels_last" and layer.dilation_rate == (1, 1)
    return bool(is_plain and layer.kernel_size[1] > WIDEST and None not in layer.input.shape[1:])


class _Convolution(keras.layers.Layer):  # type: ignore[misc]
    """Stands in for a convolution and the batch normalization after it, if any."""

    def __init__(
        self, layer: keras.layers.Layer, norm: keras.layers.BatchNormalization | None
    ) -> None:
        super().__init__(name=f"quick_{layer.name}")
        self._layer = layer
        self._norm = norm
        self._each = isinstance(layer, keras.layers.DepthwiseConv2D)  # channel for itself

    def call(self, inputs: Any) -> Any:
        layer, kernel, bias = self._layer, self._layer.kernel, self._layer.bias
        if self._norm is not None:
            scale, shift = _scale_and_shift(self._norm)
            kernel = kernel * (keras.ops.reshape(scale, kernel.shape[2:]) if self._each else scale)
            bias = shift if bias is None else shift + scale * bias
        outputs = self._convolved(inputs, tf.convert_to_tensor(kernel))
        if bias is not None:
            outputs = tf.nn.bias_add(outputs, tf.convert_to_tensor(bias))
        return outputs if layer.activation is None else layer.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._layer.compute_output_shape(input_shape)

    def _convolved(self, inputs: Any, kernel: Any) -> Any:
        layer = self._layer
        if _is_wide(layer):
            return convolve_wide(inputs, kernel, layer.strides, layer.padding)
        convolve = keras.ops.depthwise_conv if self._each else keras.ops.conv
        return convolve(
            inputs,
            kernel,
            strides=layer.strides,
            padding=layer.padding,
            dilation_rate=layer.dilation_rate,
            data_format=layer.data_format,
        )


def _scale_and_shift(norm: keras.layers.BatchNormalization) -> tuple[Any, Any]:
    """Return what a channel is multiplied by, and what is added then, each (channels,)."""
    scale = keras.ops.rsqrt(norm.moving_variance + norm.epsilon)
    if norm.scale:
        scale = scale * norm.gamma
    shift = -norm.moving_mean * scale
    return scale, shift + norm.beta if norm.center else shift
