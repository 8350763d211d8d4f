"""A preset as a fixed function from batches to features, whatever it reads.

Imports no Keras, unless a preset has no graph for ONNX Runtime.
"""

from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import Pooling
from tlgui.engine.data.features import Kept
from tlgui.engine.data.inputs import Batch, BatchFunction
from tlgui.engine.data.row_store import RowStore
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.converted import open_fastest
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.frozen_text import FrozenText
from tlgui.engine.models.preset_files import (
    GRAPH_FILE,
    PresetConfig,
    config_sha256,
    read_preset_config,
)
from tlgui.engine.models.text_config import BertConfig
from tlgui.engine.models.vit_config import ViTConfig

VERSION: Final = 1  # of how inputs become features; others are not taken for those stored


def open_kept(folder: Path, pooling: Pooling, inputs: str, store: RowStore | None) -> BatchFunction:
    """Return the function from a batch to features that looks at each sample once.

    Args:
        folder: Of the preset.
        pooling: See ``open_frozen``.
        inputs: How samples are read, as far as the preset leaves that open.
        store: Keeps the features; None keeps nothing.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    return kept(open_frozen(folder, pooling, store), folder, pooling, inputs, store)


def kept(
    function: BatchFunction, folder: Path, pooling: Pooling, inputs: str, store: RowStore | None
) -> BatchFunction:
    """Return what ``open_frozen`` returned as a function that looks at each sample once.

    Args:
        function: Of the preset in the folder, with that pooling.
        folder: See ``open_kept``; the others likewise.
        pooling: Likewise.
        inputs: Likewise.
        store: Likewise.
    """
    if store is None:
        return function
    preset = config_sha256(folder)
    facts = {"preset": preset, "pooling": pooling, "inputs": inputs, "version": VERSION}
    return Kept(function=function, known=store.space(kind="features", **facts))


def open_frozen(folder: Path, pooling: Pooling, store: RowStore | None = None) -> BatchFunction:
    """Return the function from a batch to features, see ``FrozenBackbone`` and ``FrozenText``.

    Args:
        folder: Of the preset.
        pooling: From the features of every place to one vector.
        store: In its folder the graph of a preset of pictures that has none is kept; None
            leaves such a preset to Keras.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    preset = read_preset_config(folder)
    if _needs_keras(preset):
        in_keras = partial(_open_in_keras, folder, pooling)
        if store is None or isinstance(preset.backbone, BertConfig):
            return in_keras()
        return open_fastest(folder, pooling, store.folder, in_keras)
    if isinstance(preset.backbone, BackboneConfig):
        pictures = FrozenBackbone(folder)
        return lambda batch: pictures.features(np.asarray(batch))
    texts = FrozenText(folder)

    def features(batch: Batch) -> NDArray[np.float32]:
        assert isinstance(batch, TokenBatch)
        return texts.features(batch, pooling)

    return features


def _needs_keras(preset: PresetConfig) -> bool:
    has_graph = GRAPH_FILE in preset.sha256
    return isinstance(preset.backbone, BackboneConfig | ViTConfig | BertConfig) and not has_graph


def _open_in_keras(folder: Path, pooling: Pooling) -> BatchFunction:
    # here, because the import takes seconds that a preset with a graph need not wait
    from tlgui.engine.models.heads import build_pooled
    from tlgui.engine.models.presets import load_backbone
    from tlgui.engine.models.traced_steps import logits_step

    model = build_pooled(load_backbone(folder), pooling)
    step = logits_step(model)

    def features(batch: Batch) -> NDArray[np.float32]:
        if isinstance(batch, TokenBatch):
            return step(batch)
        pixels = np.asarray(batch, np.float32)
        if pixels.shape[1:] != model.input.shape[1:]:
            expected = ", ".join(map(str, model.input.shape[1:]))
            raise ValueError(f"need pictures of shape (n, {expected}), got {pixels.shape}")
        return step(pixels)

    return features
