"""Runs the model with OpenVINO."""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # nothing is told to anybody

import openvino  # noqa: E402


class Model:
    """From arrays by name to probabilities."""

    def __init__(self, folder, settings):
        # else some processors compute with three digits only
        exact = {"INFERENCE_PRECISION_HINT": "f32"}
        self.model = openvino.Core().compile_model(folder / settings["model"], "CPU", exact)
        self.names = [node.any_name for node in self.model.inputs]

    def __call__(self, inputs):
        """Return shape (number of samples, number of labels)."""
        found = self.model({name: inputs[name] for name in self.names})
        return found[self.model.outputs[0]].copy()  # the next answer is written to the same place
