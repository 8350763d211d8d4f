"""Runs the model with ONNX Runtime."""

import onnxruntime

NAMES = {2: "probabilities", 1: "strangeness"}  # by the number of dimensions


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        path = str(folder / settings["model"])
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.names = [node.name for node in self.session.get_inputs()]

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        found = self.session.run(None, {name: inputs[name] for name in self.names})
        return {NAMES[values.ndim]: values for values in found}
