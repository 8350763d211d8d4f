"""What a Vision Transformer is made of, as data; imports no Keras."""

import math
from dataclasses import dataclass
from typing import Final

from tlgui.engine.models.transformer_shapes import transformer_layer_shapes

VIT: Final = "vit"

MAX_VALUES: Final = {
    "input_size_px": 1024,
    "patch_size": 64,
    "num_layers": 48,
    "num_heads": 64,
    "hidden_dim": 4096,
    "intermediate_dim": 16_384,
    "num_patches": 16_384,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViTConfig:
    """The sizes of a Vision Transformer.

    Attributes:
        family: ``VIT``.
        input_size_px: Side of the square input.
        patch_size: Side of the square patches that become one token each.
        num_layers: Transformer layers after the embeddings.
        num_heads: Attention heads of every layer.
        hidden_dim: Width of every layer.
        intermediate_dim: Width inside the feedforward part of a layer.
        layer_norm_epsilon: Added to the variance.
        dropout: Share of the values that training drops.
    """

    family: str
    input_size_px: int
    patch_size: int
    num_layers: int
    num_heads: int
    hidden_dim: int
    intermediate_dim: int
    layer_norm_epsilon: float
    dropout: float

    @property
    def feature_size(self) -> int:
        """Length of one feature vector."""
        return self.hidden_dim

    @property
    def num_patches(self) -> int:
        """Tokens besides the class token."""
        return (self.input_size_px // self.patch_size) ** 2


def vit_variable_shapes(config: ViTConfig) -> dict[str, tuple[int, ...]]:
    """Return every variable's shape by its Keras path, in the order of the forward pass."""
    wide, patch = config.hidden_dim, config.patch_size
    shapes: dict[str, tuple[int, ...]] = {
        "patch_embedding/kernel": (patch, patch, 3, wide),
        "patch_embedding/bias": (wide,),
        "class_token/embeddings": (1, wide),
        "position_embedding/embeddings": (1 + config.num_patches, wide),
    }
    for number in range(config.num_layers):
        layer = transformer_layer_shapes(wide, config.num_heads, config.intermediate_dim)
        shapes |= {f"transformer_layer_{number}/{name}": shape for name, shape in layer.items()}
    return shapes | {"output_norm/gamma": (wide,), "output_norm/beta": (wide,)}


def num_vit_parameters(config: ViTConfig) -> int:
    """Return the number of values in the backbone."""
    return sum(math.prod(shape) for shape in vit_variable_shapes(config).values())


def check_vit_config(config: ViTConfig) -> None:
    """Raise ValueError unless every size is positive and within what we ever build."""
    for name, maximum in MAX_VALUES.items():
        value = 1 if name == "num_patches" else getattr(config, name)
        if not 1 <= value <= maximum:
            raise ValueError(f"{name}: need 1 to {maximum}, got {value}")
    if config.input_size_px % config.patch_size:
        raise ValueError(f"patch_size: {config.patch_size} px do not fill {config.input_size_px}")
    if config.num_patches > MAX_VALUES["num_patches"]:
        raise ValueError(f"patch_size: {config.num_patches} patches are too many")
    if config.hidden_dim % config.num_heads:
        raise ValueError(f"hidden_dim: {config.num_heads} heads cannot share {config.hidden_dim}")
    if not 0 < config.layer_norm_epsilon <= 0.1:
        raise ValueError(f"layer_norm_epsilon: need 0 to 0.1, got {config.layer_norm_epsilon}")
    if not 0 <= config.dropout < 1:
        raise ValueError(f"dropout: need 0 to below 1, got {config.dropout}")
