"""What is particular to a bundle of a model of pictures."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import keras
import numpy as np

from tlgui.engine.child import FreshModel
from tlgui.engine.data.images import ROUNDING, decode, read_pixels
from tlgui.engine.models.trained_model import build_trained_model
from tlgui.engine.results.bundle import MODEL_FILE, Trained, answer_layers, write_preprocessing
from tlgui.engine.results.comparison import Answers

USAGE: Final = f"""
Needs `keras`, `tensorflow` and, to read files, `pillow`. Resizing and scaling are inside the
model.

```python
import json

import keras
import numpy as np
from PIL import Image, ImageOps

model = keras.saving.load_model("{MODEL_FILE}")
labels = json.load(open("labels.json", encoding="utf-8"))
settings = json.load(open("preprocessing.json", encoding="utf-8"))
size_px = settings["resize"]["size_px"]
picture = Image.open("picture.jpg")
picture.draft("RGB", (2 * size_px, 2 * size_px))  # a large photo is read at a reduced size
picture = ImageOps.exif_transpose(picture).convert("RGBA")
white = Image.new("RGBA", picture.size, "white")
picture = Image.alpha_composite(white, picture).convert("RGB")
probabilities = model.predict(np.asarray(picture)[np.newaxis])[0]
is_sure = probabilities.max() >= settings["not_sure_below"]
print(labels[probabilities.argmax()] if is_sure else "not sure", probabilities.max())
```
"""


def write_model(trained: Trained, bundle: Path) -> None:
    """Write the model and how pictures have to reach it."""
    size_px = trained.preset.input_size_px
    model = build_trained_model(trained.preset_folder, trained.tensors, trained.plan)
    with_preprocessing(model, size_px, trained.temperature).save(bundle / MODEL_FILE)
    preprocessing = {
        "inside_the_model": ["resize", "scaling"],
        "input": "RGB pixels 0..255, height x width x 3, oriented by EXIF, alpha on white",
        "resize": {"size_px": size_px, "method": "bilinear, antialiased, stretched, rounded"},
    }
    write_preprocessing(trained, bundle, preprocessing)


def with_preprocessing(model: keras.Model, size_px: int, temperature: float = 1.0) -> keras.Model:
    """Return a model from pixels of any size to probabilities, made of stock layers only.

    Args:
        model: resized pixels (batch, size, size, 3) in 0..255 to logits.
        size_px: side of the square it takes.
        temperature: what the logits are divided by.

    Returns:
        A functional model: pixels (batch, height, width, 3) in 0..255 to probabilities
        (batch, num_classes).
    """
    pixels = keras.Input((None, None, 3), name="pixels")
    resize = keras.layers.Resizing(size_px, size_px, antialias=True, name="resize")
    # without training=False everything after it would run in training mode
    # whole levels, as the network knows them
    whole = keras.ops.floor(resize(pixels, training=False) + ROUNDING)
    logits = model(whole, training=False)
    probabilities = answer_layers(logits, temperature)
    return keras.Model(pixels, probabilities, name="tlgui_classifier")


def compared(trained: Trained, bundle: Path) -> Iterator[Answers]:
    """Yield our answers and the bundle's for every test picture."""
    dataset, size_px = trained.dataset, trained.preset.input_size_px
    with FreshModel(str(bundle / MODEL_FILE)) as exported:
        for sample in dataset.of_split("test"):
            path = Path(dataset.folder, sample.path)
            ours = trained.classifier(read_pixels(path, size_px)[np.newaxis].astype(np.float32))
            theirs = exported.of_picture(np.asarray(decode(path, size_px).pixels))
            yield Answers(ours=ours, theirs=theirs[np.newaxis])
