"""Writes a frozen backbone as an ONNX graph that borrows its weights from safetensors.

Nothing here comes from Keras: the graph is a second reading of the same architecture, so
that the two can check each other.
"""

from pathlib import Path
from typing import Final

import onnx
from onnx import TensorProto, helper

from tlgui.engine.models.backbone_config import BackboneConfig, Block, Conventions, blocks
from tlgui.engine.models.graph_writer import GraphWriter, float_value

OPSET: Final = 17
IR_VERSION: Final = 8
RELU6_BOUNDS: Final = {"zero": 0.0, "six": 6.0}

# Keras stores (height, width, in, out), ONNX wants (out, in, height, width)
KERNEL_AXES: Final = [3, 2, 0, 1]
# a depthwise kernel is (height, width, channels, 1) and becomes (channels, 1, height, width)
DEPTHWISE_AXES: Final = [2, 3, 0, 1]


def frozen_graph(
    config: BackboneConfig, conventions: Conventions, weights_path: Path
) -> onnx.ModelProto:
    """Return the graph from ``pixels`` (n, size, size, 3) to ``features`` (n, feature_size).

    The weights stay where they are: each is named by its offset in ``weights_path``, which
    must lie beside the graph.
    """
    return _Graph(config, conventions, weights_path).finished()


class _Graph(GraphWriter):
    def __init__(
        self, config: BackboneConfig, conventions: Conventions, weights_path: Path
    ) -> None:
        super().__init__(weights_path)
        self._config = config
        self._conventions = conventions
        self._size_px = config.input_size_px

    def finished(self) -> onnx.ModelProto:
        """Return the finished model."""
        config = self._config
        x = self._scaled("pixels")
        for name, value in RELU6_BOUNDS.items():
            self.constants.append(helper.make_tensor(name, TensorProto.FLOAT, [], [value]))
        x = self._unit(x, "stem_conv", "stem_bn", size=3, strides=2)
        for block in blocks(config):
            x = self._block(x, block)
        x = self._unit(x, "top_conv", "top_bn")
        pooled = self.add("GlobalAveragePool", [x], "pooled")
        self.add("Flatten", [pooled], "features")
        size = config.input_size_px
        return self.model(
            config.family,
            [float_value("pixels", ["n", size, size, 3])],
            [float_value("features", ["n", config.feature_size])],
            opset=OPSET,
            ir_version=IR_VERSION,
        )

    def _block(self, x: str, block: Block) -> str:
        shortcut, name = x, block.name
        if block.expands:
            x = self._unit(x, f"{name}_expand_conv", f"{name}_expand_bn")
        x = self._unit(
            x,
            f"{name}_dwconv",
            f"{name}_bn",
            size=block.kernel_size,
            strides=block.strides,
            groups=block.expanded_channels,
        )
        x = self._linear(x, f"{name}_project_conv", f"{name}_project_bn")
        return self.add("Add", [x, shortcut], f"{name}_sum") if block.has_shortcut else x

    def _unit(self, x: str, conv: str, batch_norm: str, **shape: int) -> str:
        """Return convolution, batch normalization and ReLU6."""
        x = self._linear(x, conv, batch_norm, **shape)
        return self.add("Clip", [x, *RELU6_BOUNDS], f"{conv}_clipped")

    def _linear(
        self,
        x: str,
        conv: str,
        batch_norm: str,
        *,
        size: int = 1,
        strides: int = 1,
        groups: int = 1,
    ) -> str:
        kernel = self.float32(f"{conv}/kernel")
        axes = DEPTHWISE_AXES if groups > 1 else KERNEL_AXES
        kernel = self.add("Transpose", [kernel], f"{conv}_transposed", perm=axes)
        x = self.add(
            "Conv",
            [x, kernel],
            conv,
            kernel_shape=[size, size],
            strides=[strides, strides],
            pads=self._pads(size, strides),
            group=groups,
        )
        statistics = ("gamma", "beta", "moving_mean", "moving_variance")
        inputs = [x, *(self.float32(f"{batch_norm}/{name}") for name in statistics)]
        epsilon = self._conventions.batch_norm_epsilon
        return self.add("BatchNormalization", inputs, batch_norm, epsilon=epsilon)

    def _pads(self, kernel_size: int, strides: int) -> list[int]:
        """Return top, left, bottom, right, and note the size of the output."""
        before = after = (kernel_size - 1) // 2
        output_px = -(-self._size_px // strides)
        if self._conventions.padding == "same":
            total = max((output_px - 1) * strides + kernel_size - self._size_px, 0)
            before, after = total // 2, total - total // 2
        self._size_px = output_px
        return [before, before, after, after]

    def _scaled(self, pixels: str) -> str:
        scale = self.floats("pixel_scale", self._conventions.pixel_scale)
        offset = self.floats("pixel_offset", self._conventions.pixel_offset)
        x = self.add("Mul", [pixels, scale], "scaled_pixels")
        x = self.add("Add", [x, offset], "centered_pixels")
        return self.add("Transpose", [x], "channels_first", perm=[0, 3, 1, 2])
