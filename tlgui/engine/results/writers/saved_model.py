"""TensorFlow's folder for servers."""

from pathlib import Path
from typing import Any

import keras

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_saved_model(
    exportable: Exportable, _quantize: Quantization, model: Path
) -> dict[str, object]:
    """Write the model with the one signature that servers ask for.

    Keras' own export of such a model holds every weight twice.
    """
    import tensorflow as tf

    graph = exportable.graph()

    def serve(**inputs: Any) -> dict[str, Any]:
        only = inputs if isinstance(graph.input, dict) else inputs[graph.input.name]
        answers = graph(only, training=False)
        return answers if isinstance(answers, dict) else {"probabilities": answers}

    module = tf.Module()
    module.kept = [variable.value for variable in graph.variables]  # what is saved
    inputs = keras.tree.flatten(graph.input)
    specs = {tensor.name: tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in inputs}
    signature = tf.function(serve).get_concrete_function(**specs)
    tf.saved_model.save(module, str(model), signatures={"serving_default": signature})
    return {}
