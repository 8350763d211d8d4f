"""The frozen pass over pictures whose pixels are kept: tlgui beside raw ONNX Runtime and Keras.

tlgui reads, checks and stacks the pixels and keeps the features meanwhile; the others find them in
memory. They take turns, so that whatever else the computer does hits all.
"""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

RESOURCES = Path(__file__).parents[1] / "resources"
PRESET = RESOURCES / "models" / "efficientnet_lite0_imagenet"
PICTURES = RESOURCES / "examples" / "pictures"
SIZE_PX = 224
BATCH_SIZE = 32
ROUNDS = 5

Action: TypeAlias = Callable[[], Any]


def main() -> None:
    """Print pictures per second, ratios and the largest difference."""
    from tlgui.engine.channel import Channel
    from tlgui.engine.data.picture_inputs import PictureInputs
    from tlgui.engine.data.row_store import RowStore
    from tlgui.engine.data.scan import scan_folder

    dataset = scan_folder(PICTURES, Channel())
    with tempfile.TemporaryDirectory() as place:
        pixels = RowStore(Path(place, "pixels"))
        inputs = PictureInputs(dataset, SIZE_PX, pixels)
        batches = list(inputs.batches(dataset.samples, BATCH_SIZE))
        pixels.flush()
        actions = _ours(inputs, dataset.samples, Path(place)), _raw(batches), _predicted(batches)
        ours, _, theirs = (action() for action in actions)  # loading and tracing do not count
        fast, bare, slow = _per_s(actions, len(dataset.samples))
    print(f"largest difference of a feature from Keras predict: {np.abs(ours - theirs).max():.1e}")
    print(f"tlgui {fast:.0f}/s, raw ONNX Runtime {bare:.0f}/s, ratio {fast / bare:.2f}")
    print(f"Keras predict {slow:.0f}/s, ratio {fast / slow:.1f}")


def _ours(inputs: Any, samples: Sequence[Any], place: Path) -> Action:
    from tlgui.engine.channel import Channel
    from tlgui.engine.data.features import Kept, apply_to_samples
    from tlgui.engine.data.row_store import RowStore
    from tlgui.engine.models.frozen import open_frozen

    frozen = open_frozen(PRESET, "mean")
    homes = (place / f"features-{number}" for number in itertools.count())

    def features() -> Any:
        kept = Kept(function=frozen, known=RowStore(next(homes)).space())  # nothing is known
        return apply_to_samples(kept, inputs, samples, Channel(), "features")

    return features


def _raw(batches: Sequence[Any]) -> Action:
    from tlgui.engine.models.onnx_session import open_session
    from tlgui.engine.models.preset_files import GRAPH_FILE

    session = open_session(PRESET / GRAPH_FILE)
    return lambda: np.concatenate([session.run(["features"], {"pixels": b})[0] for b in batches])


def _predicted(batches: Sequence[Any]) -> Action:
    import keras

    from tlgui.engine.models.presets import load_backbone

    backbone = load_backbone(PRESET)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    model = keras.Model(backbone.input, pooled)
    model.compile(jit_compile=False)
    pixels = np.concatenate(batches)
    return lambda: model.predict(pixels, batch_size=BATCH_SIZE, verbose=0)


def _per_s(actions: Sequence[Action], number: int) -> list[float]:
    """Return how many pictures each gets through per second: the median over rounds."""
    rounds: list[list[float]] = [[] for _ in actions]
    for _ in range(ROUNDS):
        for action, seconds in zip(actions, rounds, strict=True):
            start_s = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - start_s)
    return [number / float(np.median(seconds)) for seconds in rounds]


if __name__ == "__main__":
    main()
