"""From the command to a first accuracy: tlgui beside the recipe of Keras' guide, same split.

    python benchmarks/first_answer.py FOLDER

The recipe is that of "Transfer learning & fine-tuning" on keras.io: frozen base, dropout 0.2, 20
epochs of the head with Adam through ``fit``, pictures resized once and kept in memory. Both start
with an empty interpreter, so imports count.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from commands import first_result_s, train, val_accuracy

PRESET = Path(__file__).parents[1] / "resources" / "models" / "efficientnet_lite0_imagenet"
EPOCHS = 20


def main(folder: str) -> None:
    """Print seconds and accuracies of both, and their ratios."""
    with tempfile.TemporaryDirectory() as place:
        run = Path(place) / "run"
        options = ("--run", str(run), "--strategy", "feature_extraction")
        events = train(Path(folder), Path(place), *options).events
        ours_s, accuracy = first_result_s(events), val_accuracy(events)
        print(f"tlgui: {ours_s:.1f} s, validation accuracy {accuracy:.3f}")
        start_s = time.time()
        command = [sys.executable, __file__, "--recipe", str(run)]
        epochs = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    first_s, all_s = epochs[0][0] - start_s, epochs[-1][0] - start_s
    print(f"recipe, first epoch: {first_s:.1f} s, validation accuracy {epochs[0][1]:.3f}")
    print(f"recipe, {EPOCHS} epochs: {all_s:.1f} s, validation accuracy {epochs[-1][1]:.3f}")
    reached = [at_s - start_s for at_s, val in epochs if val >= accuracy]
    print(f"ratio to the first accuracy {first_s / ours_s:.1f}, to the last {all_s / ours_s:.1f}")
    if reached:
        print(f"the recipe is as accurate after {reached[0]:.1f} s: {reached[0] / ours_s:.1f}")
    else:
        best = max(val for _, val in epochs)
        print(f"the recipe never is as accurate, at best {best:.3f}")


def run_recipe(run: str) -> None:
    """Train the recipe on the split of a run; print when each epoch ended, and its accuracy."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    from tlgui.core.run_folder import RunFolder
    from tlgui.engine.data.features import labels_of
    from tlgui.engine.data.picture_inputs import PictureInputs
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
    inputs = PictureInputs(dataset, base.input_shape[1])
    arrays = []
    for split in ("train", "validation"):
        samples = dataset.of_split(split)
        pixels = np.concatenate([np.asarray(batch) for batch in inputs.batches(samples, 32)])
        arrays.append((pixels, labels_of(samples)))
    epochs: list[tuple[float, float]] = []
    told = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda _, logs: epochs.append((time.time(), logs["val_accuracy"]))
    )
    fitted = {"epochs": EPOCHS, "validation_data": arrays[1], "verbose": 0}
    model.fit(*arrays[0], callbacks=[told], **fitted)
    print(json.dumps(epochs))


if __name__ == "__main__":
    run_recipe(sys.argv[2]) if sys.argv[1] == "--recipe" else main(sys.argv[1])
