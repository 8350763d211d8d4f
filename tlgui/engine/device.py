"""What this computer computes with; a GPU is named only after it has computed something."""

import math
import time
from typing import Any, Final, TypedDict

import numpy as np
import psutil

from tlgui.engine.data.parallel import usable_cores
from tlgui.engine.data.processor import processor_name
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.keras_device import is_on_gpu
from tlgui.engine.models.library import PresetLibrary

MEASURE_S: Final = 0.5


class DeviceFields(TypedDict):
    """The fields of a ``device_reported`` event."""

    device: str
    name: str
    num_cores: int
    memory_bytes: int
    samples_per_s: float


def processor_report(samples_per_s: float = 0.0) -> DeviceFields:
    """Return the processor, its usable cores and the machine's memory.

    Args:
        samples_per_s: measured pace of a forward pass; 0 if nothing was measured.
    """
    return DeviceFields(
        device="cpu",
        name=processor_name(),
        num_cores=usable_cores(),
        memory_bytes=psutil.virtual_memory().total,
        samples_per_s=samples_per_s,
    )


def keras_report() -> DeviceFields:
    """Return the device on which Keras really computed a small product.

    Keras is imported here, which takes seconds.
    """
    if not is_on_gpu():
        return processor_report()
    return {**processor_report(), "device": "gpu", **_gpu_details()}  # type: ignore[typeddict-item]


def measured_report(library: PresetLibrary, report: DeviceFields) -> DeviceFields:
    """Return the report with the pace of the first picture preset's forward pass, if any."""
    installed = [info for info in library.installed() if info.task == "image"]
    if not installed:
        return report
    backbone = FrozenBackbone(library.folder(installed[0].id))
    pixels = np.zeros((16, backbone.input_size_px, backbone.input_size_px, 3), np.float32)
    backbone.features(pixels)  # the first pass prepares the graph
    start_s = time.perf_counter()
    num_passes = 0
    while time.perf_counter() - start_s < MEASURE_S:
        backbone.features(pixels)
        num_passes += 1
    pace = num_passes * len(pixels) / (time.perf_counter() - start_s)
    return {**report, "samples_per_s": pace}


def memory_free_bytes() -> float:
    """Return the memory in which a network's states can lie; of a GPU no library tells it."""
    import tensorflow as tf

    if tf.config.list_logical_devices("GPU"):
        return math.inf
    return float(psutil.virtual_memory().available)


def memory_used_bytes() -> int:
    """Return the resident memory of this process."""
    return int(psutil.Process().memory_info().rss)


def _gpu_details() -> dict[str, Any]:
    import keras

    if keras.backend.backend() != "tensorflow":
        return {"name": "GPU"}
    import tensorflow as tf

    gpu = tf.config.list_physical_devices("GPU")[0]
    name = tf.config.experimental.get_device_details(gpu).get("device_name", "GPU")
    return {"name": name}
