"""What all families of backbones have, as data; imports Keras for KerasHub's families only."""

import math
from typing import Final

from tlgui.engine.models import efficientnet_lite, mobilenet_v2
from tlgui.engine.models.backbone_config import BackboneConfig, Conventions, variable_shapes
from tlgui.engine.models.hub_config import HubConfig
from tlgui.engine.models.preset_files import AnyConfig
from tlgui.engine.models.text_config import text_variable_shapes
from tlgui.engine.models.vit_config import ViTConfig, vit_variable_shapes

FAMILIES: Final[dict[str, Conventions]] = {
    efficientnet_lite.FAMILY: efficientnet_lite.CONVENTIONS,
    mobilenet_v2.FAMILY: mobilenet_v2.CONVENTIONS,
}


def any_variable_shapes(config: AnyConfig) -> dict[str, tuple[int, ...]]:
    """Return every variable's shape by its Keras path, in the order of the forward pass."""
    match config:
        case BackboneConfig():
            return variable_shapes(config)
        case ViTConfig():
            return vit_variable_shapes(config)
        case HubConfig():
            # here, because the import takes seconds that other families need not wait
            from tlgui.engine.models.hub_backbone import hub_variable_shapes

            return hub_variable_shapes(config)
    return text_variable_shapes(config)


def num_values(config: AnyConfig) -> int:
    """Return how many values the variables of a backbone have in all."""
    return sum(math.prod(shape) for shape in any_variable_shapes(config).values())
