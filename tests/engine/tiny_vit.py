"""A Vision Transformer with random weights, made in a moment."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from tlgui.core.catalog import PresetInfo, PresetOrigin
from tlgui.core.phase import FineTuning
from tlgui.engine.models.preset_files import WEIGHTS_FILE
from tlgui.engine.models.preset_writing import write_config
from tlgui.engine.models.vit_config import (
    VIT,
    ViTConfig,
    num_vit_parameters,
    vit_variable_shapes,
)

TINY_VIT = ViTConfig(
    family=VIT,
    input_size_px=32,
    patch_size=8,
    num_layers=2,
    num_heads=2,
    hidden_dim=16,
    intermediate_dim=32,
    layer_norm_epsilon=1e-6,
    dropout=0.1,
)


def write_tiny_vit_preset(folder: Path) -> PresetInfo:
    """Write a preset of a ViT: two layers, 16 wide, 16 patches; it has no ONNX graph.

    Returns:
        Its entry of the catalog; the id is the folder's name.
    """
    chance = np.random.default_rng(3)
    tensors = {
        path: np.float32(path.endswith("gamma")) + chance.normal(0, 0.3, shape).astype(np.float32)
        for path, shape in vit_variable_shapes(TINY_VIT).items()
    }
    folder.mkdir(parents=True)
    save_file(tensors, folder / WEIGHTS_FILE)
    write_config(folder, TINY_VIT, WEIGHTS_FILE)
    for name in ("LICENSE", "NOTICE"):
        (folder / name).write_text("Apache-2.0\n")
    return PresetInfo(
        id=folder.name,
        title="Tiny ViT",
        task="image",
        family=VIT,
        architecture="transformer",
        input_size_px=TINY_VIT.input_size_px,
        poolings=("first_token", "mean"),
        num_parameters=num_vit_parameters(TINY_VIT),
        num_bytes=(folder / WEIGHTS_FILE).stat().st_size,
        license="Apache-2.0",
        source="this test",
        trained_on="nothing",
        feature_size=TINY_VIT.feature_size,
        num_groups=TINY_VIT.num_layers + 1,
        embedded=False,
        fine_tuning=FineTuning(learning_rate=1e-4, weight_decay=0.0, epochs=8, patience=5),
        origin=PresetOrigin(package="none", version="0", member="none", sha256="none"),
    )
