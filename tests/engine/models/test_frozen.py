"""Features are the same, whichever engine computes them."""

import json

import numpy as np
import pytest

from tests.engine.tiny_text import write_tiny_text_preset
from tlgui.engine.data.tokens import TokenBatch
from tlgui.engine.models.frozen import open_frozen

SAME_FEATURES = 1e-4


@pytest.mark.parametrize("pooling", ["mean", "first_token", "layer_mixture"])
def test_a_preset_of_texts_without_a_graph_is_read_by_keras(tmp_path, pooling):
    folder = tmp_path / "texts"
    write_tiny_text_preset(folder)
    batch = TokenBatch(
        token_ids=np.array([[2, 9, 11, 3], [2, 7, 3, 0]], np.int32),
        padding_mask=np.array([[1, 1, 1, 1], [1, 1, 1, 0]], bool),
    )
    expected = open_frozen(folder, pooling)(batch)
    config = json.loads((folder / "config.json").read_text())
    del config["sha256"]["backbone.onnx"]
    (folder / "config.json").write_text(json.dumps(config))

    features = open_frozen(folder, pooling)(batch)

    np.testing.assert_allclose(features, expected, rtol=0, atol=SAME_FEATURES)
    assert features.dtype == np.float32
