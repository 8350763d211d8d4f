"""Runs the model with LiteRT."""

import os

from ai_edge_litert.interpreter import Interpreter

NAMES = {2: "probabilities", 1: "strangeness"}  # by the number of dimensions


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        path = str(folder / settings["model"])
        self.run = Interpreter(path, num_threads=os.cpu_count()).get_signature_runner()
        self.names = list(self.run.get_input_details())

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        found = self.run(**{name: inputs[name] for name in self.names})
        return {NAMES[values.ndim]: values for values in found.values()}
