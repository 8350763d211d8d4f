"""A preset as a fixed function from batches to features, whatever it reads; imports no Keras."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tlgui.core.catalog import Pooling
from tlgui.engine.data.inputs import Batch, BatchFunction
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.frozen_backbone import FrozenBackbone
from tlgui.engine.models.frozen_text import FrozenText
from tlgui.engine.models.preset_files import read_preset_config


def open_frozen(folder: Path, pooling: Pooling) -> BatchFunction:
    """Return the function from a batch to features, see ``FrozenBackbone`` and ``FrozenText``.

    Raises:
        TlguiError: ``preset_missing`` or ``preset_damaged``.
    """
    if isinstance(read_preset_config(folder).backbone, BackboneConfig):
        pictures = FrozenBackbone(folder)
        return lambda batch: pictures.features(np.asarray(batch))
    texts = FrozenText(folder)

    def features(batch: Batch) -> NDArray[np.float32]:
        assert isinstance(batch, TokenBatch)
        return texts.features(batch, pooling)

    return features
