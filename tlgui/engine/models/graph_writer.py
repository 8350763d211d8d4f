"""Writes ONNX graphs that borrow their weights from a safetensors file beside them."""

import json
from pathlib import Path
from typing import Any, Final

import onnx
from onnx import TensorProto, helper

ELEMENT_TYPES: Final = {
    "F16": TensorProto.FLOAT16,
    "F32": TensorProto.FLOAT,
    "I8": TensorProto.INT8,
}


class GraphWriter:
    """Collects the nodes, constants and weights of a graph.

    Attributes:
        nodes: In the order of the computation.
        constants: Held by the graph itself.
        weights: By name, each a place in the safetensors file.
    """

    def __init__(self, weights_path: Path) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.weights = _external_tensors(weights_path)

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def floats(self, name: str, values: tuple[float, ...]) -> str:
        """Add a float32 vector and return its name."""
        tensor = helper.make_tensor(name, TensorProto.FLOAT, [len(values)], values)
        self.constants.append(tensor)
        return name

    def integers(self, name: str, values: tuple[int, ...]) -> str:
        """Add an int64 vector and return its name."""
        tensor = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        self.constants.append(tensor)
        return name

    def float32(self, name: str) -> str:
        """Return a weight as float32."""
        if self.weights[name].data_type == TensorProto.FLOAT:
            return name
        return self.add("Cast", [name], f"{name}_float32", to=TensorProto.FLOAT)

    def model(
        self,
        name: str,
        inputs: list[onnx.ValueInfoProto],
        outputs: list[onnx.ValueInfoProto],
        *,
        opset: int,
        ir_version: int,
    ) -> onnx.ModelProto:
        """Return the finished model."""
        initializers = [*self.constants, *self.weights.values()]
        graph = helper.make_graph(self.nodes, name, inputs, outputs, initializers)
        versions = [helper.make_opsetid("", opset)]
        return helper.make_model(graph, opset_imports=versions, ir_version=ir_version)


def float_value(name: str, shape: list[Any]) -> onnx.ValueInfoProto:
    """Return the description of a float32 input or output."""
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
