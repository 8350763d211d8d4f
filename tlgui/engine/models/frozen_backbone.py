"""A preset as a fixed function from pictures to features; imports no Keras."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import CONFIG_FILE
from tlgui.engine.data.parallel import usable_cores
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.onnx_session import open_session
from tlgui.engine.models.preset_files import (
    GRAPH_FILE,
    WEIGHTS_FILE,
    damaged,
    read_preset_config,
    verified_file,
)


class FrozenBackbone:
    """Runs the graph of a preset in ONNX Runtime, more than twice as fast as Keras does.

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
        config = preset.backbone
        if not isinstance(config, BackboneConfig):
            damaged(folder / CONFIG_FILE, f"the family {config.family} reads no pictures")
        self.input_size_px = config.input_size_px
        self.feature_size = config.feature_size
        verified_file(folder, preset, WEIGHTS_FILE)
        # a picture per core is faster than a picture on all: its layers stay in a core's cache,
        # and nobody waits for the slowest part of a layer
        self._session = open_session(verified_file(folder, preset, GRAPH_FILE), num_threads=1)
        self._pool = ThreadPoolExecutor(usable_cores(), thread_name_prefix="features")

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
        rows = self._pool.map(self._one, pixels.astype(np.float32, copy=False))
        return np.concatenate([*rows])

    def _one(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        features: NDArray[np.float32] = self._session.run(["features"], {"pixels": pixels[None]})[0]
        return features
