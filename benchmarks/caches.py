"""What is not computed twice: a second strategy on a folder, and an epoch of ``top_blocks``.

    python benchmarks/caches.py FOLDER

Everything runs on 1,000 pictures of the folder. "Cold" is a command in an empty application
folder; "warm" an engine that waits for its job, as it does behind a window, and the clock starts
where Train is pressed. For the epochs that compute everything anew the plan of ``top_blocks`` is
trained again: by an engine that splits no network, and by Keras' ``fit`` on files that are decoded
in every epoch, as a tutorial has it; and once more with the pictures enlarged to what a camera
gives, as JPEG files. (Enlarged ones decode faster than real ones, which have more detail.)
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from commands import ROOT, Events, first_result_s, last_epoch_s, train, train_warm
from PIL import Image

PRESET = "efficientnet_lite0_imagenet"
NUM_PICTURES = 1000
EPOCHS = 3
BATCH_SIZE = 32
CAMERA_PX = (2048, 1536)  # 3 megapixels
# an engine that knows no frozen part
UNCACHED = """
import sys
import tlgui.engine.training.trainee as trainee
trainee.split_for = lambda *facts: None
from tlgui.engine import worker
sys.exit(worker.main(sys.argv[1:]))
"""


def main(source: str) -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = place / "pictures"
        copy_some(Path(source), folder, NUM_PICTURES)
        _measure_first_results(folder, place)
        print("as they are")
        _measure_epochs(folder, place / "cold")
        enlarge(folder, place / "large")
        print(f"enlarged to {CAMERA_PX[0]} by {CAMERA_PX[1]}")
        _measure_epochs(place / "large", place / "large home")


def copy_some(source: Path, folder: Path, number: int) -> None:
    """Copy some files of a folder, drawn at random but always the same."""
    files = sorted(path for path in source.glob("*/*") if path.is_file())
    for path in random.Random(0).sample(files, min(number, len(files))):
        copy = folder / path.parent.name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def enlarge(source: Path, folder: Path) -> None:
    """Write every picture of a folder as a JPEG file of the size of a camera's."""
    for path in sorted(path for path in source.glob("*/*") if path.is_file()):
        copy = folder / path.parent.name / f"{path.stem}.jpg"
        copy.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as picture:
            picture.convert("RGB").resize(CAMERA_PX).save(copy, quality=90)


def _measure_first_results(folder: Path, place: Path) -> None:
    for home, trained in (("cold", _trained_cold), ("warm", _trained_warm)):
        first = first_result_s(trained(folder, place / home, "feature_extraction"))
        second = first_result_s(trained(folder, place / home, "nearest_neighbors"))
        print(f"{home}: first accuracy after {first:.1f} s, of a second strategy {second:.1f} s")


def _trained_cold(folder: Path, home: Path, strategy: str) -> Events:
    return train(folder, home, "--strategy", strategy).events


def _trained_warm(folder: Path, home: Path, strategy: str) -> Events:
    return train_warm(folder, home, _plan(strategy))


def _plan(strategy: str):  # type: ignore[no-untyped-def]
    from tlgui.core.catalog import read_catalog
    from tlgui.core.planning import make_plan
    from tlgui.core.settings import resources_folder

    preset = read_catalog(resources_folder() / "models.toml")[PRESET]
    return make_plan(preset, strategy=strategy)


def _measure_epochs(folder: Path, home: Path) -> None:
    kept = train(folder, home, "--strategy", "top_blocks", "--epochs", str(EPOCHS)).events
    kept_s, anew_s = last_epoch_s(kept), last_epoch_s(_uncached(home))
    started = next(e for e in kept if e["kind"] == "run_started")
    tutorial_s = _tutorial_epoch_s(started["run"])
    print(f"  epoch of top_blocks: {kept_s:.1f} s")
    for what, seconds in (
        ("tlgui's own pass through the whole network, nothing frozen kept", anew_s),
        ("Keras' fit on files, nothing cached at all", tutorial_s),
    ):
        print(f"  {what}: {seconds:.1f} s, ratio {seconds / kept_s:.1f}")


def _uncached(home: Path) -> Events:
    """Train the plan of the last run again, from the start, without a frozen part."""
    from tlgui.core.job import TrainJob, write_job
    from tlgui.core.run_folder import create_run, list_runs

    last = list_runs(home / "runs")[0]
    run = create_run(home / "runs" / "uncached", last.read_dataset(), last.read_plan())
    job = write_job(TrainJob(folder=str(run.path), requested_s=0.0))
    engine = subprocess.Popen(  # one whose window is gone pauses: its stdin stays open
        [sys.executable, "-c", UNCACHED, str(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "TLGUI_HOME": str(home)},
    )
    engine.wait()
    return [json.loads(event.to_json()) for event in run.events()]


def _tutorial_epoch_s(run: str) -> float:
    command = [sys.executable, __file__, "--tutorial", run]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def run_tutorial(run: str) -> None:
    """Train the upper layers as a tutorial does, and print the seconds of the last epoch."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import tensorflow as tf

    from tlgui.core.run_folder import RunFolder
    from tlgui.core.settings import resources_folder
    from tlgui.engine.models.layer_groups import boundary
    from tlgui.engine.models.trained_model import build_network

    dataset, plan = RunFolder(Path(run)).read_dataset(), RunFolder(Path(run)).read_plan()
    folder = resources_folder() / "models" / PRESET
    model = build_network(folder, plan, len(dataset.classes))
    cut = boundary(model, plan.phases[-1].trains)
    names = [layer.output.name for layer in model.layers]
    for layer in model.layers[: names.index(cut.name) + 1]:
        layer.trainable = False
    for layer in model.layers:  # as the guide says: their statistics stay
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    model.compile(
        optimizer=keras.optimizers.Adam(plan.phases[-1].learning_rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    size = model.input_shape[1:3]

    def read(path, label):  # type: ignore[no-untyped-def]
        pixels = tf.io.decode_image(tf.io.read_file(path), 3, expand_animations=False)
        return tf.image.resize(pixels, size), label

    def files(split):  # type: ignore[no-untyped-def]
        samples = dataset.of_split(split)
        paths = [str(Path(dataset.folder, sample.path)) for sample in samples]
        found = tf.data.Dataset.from_tensor_slices((paths, [s.label for s in samples]))
        return found.map(read, num_parallel_calls=tf.data.AUTOTUNE).batch(BATCH_SIZE).prefetch(2)

    ends_s: list[float] = []
    told = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: ends_s.append(time.time()))
    fitted = {"epochs": EPOCHS, "validation_data": files("validation"), "verbose": 0}
    model.fit(files("train"), callbacks=[told], **fitted)
    print(ends_s[-1] - ends_s[-2])


if __name__ == "__main__":
    run_tutorial(sys.argv[2]) if sys.argv[1] == "--tutorial" else main(sys.argv[1])
