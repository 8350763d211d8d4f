"""Runs the model with KerasHub: the text encoder of the folder preset, then head.keras."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import keras_hub


class Model:
    """From arrays by name to answers by name."""

    def __init__(self, folder, settings):
        backbone = keras_hub.models.Backbone.from_preset(str(folder / settings["model"]))
        head = keras.saving.load_model(folder / "head.keras", compile=False)
        mask = backbone.input["padding_mask"]
        states = backbone.output["sequence_output"]
        answers = head({"sequence_output": states, "padding_mask": mask})
        self.model = keras.Model(backbone.input, answers)
        self.model.jit_compile = False  # XLA would compile anew for every length of the texts

    def __call__(self, inputs):
        """Return what the model gives by name: see Classifier.answers."""
        found = self.model.predict_on_batch({name: inputs[name] for name in self.model.input})
        return {"probabilities": found}
