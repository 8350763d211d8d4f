"""Backbones of inverted residual blocks, built from stock Keras layers only."""

import keras

from tlgui.engine.models.backbone_config import BackboneConfig, Block, Conventions, blocks


def build_inverted_residual(config: BackboneConfig, conventions: Conventions) -> keras.Model:
    """Return a functional backbone with random weights.

    Layers are named as in Keras Applications: ``stem_conv``, ``block2a_expand_conv``,
    ``block2a_dwconv``, …, ``top_activation``.

    Returns:
        Input ``pixels``: float32 (batch, input_size_px, input_size_px, 3), RGB in 0..255;
        the scaling is inside. Output: the last feature map, (batch, height, width,
        feature_size), after its activation.
    """
    layers = _Layers(conventions)
    size = config.input_size_px
    pixels = keras.Input((size, size, 3), name="pixels")
    x = keras.layers.Rescaling(
        list(conventions.pixel_scale), list(conventions.pixel_offset), name="rescaling"
    )(pixels)
    x = layers.convolution(x, "stem_conv", config.stem_channels, kernel_size=3, strides=2)
    x = layers.activation(layers.batch_norm(x, "stem_bn"), "stem_activation")
    for block in blocks(config):
        x = layers.block(x, block)
    x = layers.convolution(x, "top_conv", config.feature_size)
    x = layers.activation(layers.batch_norm(x, "top_bn"), "top_activation")
    return keras.Model(pixels, x, name=config.family)


class _Layers:
    """The layers of one family: applies its conventions to named tensors."""

    def __init__(self, conventions: Conventions) -> None:
        self._conventions = conventions

    def block(self, x: keras.KerasTensor, block: Block) -> keras.KerasTensor:
        """Return the block's output: expand, filter each channel, project, add."""
        shortcut, name = x, block.name
        if block.expands:
            x = self.convolution(x, f"{name}_expand_conv", block.expanded_channels)
            x = self.batch_norm(x, f"{name}_expand_bn")
            x = self.activation(x, f"{name}_expand_activation")
        x = self.depthwise(x, f"{name}_dwconv", block.kernel_size, block.strides)
        x = self.activation(self.batch_norm(x, f"{name}_bn"), f"{name}_activation")
        x = self.convolution(x, f"{name}_project_conv", block.channels)
        x = self.batch_norm(x, f"{name}_project_bn")
        if block.has_shortcut:
            x = keras.layers.Add(name=f"{name}_add")([x, shortcut])
        return x

    def convolution(
        self,
        x: keras.KerasTensor,
        name: str,
        channels: int,
        kernel_size: int = 1,
        strides: int = 1,
    ) -> keras.KerasTensor:
        """Return an ordinary convolution without bias."""
        x, padding = self._padded(x, name, kernel_size, strides)
        layer = keras.layers.Conv2D(
            channels, kernel_size, strides, padding=padding, use_bias=False, name=name
        )
        return layer(x)

    def depthwise(
        self, x: keras.KerasTensor, name: str, kernel_size: int, strides: int
    ) -> keras.KerasTensor:
        """Return a depthwise convolution without bias."""
        x, padding = self._padded(x, name, kernel_size, strides)
        layer = keras.layers.DepthwiseConv2D(
            kernel_size, strides, padding=padding, use_bias=False, name=name
        )
        return layer(x)

    def batch_norm(self, x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        """Return x normalized over the channels."""
        layer = keras.layers.BatchNormalization(
            epsilon=self._conventions.batch_norm_epsilon,
            momentum=self._conventions.batch_norm_momentum,
            name=name,
        )
        return layer(x)

    def activation(self, x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        """Return x clipped to 0..6."""
        return keras.layers.ReLU(max_value=6.0, name=name)(x)

    def _padded(
        self, x: keras.KerasTensor, name: str, kernel_size: int, strides: int
    ) -> tuple[keras.KerasTensor, str]:
        """Return the input and the padding of a convolution; both ways agree at stride 1."""
        if strides == 1 or self._conventions.padding == "same":
            return x, "same"
        border = (kernel_size - 1) // 2
        return keras.layers.ZeroPadding2D(border, name=f"{name}_pad")(x), "valid"
