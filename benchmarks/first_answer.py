"""From the command to a first accuracy: tlgui beside the recipe of Keras' guide, same split.

The recipe is that of "Transfer learning & fine-tuning" on keras.io: frozen base, dropout 0.2, 20
epochs of the head with Adam through ``fit``, pictures resized once and kept in memory.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
PRESET = ROOT / "resources" / "models" / "efficientnet_lite0_imagenet"


def main(folder: str) -> None:
    """Print seconds and accuracies of both, and their ratio."""
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        done = subprocess.run(
            [
                *(sys.executable, ROOT / "main.py", "train", folder, "--run", run, "--json"),
                *("--strategy", "feature_extraction"),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "TLGUI_HOME": place},
        )
        events = [json.loads(line) for line in done.stdout.splitlines()]
        first = next(e for e in events if e["kind"] == "first_result")
        accuracy = first["val_accuracy"]["value"]
        print(f"tlgui: {first['elapsed_s']:.1f} s, validation accuracy {accuracy:.3f}")
        start_s = time.perf_counter()
        command = [sys.executable, __file__, "--recipe", str(run)]
        recipe = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        elapsed_s = time.perf_counter() - start_s
    print(f"recipe: {elapsed_s:.1f} s, validation accuracy {recipe:.3f}")
    print(f"ratio {elapsed_s / first['elapsed_s']:.1f}")


def run_recipe(run: str) -> None:
    """Train the guide's recipe on the run's split and print the validation accuracy."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    from tlgui.core.run_folder import RunFolder
    from tlgui.engine.data.features import labels_of, pixel_batches
    from tlgui.engine.models.presets import load_backbone

    dataset = RunFolder(Path(run)).read_dataset()
    keras.utils.set_random_seed(0)
    base = load_backbone(PRESET)
    base.trainable = False
    pooled = keras.layers.GlobalAveragePooling2D()(base(base.input, training=False))
    dropped = keras.layers.Dropout(0.2)(pooled)
    model = keras.Model(base.input, keras.layers.Dense(len(dataset.classes))(dropped))
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    arrays = []
    for split in ("train", "validation"):
        samples = dataset.of_split(split)
        pixels = np.concatenate(list(pixel_batches(dataset, samples, base.input_shape[1])))
        arrays.append((pixels, labels_of(samples)))
    model.fit(*arrays[0], epochs=20, validation_data=arrays[1], verbose=0)
    print(json.dumps(model.evaluate(*arrays[1], verbose=0)[1]))


if __name__ == "__main__":
    run_recipe(sys.argv[2]) if sys.argv[1] == "--recipe" else main(sys.argv[1])
