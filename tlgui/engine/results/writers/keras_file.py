"""Keras' own file."""

from pathlib import Path

import keras

from tlgui.core.export_formats import Quantization
from tlgui.engine.results.exportable import Exportable


def write_keras(exportable: Exportable, _quantize: Quantization, model: Path) -> dict[str, object]:
    """Write the model; its layers are stock, so that Keras loads it without other code."""
    found = exportable.stock_model()
    found.save(model)
    return {"needs_keras_hub": needs_keras_hub(found)}


def needs_keras_hub(model: keras.Model) -> bool:
    """Return whether a layer of a model is one of KerasHub."""
    layers = model._flatten_layers()
    return any(type(layer).__module__.startswith("keras_hub") for layer in layers)
