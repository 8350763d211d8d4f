"""A preset as a fixed function from pictures to features; imports no Keras."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as runtime

from tlgui.engine.models.preset_files import (
    GRAPH_FILE,
    WEIGHTS_FILE,
    damaged,
    read_preset_config,
    verified_file,
)

ERRORS_ONLY: Final = 3

# ONNX Runtime's exceptions have no common base
REFUSALS: Final = (
    runtime.Fail,
    runtime.InvalidArgument,
    runtime.InvalidGraph,
    runtime.InvalidProtobuf,
    runtime.NoSuchFile,
    runtime.NotImplemented,
    runtime.RuntimeException,
)


class FrozenBackbone:
    """Runs the graph of a preset in ONNX Runtime, about twice as fast as Keras does.

    Attributes:
        input_size_px: Side of the square pictures it takes.
        feature_size: Length of one feature vector.
    """

    def __init__(self, folder: Path) -> None:
        """Load the preset in a folder.

        Raises:
            TlguiError: ``preset_missing`` or ``preset_damaged``.
        """
        preset = read_preset_config(folder)
        self.input_size_px = preset.backbone.input_size_px
        self.feature_size = preset.backbone.feature_size
        verified_file(folder, preset, WEIGHTS_FILE)
        self._session = _session(verified_file(folder, preset, GRAPH_FILE))

    def features(self, pixels: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the globally average-pooled last feature map.

        Args:
            pixels: shape (n, input_size_px, input_size_px, 3), RGB in 0..255, resized.

        Returns:
            Shape (n, feature_size).

        Raises:
            ValueError: the pictures have another shape.
        """
        size = self.input_size_px
        if pixels.shape[1:] != (size, size, 3):
            raise ValueError(f"need pictures of shape (n, {size}, {size}, 3), got {pixels.shape}")
        if len(pixels) == 0:
            return np.empty((0, self.feature_size), np.float32)
        inputs = {"pixels": pixels.astype(np.float32, copy=False)}
        features: NDArray[np.float32] = self._session.run(["features"], inputs)[0]
        return features


def _session(path: Path) -> onnxruntime.InferenceSession:
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except REFUSALS as error:
        damaged(path, str(error), error)
