"""Writes a frozen backbone as an ONNX graph that borrows its weights from safetensors.

Nothing here comes from Keras: the graph is a second reading of the same architecture, so
that the two can check each other.
"""

import json
from pathlib import Path
from typing import Any, Final

import onnx
from onnx import TensorProto, helper

from tlgui.engine.models.backbone_config import BackboneConfig, Block, Conventions, blocks

OPSET: Final = 17
IR_VERSION: Final = 8
RELU6_BOUNDS: Final = {"zero": 0.0, "six": 6.0}
ELEMENT_TYPES: Final = {"F16": TensorProto.FLOAT16, "F32": TensorProto.FLOAT}

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
    return _Graph(config, conventions, weights_path).model()


class _Graph:
    def __init__(
        self, config: BackboneConfig, conventions: Conventions, weights_path: Path
    ) -> None:
        self._config = config
        self._conventions = conventions
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._weights = _external_tensors(weights_path)
        self._size_px = config.input_size_px

    def model(self) -> onnx.ModelProto:
        """Return the finished model."""
        config = self._config
        x = self._scaled("pixels")
        for name, value in RELU6_BOUNDS.items():
            self._constants.append(helper.make_tensor(name, TensorProto.FLOAT, [], [value]))
        x = self._unit(x, "stem_conv", "stem_bn", size=3, strides=2)
        for block in blocks(config):
            x = self._block(x, block)
        x = self._unit(x, "top_conv", "top_bn")
        pooled = self._add("GlobalAveragePool", [x], "pooled")
        self._add("Flatten", [pooled], "features")
        size = config.input_size_px
        graph = helper.make_graph(
            self._nodes,
            config.family,
            [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", size, size, 3])],
            [_float_value("features", ["n", config.feature_size])],
            [*self._constants, *self._weights.values()],
        )
        opset = helper.make_opsetid("", OPSET)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)

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
        return self._add("Add", [x, shortcut], f"{name}_sum") if block.has_shortcut else x

    def _unit(self, x: str, conv: str, batch_norm: str, **shape: int) -> str:
        """Return convolution, batch normalization and ReLU6."""
        x = self._linear(x, conv, batch_norm, **shape)
        return self._add("Clip", [x, *RELU6_BOUNDS], f"{conv}_clipped")

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
        kernel = self._float32(f"{conv}/kernel")
        axes = DEPTHWISE_AXES if groups > 1 else KERNEL_AXES
        kernel = self._add("Transpose", [kernel], f"{conv}_transposed", perm=axes)
        x = self._add(
            "Conv",
            [x, kernel],
            conv,
            kernel_shape=[size, size],
            strides=[strides, strides],
            pads=self._pads(size, strides),
            group=groups,
        )
        statistics = ("gamma", "beta", "moving_mean", "moving_variance")
        inputs = [x, *(self._float32(f"{batch_norm}/{name}") for name in statistics)]
        epsilon = self._conventions.batch_norm_epsilon
        return self._add("BatchNormalization", inputs, batch_norm, epsilon=epsilon)

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
        scale = self._constant("pixel_scale", self._conventions.pixel_scale)
        offset = self._constant("pixel_offset", self._conventions.pixel_offset)
        x = self._add("Mul", [pixels, scale], "scaled_pixels")
        x = self._add("Add", [x, offset], "centered_pixels")
        return self._add("Transpose", [x], "channels_first", perm=[0, 3, 1, 2])

    def _constant(self, name: str, values: tuple[float, ...]) -> str:
        tensor = helper.make_tensor(name, TensorProto.FLOAT, [len(values)], values)
        self._constants.append(tensor)
        return name

    def _float32(self, name: str) -> str:
        if self._weights[name].data_type == TensorProto.FLOAT:
            return name
        return self._add("Cast", [name], f"{name}_float32", to=TensorProto.FLOAT)

    def _add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def _float_value(name: str, shape: list[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _external_tensors(path: Path) -> dict[str, onnx.TensorProto]:
    """Return an initializer for every tensor of a safetensors file, without its values."""
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_bytes))
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in sorted(header.items()):
        begin, end = entry["data_offsets"]
        tensor = TensorProto(
            name=name, dims=entry["shape"], data_type=ELEMENT_TYPES[entry["dtype"]]
        )
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": path.name, "offset": 8 + header_bytes + begin, "length": end - begin}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        tensors[name] = tensor
    return tensors
