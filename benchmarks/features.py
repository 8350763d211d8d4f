"""The frozen pass: ONNX Runtime beside Keras ``predict``, on the same weights and pixels."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

PRESET = Path(__file__).parents[1] / "resources" / "models" / "efficientnet_lite0_imagenet"
BATCH_SIZE = 32
NUM_BATCHES = 8


def main() -> None:
    """Print pictures per second, their ratio and the largest difference."""
    import keras

    from tlgui.engine.models.frozen_backbone import FrozenBackbone
    from tlgui.engine.models.presets import load_backbone

    frozen = FrozenBackbone(PRESET)
    backbone = load_backbone(PRESET)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    model = keras.Model(backbone.input, pooled)
    model.compile(jit_compile=False)
    size = frozen.input_size_px
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (BATCH_SIZE, size, size, 3)).astype(np.float32)
    ours, theirs = frozen.features(pixels), model.predict(pixels, verbose=0)
    print(f"largest difference of a feature: {np.abs(ours - theirs).max():.1e}")
    fast = _pictures_per_s(lambda: frozen.features(pixels))
    slow = _pictures_per_s(lambda: model.predict(pixels, verbose=0))
    print(f"ONNX Runtime {fast:.0f}/s, Keras predict {slow:.0f}/s, ratio {fast / slow:.1f}")


def _pictures_per_s(compute: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    for _ in range(NUM_BATCHES):
        compute()
    return NUM_BATCHES * BATCH_SIZE / (time.perf_counter() - start_s)


if __name__ == "__main__":
    main()
