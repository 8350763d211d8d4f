"""Runs the model with TensorFlow."""

import numpy as np
import tensorflow as tf


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        self.model = tf.saved_model.load(str(folder / settings["model"]))
        self.run = self.model.signatures["serving_default"]
        self.names = list(self.run.structured_input_signature[1])

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        found = self.run(**{name: tf.constant(inputs[name]) for name in self.names})
        return {name: np.asarray(values) for name, values in found.items()}
