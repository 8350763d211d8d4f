"""What learns faster learns the same."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from tlgui.engine.models.quick_network import quick_network


def network(*, size: int = 9, **options: Any) -> keras.Model:
    pixels = keras.Input((size, size, 4))
    x = keras.layers.Conv2D(6, 1)(pixels)
    x = keras.layers.DepthwiseConv2D(**options)(x)
    return keras.Model(pixels, x)


def gradients(model: keras.Model, weights: list[Any]) -> list[Any]:
    pixels = tf.constant(np.random.default_rng(0).normal(size=(3, *model.input.shape[1:])))
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(tf.cast(pixels, tf.float32), training=True) ** 2)
    return [loss.numpy(), *(g.numpy() for g in tape.gradient(loss, weights))]


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("size", [8, 9])
@pytest.mark.parametrize("kernel_size", [4, 5, 7, (3, 5)])
def test_wide_filters_learn_the_same_as_by_tensorflows_own_gradient(
    kernel_size: Any, size: int, strides: int, padding: str
) -> None:
    model = network(size=size, kernel_size=kernel_size, strides=strides, padding=padding)
    weights = [variable.value for variable in model.trainable_variables]
    quick = quick_network(model, is_training=True)
    assert quick is not model
    for ours, stock in zip(gradients(quick, weights), gradients(model, weights), strict=True):
        np.testing.assert_allclose(ours, stock, rtol=1e-4, atol=1e-4 * np.abs(stock).max())


def test_filters_with_activation_and_several_outputs_per_channel_learn_the_same() -> None:
    model = network(kernel_size=5, activation="relu", depth_multiplier=2, padding="same")
    weights = [variable.value for variable in model.trainable_variables]
    ours, stock = (
        gradients(quick_network(model, is_training=True), weights),
        gradients(model, weights),
    )
    for one, other in zip(ours, stock, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4 * np.abs(other).max())


@pytest.mark.parametrize(
    "options", [{"kernel_size": 3}, {"kernel_size": 5, "dilation_rate": 2}], ids=str
)
def test_filters_that_would_not_learn_faster_are_left_alone(options: Any) -> None:
    model = network(**options)
    assert quick_network(model, is_training=True) is model


def test_pictures_of_any_size_are_left_to_tensorflow() -> None:
    pixels = keras.Input((None, None, 4))
    model = keras.Model(pixels, keras.layers.DepthwiseConv2D(5, padding="same")(pixels))
    assert quick_network(model, is_training=True) is model


def block(*, is_frozen: bool = True, **norm_options: Any) -> keras.Model:
    """Return a network of convolutions and normalizations with statistics of their own."""
    pixels = keras.Input((8, 8, 4))
    x = keras.layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(pixels)
    x = keras.layers.BatchNormalization(**norm_options)(x)
    x = keras.layers.ReLU(6.0)(x)
    x = keras.layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x)
    x = keras.layers.BatchNormalization(**norm_options)(x)
    x = keras.layers.DepthwiseConv2D(5, padding="same")(x)
    x = keras.layers.BatchNormalization(**norm_options)(x)
    x = keras.layers.BatchNormalization(**norm_options)(x)
    model = keras.Model(pixels, x)
    chance = np.random.default_rng(1)
    for norm in model.layers:
        if isinstance(norm, keras.layers.BatchNormalization):
            norm.set_weights([chance.uniform(0.5, 2, w.shape) for w in norm.get_weights()])
            norm.trainable = not is_frozen
    return model


def norms(model: keras.Model) -> int:
    return sum(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers)


@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False}], ids=str)
def test_frozen_normalizations_are_folded_and_everything_learns_the_same(options: Any) -> None:
    model = block(**options)
    weights = [v.value for v in model.variables if "moving" not in v.path]
    quick = quick_network(model, is_training=True)
    assert norms(quick) == 1
    for ours, stock in zip(gradients(quick, weights), gradients(model, weights), strict=True):
        np.testing.assert_allclose(ours, stock, rtol=1e-4, atol=1e-4 * np.abs(stock).max())


def test_normalizations_that_learn_their_statistics_are_not_folded() -> None:
    model = block(is_frozen=False)
    assert norms(quick_network(model, is_training=True)) == 4
    assert norms(quick_network(model, is_training=False)) == 1


def test_what_a_network_gives_is_the_same() -> None:
    model = block(is_frozen=False)
    pixels = np.random.default_rng(2).normal(size=(3, 8, 8, 4)).astype(np.float32)
    quick = quick_network(model, is_training=False)
    ours, stock = (keras.ops.convert_to_numpy(m(pixels, training=False)) for m in (quick, model))
    np.testing.assert_allclose(ours, stock, rtol=1e-5, atol=1e-5 * np.abs(stock).max())


def test_a_convolution_that_others_need_too_is_not_folded() -> None:
    pixels = keras.Input((8, 8, 4))
    x = keras.layers.Conv2D(6, 1)(pixels)
    norm = keras.layers.BatchNormalization(trainable=False)
    model = keras.Model(pixels, keras.layers.Add()([norm(x), x]))
    assert quick_network(model, is_training=True) is model


def test_a_convolution_that_is_called_twice_is_not_folded() -> None:
    pixels = keras.Input((8, 8, 4))
    twice = keras.layers.Conv2D(4, 1)
    norm = keras.layers.BatchNormalization(trainable=False)
    model = keras.Model(pixels, norm(twice(twice(pixels))))
    assert quick_network(model, is_training=True) is model


def test_a_normalization_that_is_called_twice_is_not_folded() -> None:
    pixels = keras.Input((8, 8, 4))
    norm = keras.layers.BatchNormalization(trainable=False)
    x = norm(keras.layers.Conv2D(4, 1)(pixels))
    model = keras.Model(pixels, norm(keras.layers.Conv2D(4, 1)(x)))
    assert quick_network(model, is_training=True) is model


def test_a_convolution_that_is_given_out_is_not_folded() -> None:
    pixels = keras.Input((8, 8, 4))
    x = keras.layers.Conv2D(6, 1)(pixels)
    model = keras.Model(pixels, [x, keras.layers.BatchNormalization(trainable=False)(x)])
    assert quick_network(model, is_training=True) is model


def test_a_layer_that_computes_something_else_is_left_alone() -> None:
    class Doubled(keras.layers.Conv2D):
        def call(self, inputs: Any) -> Any:
            return 2 * super().call(inputs)

    pixels = keras.Input((8, 8, 4))
    x = keras.layers.BatchNormalization(trainable=False)(Doubled(6, 1)(pixels))
    model = keras.Model(pixels, x)
    assert quick_network(model, is_training=True) is model


def test_activation_between_convolution_and_normalization_stays_there() -> None:
    pixels = keras.Input((8, 8, 4))
    x = keras.layers.Conv2D(6, 1, activation="relu")(pixels)
    model = keras.Model(pixels, keras.layers.BatchNormalization(trainable=False)(x))
    assert quick_network(model, is_training=True) is model
