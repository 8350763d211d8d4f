"""From a preset folder to a Keras backbone with its pretrained weights."""

from pathlib import Path

import keras

from tlgui.core.catalog import CONFIG_FILE
from tlgui.engine.models.any_config import FAMILIES, any_variable_shapes
from tlgui.engine.models.backbone_config import BackboneConfig
from tlgui.engine.models.hub_config import HubConfig
from tlgui.engine.models.hub_families import HUB_FAMILIES
from tlgui.engine.models.inverted_residual import build_inverted_residual
from tlgui.engine.models.preset_files import (
    WEIGHTS_FILE,
    AnyConfig,
    damaged,
    read_preset_config,
    verified_file,
)
from tlgui.engine.models.preset_weights import read_weights
from tlgui.engine.models.text_config import BERT, WORD_VECTORS, BertConfig, WordVectorsConfig
from tlgui.engine.models.vit_config import VIT, ViTConfig


def build_backbone(config: AnyConfig) -> keras.Model:
    """Return a backbone of a known family with random weights.

    Raises:
        ValueError: the family is unknown or has no backbone.
    """
    match config:
        case BertConfig():
            # here, because the import takes seconds that a run on pictures need not wait
            from tlgui.engine.models.bert import build_bert

            return build_bert(config)
        case WordVectorsConfig():
            from tlgui.engine.models.word_vectors import build_word_vectors

            return build_word_vectors(config)
        case ViTConfig():
            from tlgui.engine.models.vit import build_vit

            return build_vit(config)
        case HubConfig():
            from tlgui.engine.models.hub_backbone import build_hub_backbone

            return build_hub_backbone(config)
        case BackboneConfig() if config.family in FAMILIES:
            return build_inverted_residual(config, FAMILIES[config.family])
    raise ValueError(f"the family {config.family} is unknown or has no backbone")


def load_backbone(folder: Path) -> keras.Model:
    """Return the backbone of a preset folder.

    See ``build_inverted_residual``, ``build_vit``, ``build_hub_backbone``, ``build_bert`` and
    ``build_word_vectors`` for its ends.

    Raises:
        TlguiError: ``preset_missing``, or ``preset_damaged`` for a family, a file or a
            tensor that is not what it should be.
    """
    preset = read_preset_config(folder)
    config = preset.backbone
    if config.family not in (*FAMILIES, *HUB_FAMILIES, VIT, BERT, WORD_VECTORS):
        damaged(folder / CONFIG_FILE, f"the family {config.family} is unknown or has no backbone")
    path = verified_file(folder, preset, WEIGHTS_FILE)
    # before the build: a configuration that asks for more than the file holds costs nothing
    weights = read_weights(path, any_variable_shapes(config))
    backbone = build_backbone(config)
    for variable in backbone.weights:
        variable.assign(weights[variable.path])
    return backbone
