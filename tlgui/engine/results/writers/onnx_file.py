"""ONNX, for any computer."""

import warnings
from pathlib import Path
from typing import Any

import keras

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_onnx(exportable: Exportable, quantize: Quantization, model: Path) -> dict[str, object]:
    """Write the model in one file."""
    graph = exportable.graph()
    # Keras exports nothing that was never called
    graph(keras.tree.map_structure(_ones, graph.input))
    with warnings.catch_warnings():
        # Keras asks NumPy whether it still has a name that only later versions have again
        warnings.filterwarnings("ignore", "In the future `np.object`", FutureWarning)
        graph.export(str(model), format="onnx", verbose=False)
    # here, because whoever exports in another format need not have these packages
    from tlgui.engine.results.writers.onnx_weights import fold_constants, make_smaller

    fold_constants(model)
    if quantize:
        make_smaller(model, quantize)
    return {}


def _ones(tensor: keras.KerasTensor) -> Any:
    """Return a small array that a model takes; attention to a single token would warn."""
    return keras.ops.ones([size or 2 for size in tensor.shape], tensor.dtype)
