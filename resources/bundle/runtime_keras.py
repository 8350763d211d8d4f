"""Runs the model with Keras."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras


class Model:
    """From arrays by name to probabilities."""

    def __init__(self, folder, settings):
        if settings.get("needs_keras_hub"):
            import keras_hub  # noqa: F401 (its layers are in the model)
        self.model = keras.saving.load_model(folder / settings["model"], compile=False)
        self.model.jit_compile = False  # XLA would compile anew for every size

    def __call__(self, inputs):
        """Return shape (number of samples, number of labels)."""
        if isinstance(self.model.input, dict):
            return self.model.predict_on_batch({name: inputs[name] for name in self.model.input})
        [only] = inputs.values()
        return self.model.predict_on_batch(only)
