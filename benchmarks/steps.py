"""A step of training: tlgui's beside a bare ``train_on_batch``, on the same weights and pixels.

Neither updates the statistics of the batch normalizations. Keras can do that only by freezing
those layers whole, so the bare loop trains slightly less: tlgui's step also trains their scales
and offsets. No moving average of the weights is kept, which the bare loop has no counterpart to.
They take turns, so that whatever else the computer does hits both.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras

from tlgui.core.catalog import read_catalog
from tlgui.core.planning import make_plan
from tlgui.core.settings import resources_folder
from tlgui.engine.models.trained_model import build_network
from tlgui.engine.training.phases import apply_phase
from tlgui.engine.training.training_step import Lesson, TrainingStep

PRESET = "efficientnet_lite0_imagenet"
NUM_CLASSES = 10
BATCH_SIZE = 32
ROUNDS, STEPS = 5, 4


def main() -> None:
    """Print steps per second of both and their ratio."""
    chance = np.random.default_rng(0)
    folder = resources_folder() / "models" / PRESET
    preset = read_catalog(resources_folder() / "models.toml")[PRESET]
    plan = make_plan(preset, strategy="full_fine_tuning")
    size = preset.input_size_px
    pixels = chance.integers(0, 256, (BATCH_SIZE, size, size, 3)).astype(np.float32)
    labels = chance.integers(0, NUM_CLASSES, BATCH_SIZE)
    rules = replace(plan.phases[-1].regularization, ema=0.0)
    phase = replace(plan.phases[-1], regularization=rules, schedule="constant")

    ours_model = build_network(folder, plan, NUM_CLASSES)
    step = TrainingStep(ours_model, apply_phase(phase, ours_model, steps_per_epoch=100))
    lesson = Lesson(batch=pixels, labels=labels, weights=np.ones(BATCH_SIZE, np.float32))

    bare = build_network(folder, plan, NUM_CLASSES)
    for layer in bare.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    bare.compile(
        optimizer=keras.optimizers.Adam(phase.learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    ours_s, bare_s = _in_turns(lambda: step(lesson), lambda: bare.train_on_batch(pixels, labels))
    print(f"tlgui {1 / ours_s:.2f} steps/s, train_on_batch {1 / bare_s:.2f} steps/s")
    print(f"ratio {bare_s / ours_s:.2f}")


def _in_turns(*actions: Callable[[], object]) -> list[float]:
    """Return the seconds that one call of each takes: the median over rounds."""
    for action in actions:
        action()  # traces
    rounds: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, seconds in zip(actions, rounds, strict=True):
            start_s = time.perf_counter()
            for _ in range(STEPS):
                action()
            seconds.append((time.perf_counter() - start_s) / STEPS)
    return [float(np.median(seconds)) for seconds in rounds]


if __name__ == "__main__":
    main()
