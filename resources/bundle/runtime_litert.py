"""Runs the model with LiteRT."""

import os

from ai_edge_litert.interpreter import Interpreter


class Model:
    """From arrays by name to probabilities."""

    def __init__(self, folder, settings):
        path = str(folder / settings["model"])
        self.run = Interpreter(path, num_threads=os.cpu_count()).get_signature_runner()
        self.names = list(self.run.get_input_details())

    def __call__(self, inputs):
        """Return shape (number of samples, number of labels)."""
        [probabilities] = self.run(**{name: inputs[name] for name in self.names}).values()
        return probabilities
