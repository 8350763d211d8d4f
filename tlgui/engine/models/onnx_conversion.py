"""A Keras model as an ONNX graph, with what the converter does not know of TensorFlow."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tf2onnx.handler import tf_op  # type: ignore[import-untyped]


def write_onnx_graph(model: keras.Model, file: Path) -> None:
    """Write a functional model as an ONNX graph; what the converter raises is passed on."""
    # Keras exports nothing that was never called
    model(keras.tree.map_structure(_ones, model.input))
    with warnings.catch_warnings():
        # Keras asks NumPy whether it still has a name that only later versions have again
        warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
        model.export(str(file), format="onnx", verbose=False)


@tf_op("Erfc")
class _Erfc:
    """What TensorFlow computes GELU with, and ONNX has no operation for: 1 - erf(x)."""

    @classmethod
    def version_9(cls, graph: Any, node: Any, **_: object) -> None:
        """Put two operations in the place of one; opset 9 brought ``Erf``."""
        [shape], [dtype] = node.output_shapes, node.output_dtypes
        graph.remove_node(node.name)
        one = graph.make_const(f"{node.name}/one", np.array(1, np.float32))
        erf = graph.make_node("Erf", [node.input[0]])
        graph.make_node(
            *("Sub", [one.output[0], erf.output[0]]),
            name=node.name,
            outputs=node.output,
            shapes=[shape],
            dtypes=[dtype],
        )


def _ones(tensor: keras.KerasTensor) -> Any:
    """Return a small array that a model takes; attention to a single token would warn."""
    return keras.ops.ones([size or 2 for size in tensor.shape], tensor.dtype)
