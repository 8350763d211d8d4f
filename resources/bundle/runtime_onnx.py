"""Runs the model with ONNX Runtime."""

import onnxruntime


class Model:
    """From arrays by name to probabilities."""

    def __init__(self, folder, settings):
        path = str(folder / settings["model"])
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.names = [node.name for node in self.session.get_inputs()]

    def __call__(self, inputs):
        """Return shape (number of samples, number of labels)."""
        [probabilities] = self.session.run(None, {name: inputs[name] for name in self.names})
        return probabilities
