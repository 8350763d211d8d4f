"""Runs the model with OpenVINO."""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # nothing is told to anybody

import openvino  # noqa: E402

NAMES = ("probabilities", "strangeness")


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        # else some processors compute with three digits only
        exact = {"INFERENCE_PRECISION_HINT": "f32"}
        self.model = openvino.Core().compile_model(folder / settings["model"], "CPU", exact)
        self.names = [node.any_name for node in self.model.inputs]
        # the converter may leave other outputs beside, and names none if there is only one to name
        named = {name: node for node in self.model.outputs for name in node.names if name in NAMES}
        self.outputs = named or {"probabilities": self.model.outputs[0]}

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        found = self.model({name: inputs[name] for name in self.names})
        # copies, because the next answer is written to the same place
        return {name: found[node].copy() for name, node in self.outputs.items()}
