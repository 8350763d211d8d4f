"""A preset as a fixed function from texts to features; imports no Keras."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tlgui.core.catalog import CONFIG_FILE, Pooling
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.onnx_session import open_session
from tlgui.engine.models.preset_files import (
    GRAPH_FILE,
    WEIGHTS_FILE,
    PresetConfig,
    damaged,
    read_preset_config,
    verified_file,
)
from tlgui.engine.models.preset_weights import read_weights
from tlgui.engine.models.text_config import BertConfig, WordVectorsConfig, text_variable_shapes

# the graph's name of each way to pool
OUTPUTS: Final[dict[Pooling, str]] = {
    "mean": "mean",
    "first_token": "first_token",
    "layer_mixture": "layer_means",
}

Features = NDArray[np.float32]


class FrozenText:
    """Reads texts with a preset whose weights stay as they are.

    Attributes:
        feature_size: Length of one feature vector.
        num_layers: Layers after the embeddings; 0 for word vectors.
        max_sequence_length: Tokens that it can read at most; 0 is no limit.
        vocabulary_size: All token ids lie below it.
    """

    def __init__(self, folder: Path) -> None:
        """Load the preset in a folder.

        Raises:
            TlguiError: ``preset_missing`` or ``preset_damaged``.
        """
        preset = read_preset_config(folder)
        config = preset.backbone
        self.num_layers = self.max_sequence_length = 0
        self._encoder: _Encoder | _WordVectors
        match config:
            case BertConfig():
                self._encoder = _Encoder(folder, preset)
                self.num_layers = config.num_layers
                self.max_sequence_length = config.max_sequence_length
            case WordVectorsConfig():
                self._encoder = _WordVectors(folder, preset, config)
            case _:
                damaged(folder / CONFIG_FILE, f"the family {config.family} reads no tokens")
        self.feature_size = config.feature_size
        self.vocabulary_size = config.vocabulary_size

    def features(self, batch: TokenBatch, pooling: Pooling) -> Features:
        """Return one vector per text, or for "layer_mixture" one per text and layer.

        Args:
            batch: shape (n, length).
            pooling: "mean" and "first_token" look at the last layer; "layer_mixture" gives
                the means of the embeddings and of every layer, to be mixed later.

        Returns:
            Shape (n, feature_size), or (n, num_layers + 1, feature_size).

        Raises:
            ValueError: the texts are too long or of another vocabulary, or word vectors were
                asked for layers or for places.
        """
        self._check(batch, pooling)
        if len(batch.token_ids) == 0:
            layers = (self.num_layers + 1,) if pooling == "layer_mixture" else ()
            return np.empty((0, *layers, self.feature_size), np.float32)
        return self._encoder.features(batch, pooling)

    def _check(self, batch: TokenBatch, pooling: Pooling) -> None:
        if self.num_layers == 0 and pooling != "mean":
            raise ValueError(f"word vectors have no {pooling}")
        ids = batch.token_ids
        if 0 < self.max_sequence_length < ids.shape[1]:
            raise ValueError(f"need at most {self.max_sequence_length} tokens, got {ids.shape[1]}")
        if ids.size and not 0 <= ids.min() <= ids.max() < self.vocabulary_size:
            raise ValueError(f"need token ids below {self.vocabulary_size}, got {ids.max()}")


class _Encoder:
    """Runs the graph of a preset in ONNX Runtime, faster than Keras does."""

    def __init__(self, folder: Path, preset: PresetConfig) -> None:
        verified_file(folder, preset, WEIGHTS_FILE)
        self._session = open_session(verified_file(folder, preset, GRAPH_FILE))
        self._options = onnxruntime.RunOptions()
        # the means of the lower layers are computed for those only who ask
        self._options.only_execute_path_to_fetches = True

    def features(self, batch: TokenBatch, pooling: Pooling) -> Features:
        inputs = {"token_ids": batch.token_ids, "padding_mask": batch.padding_mask}
        features: Features = self._session.run([OUTPUTS[pooling]], inputs, self._options)[0]
        return features


class _WordVectors:
    def __init__(self, folder: Path, preset: PresetConfig, config: WordVectorsConfig) -> None:
        path = verified_file(folder, preset, WEIGHTS_FILE)
        self._table = read_weights(path, text_variable_shapes(config))["token_embedding/embeddings"]

    def features(self, batch: TokenBatch, _pooling: Pooling) -> Features:
        mask = batch.padding_mask.astype(np.float32)
        # row by row: all vectors of a batch of long texts at once would take gigabytes
        sums = [row @ self._table[ids] for ids, row in zip(batch.token_ids, mask, strict=True)]
        means: Features = np.stack(sums) / mask.sum(axis=1, keepdims=True)
        return means
