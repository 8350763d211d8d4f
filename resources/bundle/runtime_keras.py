"""Runs the model with Keras."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras

NAMES = {2: "probabilities", 1: "strangeness"}  # by the number of dimensions


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        if settings.get("needs_keras_hub"):
            import keras_hub  # noqa: F401 (its layers are in the model)
        self.model = keras.saving.load_model(folder / settings["model"], compile=False)
        self.model.jit_compile = False  # XLA would compile anew for every size

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        if isinstance(self.model.input, dict):
            found = self.model.predict_on_batch({name: inputs[name] for name in self.model.input})
        else:
            [only] = inputs.values()
            found = self.model.predict_on_batch(only)
        return {NAMES[values.ndim]: values for values in keras.tree.flatten(found)}
