"""LiteRT, for phones."""

from pathlib import Path
from typing import Any

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_litert(exportable: Exportable, quantize: Quantization, model: Path) -> dict[str, object]:
    """Write the model, of operations that need no TensorFlow beside LiteRT.

    With "int8" the weights are whole numbers and everything else is computed as before, which
    needs no samples to measure ranges on.
    """
    import tensorflow as tf

    target: dict[str, Any] = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
    smaller: dict[str, Any] = {}
    if quantize:
        smaller["optimizations"] = [tf.lite.Optimize.DEFAULT]
    if quantize == "float16":
        target["supported_types"] = [tf.float16]
    graph, settings = exportable.fixed_graph()
    graph.export(str(model), format="litert", verbose=False, target_spec=target, **smaller)
    return settings
